"""Rows 45, 52 and 53 of the fault matrix (docs/reliability.md): a queue that forgets, and what grows large."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from agenda.models import Block
from agenda.services import activities
from integrations import tasks
from integrations.models import Connection, Link
from integrations.services import dispatch
from tests.factories import UserFactory
from tests.integrations.rows import make_connection
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db
EVENTS, CALENDARS = 1_200, 100


def test_fault_45_a_queue_that_forgets_everything_costs_no_edit_and_no_slot(stage, alice):
    """A real Valkey, flushed after the bell was put into it."""
    stage.connect(alice)
    stage.settle(alice)
    start = soon()
    activities.create(alice, "meeting", title="Kick-off", start=start, end=start + timedelta(hours=1))
    tasks.press([stage.connections[alice.pk].pk])
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushall()
    assert dispatch.unheard(stage.clock.now()) == [stage.connections[alice.pk].pk]
    stage.clock.pass_(minutes=31)
    assert dispatch.claim_due(stage.clock.now()) == [stage.connections[alice.pk].pk]
    stage.settle(alice)
    assert "SUMMARY:Kick-off" in stage.the_text(alice, "Work")


def test_fault_52_a_huge_calendar_keeps_its_progress_and_starves_nobody(stage, alice, bob, monkeypatch):
    """A run has 240 seconds: where a request takes thirty of them, it goes on in the next run with what it has."""
    for n in range(EVENTS):
        stage.phone(alice).add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(2 + n % 300)), title=f"P{n}"))
    stage.phone(bob).add(stage.path(bob, "Home"), event("b", stamp(soon(2)), title="Bob's"))
    stage.connect(alice)
    stage.connect(bob)
    open_gateway = stage.open

    def slow(*args, **more):
        gateway = open_gateway(*args, **more)
        send = gateway._send
        gateway._send = lambda *request: (stage.clock.pass_(seconds=30), send(*request))[1]
        return gateway

    monkeypatch.setattr(stage, "open", slow)
    assert stage.sync(alice).outcome == "continue" and 0 < Link.objects.filter(text__isnull=False).count() < EVENTS
    assert stage.sync(bob).outcome == "ok" and Block.objects.filter(owner=bob).count() == 1
    outcomes = [stage.sync(alice).outcome for _run in range(6)]
    assert outcomes[-1] == "ok" and Block.objects.filter(owner=alice).count() == EVENTS
    reports = sum(one.verb == "REPORT" and one.username == alice.email for one in stage.server.log)
    assert reports <= EVENTS / 50 + 12, "what was read already was read again"


def test_fault_52_a_hundred_calendars_are_looked_at_by_one_request(stage, alice):
    account = stage.account(alice)
    for n in range(CALENDARS - 2):
        stage.server.add_calendar(account, f"Calendar {n}")
    stage.connect(alice, imports=("Home", *(f"Calendar {n}" for n in range(CALENDARS - 2))))
    stage.settle(alice)
    assert stage.sync(alice).meter.requests == 1


def test_fault_53_accounts_that_are_all_due_at_once_are_spread_over_the_half_hour(company):
    now = timezone.now()
    made = {make_connection(UserFactory.create(company=company)).pk for _ in range(150)}
    Connection.objects.update(next_sync_at=now)
    assert set(dispatch.claim_due(now)) == made
    assert dispatch.claim_due(now) == []
    moments = Connection.objects.values_list("next_sync_at", flat=True)
    minutes = Counter(int((one - now).total_seconds() // 60) for one in moments if one)
    assert len(minutes) >= 20 and max(minutes.values()) <= 20
    later = now + timedelta(minutes=31)
    assert set(dispatch.claim_due(later)) == made
