"""What goes out, in which fields; what comes in; what is free, cancelled or declined."""

from __future__ import annotations

import pytest

from agenda.models import Block
from agenda.services import activities
from agenda.services.contacts import find_or_make
from integrations.models import Link
from tests.integrations.sync.scenarios.acts import a_task, fill, notes_of
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_again import remove
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def _add(stage, user, *args, **more):
    return stage.phone(user).add(stage.path(user, "Home"), event(*args, **more))


def test_events_come_in_as_blocks_and_a_meeting_goes_out(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    meeting(alice, "Kick-off", 3, location="Main street 4")
    report = stage.sync(alice)
    assert (report.outcome, report.tally.imported, report.tally.remote_created) == ("ok", 3, 1)
    assert [row.kind for row in agenda_of(alice)].count("block") == 3
    text = stage.the_text(alice, "Work")
    assert "SUMMARY:Kick-off" in text and "LOCATION:Main street 4" in text
    assert "ATTENDEE" not in text and "ORGANIZER" not in text


def test_tasks_and_calls_go_out_when_scheduled_and_switched_on_and_nothing_that_is_over(stage, alice, bob):
    meeting(alice, "Over", -2)
    customer = find_or_make(bob, "Dupont")
    for person, switched in ((alice, True), (bob, False)):
        stage.connect(person, push_tasks=switched, push_calls=switched)
        meeting(person, "Meeting", 3)
        a_task(person)
        activities.create(person, "task", title="Unscheduled", due=soon(5).date())
        activities.create(person, "call", title="Call", customer=customer, start=soon(5), end=soon(5, 10))
    stage.settle(alice, bob)
    assert titles(stage, alice) == ["Call", "Meeting", "Offer"] and titles(stage, bob) == ["Meeting"]


def test_the_fields_that_go_out_and_the_fence_that_stays_ours(stage, alice, bob):
    contact = find_or_make(alice, "Dupont")
    stage.connect(alice)
    more = {"location": "Quay 7", "description": "Plans", "online_link": "https://meet.example/x"}
    made = meeting(alice, "Kick-off", 3, customer=contact, attendees=[alice, bob], **more)
    stage.settle(alice)
    text = stage.the_text(alice, "Work")
    notes = notes_of(text)
    assert f"DTSTART:{stamp(soon(3))}" in text or "DTSTART;TZID=" in text
    assert "SUMMARY:Kick-off" in text and "LOCATION:Quay 7" in text and notes.startswith("Plans")
    assert all(word in notes for word in ("Dupont", "Bob Baert", "https://meet.example/x"))
    assert not any(word in text for word in ("ATTENDEE", "ORGANIZER", "METHOD"))
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, text.replace("\r\n ", "").replace("Dupont", "Somebody else"))
    stage.settle(alice)
    made.refresh_from_db()
    assert made.description == "Plans" and made.customer == contact, "what is in the fence is not the phone's to say"


def test_nothing_older_than_the_connect_day_comes_in_and_it_is_read_only_once(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for n in range(5):
        phone.add(home, event(f"old-{n}", f"2024010{n + 1}T090000Z"))
    stage.connect(alice)
    assert stage.sync(alice).tally.imported == 0
    stage.forget_cursors()
    phone.add(home, event("new", stamp(soon())))
    report = stage.sync(alice)
    assert report.tally.imported == 1 and report.meter.requests <= 6
    assert Link.objects.filter(state="ignored").count() == 5


def test_a_new_connection_sets_a_new_connect_date_and_a_pause_keeps_it(stage, alice):
    from integrations.services import pause

    fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    pause.pause(stage.connections[alice.pk], alice)
    stage.clock.pass_(days=3)
    pause.resume(stage.connections[alice.pk], alice)
    stage.settle(alice)
    assert Block.objects.count() == 3, "what was there on the connect day stays"
    remove(stage, alice)
    stage.connect(alice)
    stage.settle(alice)
    assert Block.objects.count() == 2, "what is over by the new connect day does not come in again"


def test_free_and_tentative_events_say_so(stage, alice, bob):
    _add(stage, alice, "free", stamp(soon(2)), title="Birthday", more="TRANSP:TRANSPARENT")
    _add(stage, alice, "maybe", stamp(soon(3)), title="Perhaps", more="STATUS:TENTATIVE")
    stage.connect(alice)
    stage.settle(alice)
    assert {row.title: row.busy for row in agenda_of(alice)} == {"Birthday": "free", "Perhaps": "tentative"}
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Busy"]


@pytest.mark.parametrize("word", ["STATUS:CANCELLED", "ATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.org"])
def test_what_is_cancelled_or_declined_goes_and_comes_back(stage, alice, word):
    href = _add(stage, alice, "u", stamp(soon(2)), title="Fair")
    stage.connect(alice)
    stage.settle(alice)
    phone = stage.phone(alice)
    plain = phone.read(href)
    for _round in range(2):
        phone.edit(href, plain.replace("SUMMARY:Fair", f"SUMMARY:Fair\r\n{word}"))
        stage.settle(alice)
        assert agenda_of(alice) == []
        assert stage.sync(alice).meter.requests == 1
        phone.edit(href, plain)
        stage.settle(alice)
        assert [row.title for row in agenda_of(alice)] == ["Fair"]
