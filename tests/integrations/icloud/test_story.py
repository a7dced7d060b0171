"""One person, one phone and one agenda, with nothing in between that is not real but iCloud itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.services import activities
from integrations.icloud.simulator.faults import Fault
from tests.integrations.icloud.stage import connected
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db


@pytest.fixture
def dentist(icloud):
    return icloud.add(icloud.home, event("dentist", stamp(soon(3, 9)), title="Dentist"))


@pytest.fixture
def stage(icloud, dentist, alice):
    with connected(icloud, alice) as stage:
        assert stage.sync(alice).outcome == "ok"
        yield stage


def a_meeting(user, title="Kick-off"):
    return activities.create(user, "meeting", title=title, start=soon(4), end=soon(4) + timedelta(hours=1))


def blocks(user):
    return [row for row in agenda_of(user) if row.kind == "block"]


def test_an_event_comes_in_and_follows_when_the_phone_moves_it(icloud, stage, dentist, alice):
    (block,) = blocks(alice)
    assert block.start == soon(3, 9)
    moved = event("dentist", stamp(soon(3, 14)), title="Dentist")
    icloud.add(icloud.home, moved, dentist.name)
    assert stage.sync(alice).outcome == "ok"
    (block,) = blocks(alice)
    assert block.start == soon(3, 14)


def test_a_meeting_goes_out_and_comes_back_as_the_phone_edited_it(icloud, stage, alice):
    meeting = a_meeting(alice)
    stage.settle(alice)
    (stored,) = icloud.work.resources.values()
    text = stored.text.decode()
    assert "SUMMARY:Kick-off" in text and "DTEND" in text and "ATTENDEE" not in text and "ORGANIZER" not in text

    icloud.add(icloud.work, text.replace("SUMMARY:Kick-off", "SUMMARY:Kick-off (room 2)"), stored.name)
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.title == "Kick-off (room 2)"
    assert [one.method for one in stage.writes()] == ["PUT"]


def test_what_is_deleted_here_is_deleted_there_and_nothing_else(icloud, stage, dentist, alice):
    meeting = a_meeting(alice)
    stage.settle(alice)
    activities.delete(alice, meeting)
    stage.settle(alice)
    assert not icloud.work.resources and list(icloud.home.resources) == [dentist.name]


def test_an_idle_run_is_one_request(icloud, stage, alice):
    a_meeting(alice)
    stage.settle(alice)
    before = len(stage.sent())
    for _ in range(3):
        stage.sync(alice)
    assert [one.method for one in stage.sent()[before:]] == ["PROPFIND"] * 3


def test_a_write_whose_answer_was_lost_is_not_sent_twice(icloud, stage, alice):
    icloud.world.faults.add(Fault("reset-after", verb="PUT"))
    a_meeting(alice)
    assert stage.sync(alice).outcome == "retry"
    stage.settle(alice)
    assert [fault.kind for fault in icloud.world.faults.fired] == ["reset-after"]
    assert len(icloud.work.resources) == 1 and [one.method for one in stage.writes()] == ["PUT"]
