"""Events with guests: kept byte for byte, and nothing that would mail them goes out before their host says so."""

from __future__ import annotations

from typing import Any

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, block_edits, convert, deletion
from agenda.services.contacts import find_or_make
from integrations.models import Link
from integrations.services import answers, disconnect
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db

PEOPLE = "ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0:mailto:eve@elsewhere.example"


@pytest.fixture
def hosted(stage, alice):
    """Alice's own event with a guest, converted to a meeting; return the meeting and its address."""
    more = f"ORGANIZER;CN=Alice:mailto:{alice.email}\n{PEOPLE}"
    href = stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon()), title="Lunch", more=more))
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    return made, href


def waits(meeting_):
    return "guests" in Link.objects.get(activity=meeting_).reason


def test_a_conversion_and_its_undo_write_nothing(stage, alice, hosted):
    assert stage.writes() == []
    convert.make_private(alice, hosted[0])
    stage.settle(alice)
    assert stage.writes() == [] and [row.kind for row in agenda_of(alice)] == ["block"]


def test_what_is_said_of_a_customer_never_reaches_guests(stage, alice, hosted):
    made, href = hosted
    before = stage.phone(alice).read(href)
    contact = find_or_make(alice, "Dupont")
    activities.edit(alice, made, {"customer": contact, "online_link": "https://meet.example/x", "location": "Quay 7"})
    stage.settle(alice)
    assert stage.writes() == [] and waits(made) and stage.phone(alice).read(href) == before
    answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    assert "LOCATION:Quay 7" in text and PEOPLE in text
    assert "Dupont" not in text and "meet.example" not in text


@pytest.mark.parametrize("part", ["time", "title", "place"])
def test_a_change_waits_and_only_that_push_waits(stage, alice, hosted, part):
    made, href = hosted
    before = stage.phone(alice).read(href)
    changes: dict[str, dict[str, Any]] = {
        "time": {"start": soon(5), "end": soon(5, 10)},
        "title": {"title": "Late lunch"},
    }
    activities.edit(alice, made, changes.get(part, {"location": "Quay 7"}))
    meeting(alice, "Other", 4)
    stage.settle(alice)
    assert waits(made) and stage.phone(alice).read(href) == before and titles(stage, alice) == ["Other"]
    writes = len(stage.writes())
    for _run in range(3):
        assert stage.sync(alice).meter.requests == 1
    assert answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    assert len(stage.writes()) == writes + 1 and text != before
    assert PEOPLE in text and f"ORGANIZER;CN=Alice:mailto:{alice.email}" in text
    assert stage.sync(alice).meter.requests == 1


def test_a_deletion_waits_and_goes_when_its_host_says_so(stage, alice, hosted):
    made, href = hosted
    stage.may_delete.add(href)
    deletion.delete_activity(alice, made, also_remote=True)
    stage.settle(alice)
    assert stage.writes() == [] and waits(made)
    stage.may_delete.add(href)
    answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    assert [verb for verb, _etag in stage.writes()] == ["DELETE"] and stage.texts(alice, "Home") == []
    assert Activity.objects.get().deleted_at is not None


def test_what_guests_answer_on_their_side_comes_in_and_writes_nothing(stage, alice, hosted):
    made, href = hosted
    phone = stage.phone(alice)
    phone.edit(href, phone.read(href).replace("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED"))
    stage.settle(alice)
    assert stage.writes() == [] and Activity.objects.get().deleted_at is None


def drop(alice, **which):
    return answers.drop(Link.objects.get(**which), alice)


@pytest.mark.parametrize("part", ["time", "title", "place"])
def test_what_is_not_sent_is_taken_back_to_what_the_calendar_says(stage, alice, hosted, part):
    made, href = hosted
    before, told = stage.phone(alice).read(href), [(row.title, row.start, row.place) for row in agenda_of(alice)]
    changes: dict[str, dict[str, Any]] = {
        "time": {"start": soon(5), "end": soon(5, 10)},
        "title": {"title": "Late lunch"},
    }
    activities.edit(alice, made, changes.get(part, {"location": "Quay 7"}))
    stage.settle(alice)
    assert drop(alice, activity=made)
    stage.settle(alice)
    assert [(row.title, row.start, row.place) for row in agenda_of(alice)] == told and not waits(made)
    assert stage.writes() == [] and stage.phone(alice).read(href) == before
    assert stage.sync(alice).meter.requests == 1


def test_what_is_changed_after_it_was_not_sent_waits_for_a_new_answer(stage, alice, hosted):
    made, href = hosted
    activities.edit(alice, made, {"title": "Late lunch"})
    stage.settle(alice)
    drop(alice, activity=made)
    stage.settle(alice)
    activities.edit(alice, made, {"title": "Early lunch"})
    stage.settle(alice)
    assert waits(made) and stage.writes() == []
    answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    assert "SUMMARY:Early lunch" in stage.phone(alice).read(href)


def test_a_deletion_that_is_not_sent_comes_back(stage, alice, hosted):
    made, href = hosted
    before = stage.phone(alice).read(href)
    deletion.delete_activity(alice, made, also_remote=True)
    stage.settle(alice)
    assert drop(alice, activity=made)
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice)] == ["Lunch"] and Activity.objects.get().deleted_at is None
    assert stage.writes() == [] and stage.phone(alice).read(href) == before
    assert stage.sync(alice).meter.requests == 1


def test_a_private_event_whose_deletion_or_move_is_not_sent_is_a_block_again(stage, alice, hosted):
    convert.make_private(alice, hosted[0])
    stage.settle(alice)
    block_edits.edit(alice, Block.objects.get(), {"start": soon(5), "end": soon(5, 10), "notes": "Bring the plans"})
    stage.settle(alice)
    assert drop(alice, block__isnull=False)
    stage.settle(alice)
    assert [(row.title, row.start) for row in agenda_of(alice)] == [("Lunch", soon())]
    deletion.delete_block(alice, Block.objects.get())
    stage.settle(alice)
    assert agenda_of(alice) == [] and drop(alice, activity=None, uid_hash__gt="")
    stage.settle(alice)
    assert [(row.kind, row.title) for row in agenda_of(alice)] == [("block", "Lunch")]
    assert stage.writes() == [] and stage.sync(alice).meter.requests == 1


def test_an_attendee_cannot_take_a_meeting_back_that_somebody_else_organises(stage, alice, bob):
    made = meeting(bob, "Kick-off", 2, attendees=[bob, alice])
    stage.connect(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    guests = f"ORGANIZER:mailto:{alice.email}\r\n{PEOPLE}\r\nEND:VEVENT"
    phone.edit(href, phone.read(href).replace("END:VEVENT", guests, 1))
    stage.settle(alice)
    activities.edit(bob, made, {"title": "Kick-off, later"})
    stage.settle(alice)
    assert waits(made) and not drop(alice, activity=made)
    stage.settle(alice)
    assert Activity.objects.get().title == "Kick-off, later" and waits(made)


def test_what_is_said_of_a_customer_reaches_no_guests_after_a_new_connection_either(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Lunch", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    guests = f"BEGIN:VEVENT\r\nORGANIZER:mailto:{alice.email}\r\n{PEOPLE}"
    phone.edit(href, phone.read(href).replace("BEGIN:VEVENT", guests))
    stage.settle(alice)
    before, writes = phone.read(href), len(stage.writes())
    disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=False, world=stage.world)
    activities.edit(alice, made, {"customer": find_or_make(alice, "Dupont")})
    stage.connect(alice)
    stage.settle(alice)
    assert not waits(made) and phone.read(href) == before and len(stage.writes()) == writes
    assert stage.sync(alice).meter.requests == 1
