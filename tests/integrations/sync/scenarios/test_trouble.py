"""A password that is refused, and an event that cannot be read."""

from __future__ import annotations

import pytest

from agenda.models import Block
from agenda.services import activities
from integrations.models import Link
from tests.integrations.sync.scenarios.acts import fill
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def test_refused_passwords_are_tried_three_times_at_most(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    stage.refuses(alice)
    asked = stage.asked()
    assert [stage.sync(alice).outcome for _ in range(3)] == ["retry"] * 3
    stage.clock.pass_(minutes=11)
    assert stage.sync(alice).outcome == "needs_user"
    stage.clock.pass_(minutes=60)
    assert stage.sync(alice).outcome == "needs_user"
    assert stage.asked() - asked <= 3


def test_after_a_repair_what_happened_meanwhile_is_caught_up(stage, alice):
    fill(stage, alice, 2)
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    stage.refuses(alice)
    assert stage.sync(alice).outcome == "retry" and Block.objects.count() == 2
    activities.edit(alice, made, {"title": "Edited meanwhile"})
    fill(stage, alice, 1, name="meanwhile")
    stage.clock.pass_(minutes=11)
    stage.refuses(alice, False)
    stage.settle(alice)
    assert titles(stage, alice) == ["Edited meanwhile"] and Block.objects.count() == 3


def test_a_broken_event_is_quarantined_and_the_rest_goes_on(stage, alice):
    phone = stage.phone(alice)
    phone.add(stage.path(alice, "Home"), event("bad", stamp(soon()), more="RRULE:FREQ=SECONDLY;INTERVAL=0"))
    fill(stage, alice, 2)
    stage.connect(alice)
    report = stage.sync(alice)
    assert report.outcome == "ok" and report.tally.quarantined == 1
    assert Block.objects.filter(unreadable=True).count() == 1
    assert stage.sync(alice).meter.requests == 1


def test_an_unreadable_event_is_read_when_it_changes(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    href = phone.add(home, event("bad", stamp(soon()), more="RRULE:FREQ=SECONDLY;INTERVAL=0"))
    stage.connect(alice)
    stage.settle(alice)
    link = Link.objects.get()
    assert link.state == Link.State.QUARANTINED and link.reason and Block.objects.get().spans.exists()
    phone.edit(href, event("bad", stamp(soon()), title="Readable"))
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice)] == ["Readable"] and not Block.objects.get().unreadable
