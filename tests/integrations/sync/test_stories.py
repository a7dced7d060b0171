"""What people see when both sides change: each test is a story of product decisions (docs/sync.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert
from integrations.gateway.errors import OutcomeUnknown, Throttled, Unreachable
from integrations.models import Link
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def a_meeting(user, title="Kick-off", **more):
    start = more.pop("start", soon())
    return activities.create(user, "meeting", title=title, start=start, end=start + timedelta(hours=1), **more)


def fill(stage, user, count, calendar="Home"):
    phone = stage.phone(user)
    path = stage.path(user, calendar)
    return [
        phone.add(path, event(f"uid-{n}", stamp(soon(2 + n % 20, 8 + n % 10)), title=f"Private {n}"))
        for n in range(count)
    ]


def test_every_write_is_conditional(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    activities.edit(alice, meeting, {"title": "Kick-off, moved"})
    stage.settle(alice)
    activities.delete(alice, Activity.objects.get())
    stage.settle(alice)
    verbs = [verb for verb, _condition in stage.writes()]
    assert verbs == ["PUT", "PUT", "DELETE"]
    assert all(condition for _verb, condition in stage.writes())


def test_a_colleague_who_leaves_is_no_reason_to_undo_a_deletion_on_the_phone(stage, alice, bob):
    """The list of colleagues in the notes is ours to write: its change is nobody's edit."""
    stage.connect(alice)
    meeting = a_meeting(alice, attendees=[alice, bob])
    stage.settle(alice)
    activities.end_attendance(bob, meeting, bob)
    stage.phone(alice).delete(stage.the_href(alice, "Work"))
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.deleted_at is not None
    assert stage.texts(alice, "Work") == []


def test_who_left_comes_back_by_his_own_edit_without_undoing_newer_words(stage, alice, bob):
    """An edit outlives a deletion; what the organiser said since is merged with it, and his own notes stay his own."""
    stage.connect(alice)
    stage.connect(bob)
    meeting = a_meeting(alice, attendees=[alice, bob])
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    noted = phone.read(href).replace("DESCRIPTION:", "DESCRIPTION:bring the ring\\n\\n")
    phone.edit(href, noted.replace("SUMMARY:Kick-off", "SUMMARY:Renamed by Bob"))
    activities.end_attendance(bob, meeting, bob)
    activities.edit(alice, meeting, {"description": "Said by Alice", "location": "Quay 7"})
    stage.settle(bob, alice)
    meeting.refresh_from_db()
    assert bob in [one.user for one in meeting.attendances.filter(ended_at=None)]
    assert (meeting.title, meeting.description, meeting.location) == ("Renamed by Bob", "Said by Alice", "Quay 7")
    assert "bring the ring" not in stage.the_text(alice, "Work")


def test_a_dead_server_deletes_nothing(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    stage.server.faults.set("*", Unreachable("down"), times=50)
    assert stage.sync(alice).outcome == "retry"
    assert Block.objects.count() == 3
    stage.server.faults.clear()
    assert stage.sync(alice).outcome == "ok"


def test_a_servers_wish_to_wait_is_obeyed_without_a_request(stage, alice):
    stage.connect(alice)
    stage.server.faults.set("PROPFIND", Throttled("slow down", 120))
    assert stage.sync(alice).outcome == "retry"
    asked = len(stage.server.log)
    report = stage.sync(alice)
    assert (report.outcome, report.meter.requests, len(stage.server.log)) == ("retry", 0, asked)
    stage.clock.pass_(seconds=150)
    assert stage.sync(alice).outcome == "ok"


def test_fault_01_put_stored_reply_lost(stage, alice):
    stage.connect(alice)
    a_meeting(alice)
    stage.server.faults.set("PUT", OutcomeUnknown("reset"), done=True)
    assert stage.sync(alice).outcome == "retry"
    stage.settle(alice)
    assert len(stage.texts(alice, "Work")) == 1
    assert [verb for verb, _ in stage.writes()].count("PUT") == 1
    assert Link.objects.get().intended is None


def test_fault_02_put_not_stored_reply_lost(stage, alice):
    stage.connect(alice)
    a_meeting(alice)
    stage.server.faults.set("PUT", OutcomeUnknown("reset"))
    assert stage.sync(alice).outcome == "retry"
    stage.settle(alice)
    assert len(stage.texts(alice, "Work")) == 1


def test_fault_03_delete_done_reply_lost(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    activities.delete(alice, meeting)
    stage.server.faults.set("DELETE", OutcomeUnknown("reset"), done=True)
    assert stage.sync(alice).outcome == "retry"
    stage.settle(alice)
    assert stage.texts(alice, "Work") == [] and Link.objects.count() == 0
    assert Activity.objects.get().deleted_at is not None


def test_notes_of_a_converted_block_stay_private_whatever_happens_later(stage, alice, bob):
    phone = stage.phone(alice)
    start = stamp(soon())
    href = phone.add(stage.path(alice, "Home"), event("a", start, more="DESCRIPTION:Secret diagnosis"))
    stage.connect(alice)
    stage.settle(alice)
    meeting = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    phone.edit(href, phone.read(href).replace("Secret diagnosis", "Secret diagnosis, worse"))
    activities.edit(alice, meeting, {"location": "Clinic"})
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.description == ""
    assert "Secret diagnosis\\, worse" in phone.read(href) or "Secret diagnosis, worse" in phone.read(href)
    assert "LOCATION:Clinic" in phone.read(href)


def test_an_event_dragged_to_another_calendar_on_the_phone_keeps_its_link(stage, alice):
    hrefs = fill(stage, alice, 2)
    stage.connect(alice, imports=("Home", "Work"))
    stage.settle(alice)
    [block] = [one.pk for one in Block.objects.all() if one.link.href.reveal() == hrefs[0]]
    stage.phone(alice).move(hrefs[0], stage.path(alice, "Work"))
    report = stage.sync(alice)
    assert (report.tally.local_deleted, report.tally.imported) == (0, 0)
    assert Block.objects.filter(pk=block).exists() and Block.objects.count() == 2
    assert stage.sync(alice).meter.requests == 1


def test_a_series_is_drawn_up_to_the_horizon_and_the_roll_adds_to_it(stage, alice):
    phone = stage.phone(alice)
    phone.add(stage.path(alice, "Home"), event("weekly", "20240101T090000Z", more="RRULE:FREQ=WEEKLY"))
    stage.connect(alice)
    stage.settle(alice)
    block = Block.objects.get()
    count = block.spans.count()
    assert 76 <= count <= 80
    stage.clock.pass_(days=14)
    stage.settle(alice)
    assert block.spans.count() == count + 2
    phone_hrefs = phone.hrefs(stage.path(alice, "Home"))
    assert len(phone_hrefs) == 1
