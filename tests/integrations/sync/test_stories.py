"""What people see when both sides change: each test is a story of product decisions (docs/sync.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert
from integrations.gateway.errors import OutcomeUnknown, Throttled, Unreachable
from integrations.models import Conflict, HeldPlan, Link
from integrations.services import disconnect, held
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

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


def test_events_come_in_as_blocks_and_a_meeting_goes_out(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    a_meeting(alice, location="Main street 4")
    report = stage.sync(alice)
    assert (report.outcome, report.tally.imported, report.tally.remote_created) == ("ok", 3, 1)
    assert [row.kind for row in agenda_of(alice)].count("block") == 3
    text = stage.the_text(alice, "Work")
    assert "SUMMARY:Kick-off" in text and "LOCATION:Main street 4" in text
    assert "ATTENDEE" not in text and "ORGANIZER" not in text


def test_an_idle_run_is_one_request_and_writes_nothing(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    a_meeting(alice)
    stage.settle(alice)
    before = len(stage.writes())
    for _ in range(3):
        report = stage.sync(alice)
        assert report.meter.requests == 1 and report.outcome == "ok"
    assert len(stage.writes()) == before


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


def test_an_edit_here_reaches_the_calendar_and_keeps_what_we_do_not_own(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:Alarm\r\nEND:VALARM\r\nEND:VEVENT"
    phone.edit(href, phone.read(href).replace("END:VEVENT", alarm))
    stage.settle(alice)
    activities.edit(alice, meeting, {"title": "Kick-off, again"})
    stage.settle(alice)
    assert "SUMMARY:Kick-off\\, again" in phone.read(href) and "TRIGGER:-PT15M" in phone.read(href)


def test_an_edit_on_the_phone_reaches_the_agenda(stage, alice):
    stage.connect(alice)
    a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    report = stage.sync(alice)
    assert report.tally.local_updated == 1
    assert Activity.objects.get().title == "Renamed"
    assert stage.sync(alice).meter.requests == 1


def test_both_sides_change_different_things_and_both_stay(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    activities.edit(alice, meeting, {"location": "Quay 7"})
    stage.settle(alice)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("Renamed", "Quay 7")
    assert "SUMMARY:Renamed" in phone.read(href) and "LOCATION:Quay 7" in phone.read(href)
    assert Conflict.objects.count() == 0


def test_the_same_thing_changed_on_both_sides_keeps_the_loser(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    activities.edit(alice, meeting, {"title": "Said here"})
    stage.clock.pass_(minutes=1)
    late = stamp(stage.clock.now())
    text = phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Said there")
    text = "\r\n".join(f"LAST-MODIFIED:{late}" if one.startswith("LAST-MOD") else one for one in text.split("\r\n"))
    stage.clock.pass_(minutes=1)
    phone.edit(href, text)
    report = stage.sync(alice)
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.title == "Said there" and "SUMMARY:Said there" in phone.read(href)
    assert report.tally.conflicts == 1
    assert "Said here" in Conflict.objects.get().version.reveal()


def test_an_edit_survives_a_deletion_on_the_other_side(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    old = stage.the_href(alice, "Work")
    stage.phone(alice).delete(old)
    activities.edit(alice, meeting, {"title": "Still on"})
    stage.settle(alice)
    new = stage.the_href(alice, "Work")
    assert new != old and "SUMMARY:Still on" in stage.the_text(alice, "Work")
    assert Activity.objects.get().deleted_at is None


def test_an_edit_on_the_phone_outlives_a_deletion_here(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Wait"))
    activities.delete(alice, meeting)
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.deleted_at is None and meeting.title == "Wait"
    assert stage.the_href(alice, "Work") == href


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


def test_what_a_deletion_on_the_phone_means_depends_on_the_kind(stage, alice):
    stage.connect(alice, push_tasks=True)
    meeting = a_meeting(alice)
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
    meeting.refresh_from_db()
    task.refresh_from_db()
    assert meeting.deleted_at is not None
    assert task.deleted_at is None and not task.scheduled
    stage.settle(alice)
    assert stage.texts(alice, "Work") == []


def test_a_restored_meeting_is_pushed_again_under_a_new_uid(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    first = stage.the_href(alice, "Work")
    activities.delete(alice, meeting)
    stage.settle(alice)
    activities.restore(alice, Activity.objects.get())
    stage.settle(alice)
    assert stage.the_href(alice, "Work") != first


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
        sorted(f"SUMMARY:Private {n}" for n in range(12))
    )
    stage.settle(alice)
    assert Block.objects.count() == 12
    assert stage.sync(alice).meter.requests == 1


def test_a_listing_that_lost_everything_is_held_whatever_the_server_says(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    calendar = stage.account(alice).calendars[stage.path(alice, "Home")]
    for href in list(calendar.resources):
        stage.phone(alice).delete(href)
    stage.server.forget_tokens()
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, Block.objects.count()) == ("held", 3, 3)


def test_a_deletion_on_the_phone_takes_the_block_away(stage, alice):
    hrefs = fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    stage.phone(alice).delete(hrefs[0])
    report = stage.sync(alice)
    assert (report.outcome, report.tally.local_deleted) == ("ok", 1)
    assert stage.sync(alice).meter.requests == 1


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


def test_bobs_copy_follows_what_alice_changes_on_her_phone(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    a_meeting(alice, attendees=[alice, bob])
    stage.settle(alice, bob)
    assert "SUMMARY:Kick-off" in stage.the_text(bob, "Work")
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Renamed"))
    stage.settle(alice, bob)
    assert "SUMMARY:Renamed" in stage.the_text(bob, "Work")
    before = len(stage.writes())
    stage.settle(alice, bob)
    assert len(stage.writes()) == before


def test_bob_deletes_his_copy_and_only_his_attendance_ends(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    meeting = a_meeting(alice, attendees=[alice, bob])
    stage.settle(alice, bob)
    stage.phone(bob).delete(stage.the_href(bob, "Work"))
    stage.settle(bob, alice)
    meeting.refresh_from_db()
    assert meeting.deleted_at is None
    assert stage.texts(bob, "Work") == [] and len(stage.texts(alice, "Work")) == 1


def test_own_items_never_come_back_as_blocks_though_the_target_is_imported(stage, alice):
    stage.connect(alice, imports=("Home", "Work"))
    a_meeting(alice)
    stage.settle(alice)
    assert Block.objects.count() == 0
    connection = stage.connections[alice.pk]
    disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)
    stage.connect(alice, imports=("Home", "Work"))
    stage.settle(alice)
    assert Block.objects.count() == 0 and len(stage.texts(alice, "Work")) == 1
    assert stage.sync(alice).meter.requests == 1


def test_removing_a_connection_erases_blocks_and_password_and_may_take_the_copies_along(stage, alice):
    fill(stage, alice, 2)
    stage.connect(alice)
    a_meeting(alice)
    stage.settle(alice)
    removed = disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=True, world=stage.world)
    assert removed == 1 and stage.texts(alice, "Work") == [] and len(stage.texts(alice, "Home")) == 2
    assert Block.objects.count() == 0 and Activity.objects.count() == 1


def test_a_converted_block_stays_where_it_is_and_is_linked(stage, alice, bob):
    href = fill(stage, alice, 1)[0]
    stage.connect(alice)
    stage.settle(alice)
    meeting = convert.convert(alice, Block.objects.get(), "meeting")
    before = len(stage.writes())
    stage.settle(alice)
    assert len(stage.writes()) == before and Block.objects.count() == 0
    assert stage.texts(alice, "Work") == []
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Private 0"]
    activities.edit(alice, meeting, {"title": "Shown to all"})
    stage.settle(alice)
    assert "SUMMARY:Shown to all" in stage.phone(alice).read(href)
    convert.make_private(alice, Activity.objects.get(pk=meeting.pk))
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Busy"]
    assert Block.objects.count() == 1 and href in stage.phone(alice).hrefs(stage.path(alice, "Home"))


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


def test_a_broken_event_is_quarantined_and_the_rest_goes_on(stage, alice):
    phone = stage.phone(alice)
    phone.add(stage.path(alice, "Home"), event("bad", stamp(soon()), more="RRULE:FREQ=SECONDLY;INTERVAL=0"))
    fill(stage, alice, 2)
    stage.connect(alice)
    report = stage.sync(alice)
    assert report.outcome == "ok" and report.tally.quarantined == 1
    assert Block.objects.filter(unreadable=True).count() == 1
    assert stage.sync(alice).meter.requests == 1


def test_nothing_older_than_the_connect_day_comes_in_but_its_small_row_does(stage, alice):
    phone = stage.phone(alice)
    for n in range(5):
        phone.add(stage.path(alice, "Home"), event(f"old-{n}", f"2024010{n + 1}T090000Z"))
    stage.connect(alice)
    assert stage.sync(alice).tally.imported == 0
    stage.server.forget_tokens()
    phone.add(stage.path(alice, "Home"), event("new", stamp(soon())))
    fetched = len(stage.server.log)
    assert stage.sync(alice).tally.imported == 1
    assert [one.verb for one in stage.server.log[fetched:]].count("REPORT") <= 3
    assert Link.objects.filter(state="ignored").count() == 5


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


def test_refused_passwords_are_tried_three_times_at_most(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    stage.account(alice).locked = True
    asked = len(stage.server.log)
    assert [stage.sync(alice).outcome for _ in range(3)] == ["retry"] * 3
    stage.clock.pass_(minutes=11)
    assert stage.sync(alice).outcome == "needs_user"
    stage.clock.pass_(minutes=60)
    assert stage.sync(alice).outcome == "needs_user"
    assert len(stage.server.log) - asked <= 3


def test_an_invitation_that_was_converted_stays_hidden_after_disconnecting_and_connecting_anew(stage, alice, bob):
    guests = f"ORGANIZER:mailto:boss@elsewhere.example\nATTENDEE:mailto:{alice.email}"
    stage.phone(alice).add(stage.path(alice, "Home"), event("invited", stamp(soon()), title="Invited", more=guests))
    stage.connect(alice)
    stage.settle(alice)
    convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    connection = stage.connections[alice.pk]
    disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)
    stage.connect(alice)
    stage.settle(alice)
    assert [(row.kind, row.title) for row in agenda_of(alice)] == [("meeting", "Invited")]
    assert [row.kind for row in agenda_of(alice, viewer=bob)] == ["meeting"]
    assert len(stage.texts(alice, "Home")) == len(stage.texts(alice, "Work")) == 1
    assert stage.sync(alice).meter.requests == 1
