"""What a run costs: queries and requests do not grow with the calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from agenda.models import Block
from agenda.services import activities
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def fill(stage, user, count):
    phone, home = stage.phone(user), stage.path(user, "Home")
    starts = [stamp(soon(2 + n % 300, 8 + n % 10)) for n in range(count)]
    return [phone.add(home, event(f"uid-{n}", start, title=f"P{n}")) for n, start in enumerate(starts)]


def counted(stage, user):
    with CaptureQueriesContext(database) as queries:
        report = stage.sync(user)
    assert report.outcome == "ok"
    return len(queries), report


def test_an_idle_run_costs_one_request_and_few_queries(stage, alice):
    fill(stage, alice, 50)
    stage.connect(alice)
    stage.settle(alice)
    queries, report = counted(stage, alice)
    assert report.meter.requests == 1
    assert queries <= 15


def test_a_first_import_takes_less_than_one_query_an_event(stage, alice):
    fill(stage, alice, 300)
    stage.connect(alice)
    queries, report = counted(stage, alice)
    assert (report.tally.imported, report.meter.requests) == (300, 1 + 2 + 3)
    assert queries < 150
    assert Block.objects.count() == 300


def test_changes_cost_the_same_in_a_large_calendar_as_in_a_small_one(stage, alice, bob):
    costs = []
    for person, size in ((alice, 30), (bob, 400)):
        hrefs = fill(stage, person, size)
        stage.connect(person)
        start = soon(5)
        made = [
            activities.create(person, "meeting", title=f"M{n}", start=start, end=start + timedelta(hours=1))
            for n in range(10)
        ]
        stage.settle(person)
        phone = stage.phone(person)
        for href in hrefs[:10]:
            phone.edit(href, phone.read(href).replace("SUMMARY:P", "SUMMARY:Changed "))
        for one in made:
            activities.edit(person, one, {"title": f"{one.title}, moved"})
        queries, report = counted(stage, person)
        assert (report.tally.local_updated, report.tally.remote_updated) == (10, 10)
        costs.append((queries, report.meter.requests))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 12 * 20 + 60 and costs[0][1] == 1 + 2 + 10 + 2
