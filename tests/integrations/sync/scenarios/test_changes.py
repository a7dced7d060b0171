"""Changes on one side and on both; deleted here and deleted in iCloud."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.models import Conflict, Link
from tests.integrations.sync.scenarios.acts import fill
from tests.integrations.sync.stage import agenda_of, soon, stamp
from tests.integrations.sync.test_block_edits import RICH, edit, one_block
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def test_an_edit_here_reaches_the_calendar_and_keeps_what_we_do_not_own(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:Alarm\r\nEND:VALARM\r\nEND:VEVENT"
    phone.edit(href, phone.read(href).replace("END:VEVENT", alarm))
    stage.settle(alice)
    activities.edit(alice, made, {"title": "Kick-off, again"})
    stage.settle(alice)
    assert "SUMMARY:Kick-off\\, again" in phone.read(href) and "TRIGGER:-PT15M" in phone.read(href)


def test_an_edit_on_the_phone_reaches_the_agenda(stage, alice):
    stage.connect(alice)
    meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    report = stage.sync(alice)
    assert report.tally.local_updated == 1
    assert Activity.objects.get().title == "Renamed"
    assert stage.sync(alice).meter.requests == 1


def test_bobs_copy_follows_what_alice_changes_on_her_phone(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    meeting(alice, "Kick-off", 3, attendees=[alice, bob])
    stage.settle(alice, bob)
    assert "SUMMARY:Kick-off" in stage.the_text(bob, "Work")
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    stage.settle(alice, bob)
    assert "SUMMARY:Renamed" in stage.the_text(bob, "Work")
    before = len(stage.writes())
    stage.settle(alice, bob)
    assert len(stage.writes()) == before


def test_what_another_attendee_edits_changes_for_all_and_his_notes_stay_his(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    made = meeting(alice, "Kick-off", 3, attendees=[alice, bob])
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    text = phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed by Bob")
    phone.edit(href, text.replace("DESCRIPTION:", "DESCRIPTION:Bring cake\\n\\n"))
    stage.settle(bob, alice)
    made.refresh_from_db()
    assert (made.title, made.description) == ("Renamed by Bob", "")
    assert titles(stage, alice) == ["Renamed by Bob"] and "Bring cake" not in stage.the_text(alice, "Work")
    assert "Bring cake" in phone.read(href)


def test_a_block_is_moved_and_renamed_by_its_owner_and_keeps_all_else(stage, alice, bob):
    href, block = one_block(stage, alice, more=RICH)
    before, writes = stage.phone(alice).read(href), len(stage.writes())
    edit(alice, {"start": soon(4, 14), "end": soon(4, 16), "title": "Dentist, again"})
    [row] = agenda_of(alice)
    assert (row.title, row.start, row.end) == ("Dentist, again", soon(4, 14), soon(4, 16))
    report = stage.sync(alice)
    text = stage.phone(alice).read(href)
    assert (report.tally.remote_updated, len(stage.writes()) - writes) == (1, 1)
    assert stage.writes()[-1][0] == "PUT" and stage.writes()[-1][1].startswith('"')
    assert "SUMMARY:Dentist\\, again" in text and f"DTSTART:{stamp(soon(4, 14))}" in text
    kept = [line for line in before.split("\r\n") if not line.startswith(("DTSTART", "DTEND", "SUMMARY", "DTSTAMP"))]
    assert all(line in text for line in kept)
    assert [(one.title, one.start) for one in agenda_of(alice, viewer=bob)] == [("Busy", soon(4, 14))]
    assert stage.sync(alice).meter.requests == 1 and Link.objects.get().text is None


def test_both_sides_change_different_things_and_both_stay(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    activities.edit(alice, made, {"location": "Quay 7"})
    stage.settle(alice)
    made.refresh_from_db()
    assert (made.title, made.location) == ("Renamed", "Quay 7")
    assert "SUMMARY:Renamed" in phone.read(href) and "LOCATION:Quay 7" in phone.read(href)
    assert Conflict.objects.count() == 0


def test_the_same_thing_changed_on_both_sides_keeps_the_loser(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    activities.edit(alice, made, {"title": "Said here"})
    stage.clock.pass_(minutes=1)
    late = stamp(stage.clock.now())
    text = phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Said there")
    text = "\r\n".join(f"LAST-MODIFIED:{late}" if one.startswith("LAST-MOD") else one for one in text.split("\r\n"))
    stage.clock.pass_(minutes=1)
    phone.edit(href, text)
    report = stage.sync(alice)
    stage.settle(alice)
    made.refresh_from_db()
    assert made.title == "Said there" and "SUMMARY:Said there" in phone.read(href)
    assert report.tally.conflicts == 1
    assert "Said here" in Conflict.objects.get().version.reveal()


def test_an_edit_survives_a_deletion_on_the_other_side(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    old = stage.the_href(alice, "Work")
    stage.phone(alice).delete(old)
    activities.edit(alice, made, {"title": "Still on"})
    stage.settle(alice)
    new = stage.the_href(alice, "Work")
    assert new != old and "SUMMARY:Still on" in stage.the_text(alice, "Work")
    assert Activity.objects.get().deleted_at is None


def test_an_edit_on_the_phone_outlives_a_deletion_here(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Wait"))
    activities.delete(alice, made)
    stage.settle(alice)
    made.refresh_from_db()
    assert made.deleted_at is None and made.title == "Wait"
    assert stage.the_href(alice, "Work") == href


def test_what_is_deleted_here_is_deleted_there_and_nothing_else(stage, alice):
    fill(stage, alice, 2)
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    activities.delete(alice, made)
    stage.settle(alice)
    assert stage.texts(alice, "Work") == [] and titles(stage, alice, "Home") == ["P0", "P1"]
    assert [verb for verb, _condition in stage.writes()] == ["PUT", "DELETE"]


def test_a_deletion_on_the_phone_takes_the_block_away(stage, alice):
    hrefs = fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    stage.phone(alice).delete(hrefs[0])
    report = stage.sync(alice)
    assert (report.outcome, report.tally.local_deleted) == ("ok", 1)
    assert stage.sync(alice).meter.requests == 1


def test_what_a_deletion_on_the_phone_means_depends_on_the_kind(stage, alice):
    stage.connect(alice, push_tasks=True)
    made = meeting(alice, "Kick-off", 3)
    start = soon(4)
    task = activities.create(
        alice, "task", title="Offer", due=start.date(), start=start, end=start + timedelta(hours=1)
    )
    stage.settle(alice)
    phone = stage.phone(alice)
    for href in phone.hrefs(stage.path(alice, "Work")):
        phone.delete(href)
    # both of two at once is a listing that lost nothing unproven: a report named each of them
    stage.settle(alice)
    made.refresh_from_db()
    task.refresh_from_db()
    assert made.deleted_at is not None
    assert task.deleted_at is None and not task.scheduled
    stage.settle(alice)
    assert stage.texts(alice, "Work") == []


def test_bob_deletes_his_copy_and_only_his_attendance_ends(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    made = meeting(alice, "Kick-off", 3, attendees=[alice, bob])
    stage.settle(alice, bob)
    stage.phone(bob).delete(stage.the_href(bob, "Work"))
    stage.settle(bob, alice)
    made.refresh_from_db()
    assert made.deleted_at is None
    assert stage.texts(bob, "Work") == [] and len(stage.texts(alice, "Work")) == 1


def test_a_restored_meeting_is_pushed_again_under_a_new_uid(stage, alice):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    first = stage.the_href(alice, "Work")
    activities.delete(alice, made)
    stage.settle(alice)
    activities.restore(alice, Activity.objects.get())
    stage.settle(alice)
    assert stage.the_href(alice, "Work") != first
