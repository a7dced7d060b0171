"""What goes wrong with one thing stops that thing alone, is told, and is not tried again and again."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from agenda.models import Block
from agenda.services import activities, convert
from integrations.gateway.errors import CalendarGone, Forbidden, NotUnderstood, Rejected, TooLarge, UidTaken
from integrations.models import Conflict, Connection, HeldPlan, Link, Run
from integrations.services.schedule import next_slot
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("error", [Forbidden("no"), NotUnderstood("html"), TooLarge("big")])
def test_one_calendar_in_trouble_does_not_stop_the_other(stage, alice, error):
    phone = stage.phone(alice)
    phone.add(stage.path(alice, "Home"), event("u", stamp(soon())))
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.server.faults.set("REPORT", error, path=stage.path(alice, "Home"), times=100)
    report = stage.sync(alice)
    assert report.outcome in ("needs_user", "retry", "failed") and report.reason
    assert titles(stage, alice) == ["First"] and Block.objects.count() == 0
    stage.server.faults.clear()
    stage.settle(alice)
    assert Block.objects.count() == 1


def test_an_account_that_is_gone_is_not_asked_for_every_minute(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    stage.server.faults.set("*", CalendarGone("404"), times=100)
    due = next_slot(stage.connections[alice.pk].pk, stage.clock.now())
    assert stage.sync(alice).outcome == "needs_user"
    following = Connection.objects.get().next_sync_at
    assert following and following >= due  # its own slot of this half hour


def test_a_refused_write_closes_the_calendar_and_the_owner_is_told(stage, alice):
    stage.connect(alice)
    for n in range(4):
        meeting(alice, f"M{n}", n + 2)
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon())))
    stage.server.faults.set("PUT", Forbidden("read-only"), times=100)
    report = stage.sync(alice)
    assert (report.outcome, len(stage.writes()), Block.objects.count()) == ("needs_user", 1, 1)
    assert "read-only" in report.reason
    for run in range(2, 15):
        stage.sync(alice)
        assert len(stage.writes()) == min(run, 12), "each item is tried three times, one a run"
    assert stage.sync(alice).meter.requests == 1


def test_a_share_that_becomes_writable_again_gets_what_waited(stage, alice):
    stage.connect(alice)
    calendar = stage.account(alice).calendars[stage.path(alice, "Work")]
    meeting(alice, "M0", 2)
    stage.settle(alice)
    calendar.writable = False
    meeting(alice, "M1", 3)
    assert stage.sync(alice).meter.writes == 0
    assert titles(stage, alice) == ["M0"]
    calendar.writable = True
    stage.settle(alice)
    assert titles(stage, alice) == ["M0", "M1"]


def test_a_rejected_item_is_not_sent_again_until_it_is_edited(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 2)
    stage.server.faults.set("PUT", Rejected("too odd"))
    stage.sync(alice)
    assert Link.objects.get().reason
    for _run in range(3):
        stage.sync(alice)
    assert len(stage.writes()) == 1
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(alice)
    assert titles(stage, alice) == ["First 2"] and Link.objects.get().reason == ""


def test_a_taken_uid_is_given_up_for_a_new_one_and_never_in_a_loop(stage, alice):
    stage.connect(alice)
    meeting(alice, "First", 2)
    stage.server.faults.set("PUT", UidTaken("exists"))
    stage.sync(alice)
    assert titles(stage, alice) == ["First"]
    meeting(alice, "Second", 3)
    stage.server.faults.set("PUT", UidTaken("exists"), times=1000)
    for _run in range(6):
        stage.sync(alice)
    tried = len(stage.writes())
    stage.sync(alice)
    assert len(stage.writes()) == tried and tried < 10
    assert Link.objects.get(activity__title="Second").reason


def test_an_answer_that_is_never_understood_becomes_a_failure(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    stage.server.faults.set("PROPFIND", NotUnderstood("html"), times=1000)
    outcomes = []
    for _run in range(3):
        outcomes.append(stage.sync(alice).outcome)
        stage.clock.pass_(hours=7)
    assert outcomes == ["retry", "retry", "failed"]
    stage.server.faults.clear()
    assert stage.sync(alice).outcome == "ok"


def test_nothing_private_reaches_logs_reasons_runs_or_open_columns(stage, alice, bob, caplog):
    caplog.set_level(logging.DEBUG)
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    secret = "Xenotransplantation"
    more = f"LOCATION:{secret}\nDESCRIPTION:{secret}\nCATEGORIES:{secret}\nX-{secret.upper()}:1"
    hrefs = [phone.add(home, event(f"{secret}-{n}", stamp(soon(n + 2)), title=secret, more=more)) for n in range(3)]
    phone.add(home, event("bad", stamp(soon(4)), title=secret, more=f"RRULE:FREQ={secret}"))
    phone.add(home, f"BEGIN:VCALENDAR\r\n{secret}\r\n", secret)
    stage.connect(alice)
    stage.settle(alice)
    block = Block.objects.filter(recurring=False, unreadable=False).earliest("pk")
    converted = convert.convert(alice, block, "meeting")
    activities.edit(alice, converted, {"title": "Shown"})
    for href in hrefs:
        phone.edit(href, phone.read(href).replace(f"SUMMARY:{secret}", f"SUMMARY:{secret} 2"))
    stage.clock.pass_(minutes=5)
    stage.settle(alice)
    stage.server.faults.set("PUT", Rejected("no"))
    activities.edit(alice, converted, {"location": "Quay"})
    stage.sync(alice)
    assert secret not in caplog.text
    for model in (Link, Run, Connection, HeldPlan, Conflict):
        for row in model.objects.all():
            opened = {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
            assert secret not in str(opened), f"{model.__name__} shows {secret}"
    seen = {row.title for row in agenda_of(alice, viewer=bob)}
    assert seen <= {"Busy", "Shown", f"{secret} 2"}


def test_an_attendees_notes_stay_on_his_own_copy_even_in_a_merge(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    first = meeting(alice, "First", 3, attendees=[alice, bob], description="For all")
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    phone.edit(href, phone.read(href).replace("For all", "Bob thinks it is dull"))
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(bob, alice)
    first.refresh_from_db()
    assert first.description == "For all"
    assert "Bob thinks it is dull" in phone.read(href) and "SUMMARY:First 2" in phone.read(href)
    assert "dull" not in stage.the_text(alice, "Work")


def test_private_again_takes_the_copies_of_colleagues_away(stage, alice, bob):
    phone = stage.phone(alice)
    href = phone.add(stage.path(alice, "Home"), event("u", stamp(soon(3)), title="Clinic", more="DESCRIPTION:Secret"))
    stage.connect(alice)
    stage.connect(bob)
    stage.settle(alice, bob)
    shown = convert.convert(alice, Block.objects.get(), "meeting")
    activities.edit(alice, shown, {"attendees": [alice, bob]})
    stage.settle(alice, bob)
    assert titles(stage, bob) == ["Clinic"] and "Secret" not in stage.the_text(bob, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Clinic", "RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Clinic"))
    stage.settle(alice, bob)
    convert.make_private(alice, shown)
    stage.settle(alice, bob)
    assert stage.texts(bob, "Work") == []
    assert [row.title for row in agenda_of(bob, viewer=alice) if row.owner_id == bob.pk] == []
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Busy"] * 3
    assert "Secret" in phone.read(href) and "RRULE" in phone.read(href)


def test_a_deletion_there_of_a_converted_event_and_of_an_invitation_elsewhere(stage, alice, bob):
    phone = stage.phone(alice)
    href = phone.add(stage.path(alice, "Home"), event("u", stamp(soon(3)), title="Clinic"))
    stage.connect(alice)
    stage.settle(alice)
    shown = convert.convert(alice, Block.objects.get(), "task")
    stage.settle(alice)
    phone.delete(href)
    stage.settle(alice)
    shown.refresh_from_db()
    assert shown.deleted_at is None and not shown.scheduled
    activities.edit(alice, shown, {"start": soon(5), "end": soon(5) + timedelta(hours=1)})
    stage.settle(alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == [], "tasks are not pushed here"
