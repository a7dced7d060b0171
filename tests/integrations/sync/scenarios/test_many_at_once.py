"""Many at once: held until the owner answers, while everything else goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Block
from integrations.models import HeldPlan
from integrations.services import held
from tests.integrations.sync.scenarios.acts import fill
from tests.integrations.sync.stage import event, soon, stamp
from tests.integrations.sync.test_brakes import shift, starts

pytestmark = pytest.mark.django_db


def test_a_wave_of_twelve_deletions_is_held_and_everything_else_goes_on(stage, alice):
    hrefs = fill(stage, alice, 20)
    stage.connect(alice)
    stage.settle(alice)
    phone = stage.phone(alice)
    for href in hrefs[:12]:
        phone.delete(href)
    phone.add(stage.path(alice, "Home"), event("new", stamp(soon(5, 7)), title="New"))
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, report.tally.local_deleted, report.tally.imported) == ("held", 12, 0, 1)
    again = stage.sync(alice)
    assert (again.outcome, again.tally.held, again.meter.requests) == ("held", 12, 1)
    assert Block.objects.count() == 21
    held.apply(HeldPlan.objects.get(closed_at=None), alice)
    assert stage.sync(alice).tally.local_deleted == 12
    assert Block.objects.count() == 9
    assert stage.sync(alice).meter.requests == 1


def test_a_held_wave_can_be_put_back(stage, alice):
    hrefs = fill(stage, alice, 12)
    stage.connect(alice)
    stage.settle(alice)
    phone = stage.phone(alice)
    for href in hrefs[:7]:
        phone.delete(href)
    assert stage.sync(alice).tally.held == 7
    held.put_back(HeldPlan.objects.get(closed_at=None), alice)
    report = stage.sync(alice)
    assert (report.outcome, report.tally.remote_created) == ("ok", 7)
    assert sorted(t for text in stage.texts(alice, "Home") for t in text.split("\r\n") if t.startswith("SUMMARY")) == (
        sorted(f"SUMMARY:P{n}" for n in range(12))
    )
    stage.settle(alice)
    assert Block.objects.count() == 12
    assert stage.sync(alice).meter.requests == 1


def test_a_listing_that_lost_everything_is_held_whatever_the_server_says(stage, alice):
    hrefs = fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    for href in hrefs:
        stage.phone(alice).delete(href)
    stage.forget_cursors()
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, Block.objects.count()) == ("held", 3, 3)


def test_a_wave_of_moves_is_held_and_applied(stage, alice):
    hrefs = fill(stage, alice, 12)
    stage.connect(alice)
    stage.settle(alice)
    before = starts(alice)
    shift(stage, alice, hrefs)
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held) == ("held", 12) and starts(alice) == before
    held.apply(HeldPlan.objects.get(closed_at=None), alice)
    assert stage.sync(alice).tally.local_updated == 12
    assert starts(alice) == [moment + timedelta(hours=1) for moment in before]
    assert stage.sync(alice).meter.requests == 1


@pytest.mark.parametrize("answer", ["apply", "put_back"])
def test_a_wave_of_doubles_is_held_and_let_in_or_left_out(stage, alice, answer):
    fill(stage, alice, 8)
    stage.connect(alice)
    stage.settle(alice)
    fill(stage, alice, 8, name="again")
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, Block.objects.count()) == ("held", 8, 8)
    getattr(held, answer)(HeldPlan.objects.get(closed_at=None), alice)
    assert stage.sync(alice).outcome == "ok"
    assert Block.objects.count() == (16 if answer == "apply" else 8)
    assert HeldPlan.objects.get().closed_at is not None
    assert stage.sync(alice).meter.requests == 1
