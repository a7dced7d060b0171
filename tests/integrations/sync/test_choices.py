"""Calendars of a connection changed while it lives: nothing is lost, doubled, or written that nobody asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.ical.alarms import alarm_of
from agenda.models import Activity, AllDay, Block
from agenda.services import activities, convert
from integrations.models import Connection, Detail, Link, OwnerAct
from integrations.services.choices import Wish, change, consequence
from integrations.services.connect import ConnectRefused
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting, recovers, retitle, sweep
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def a_task(user, title="Offer", days=4):
    start = soon(days)
    return activities.create(user, "task", title=title, due=start.date(), start=start, end=start + timedelta(hours=1))


def wish(stage, user, *, push_to="Work", imports=("Home",), all_day=None, **more):
    connection = stage.connections[user.pk]
    rows = {row.name.reveal(): row for row in connection.calendars.all()}
    connection.refresh_from_db()
    more = {"push_tasks": connection.push_tasks, "push_calls": connection.push_calls, **more}
    more = {"detail": connection.detail, "alert": connection.alert, **more}
    rules = {rows[name].pk: rule for name, rule in (all_day or {}).items()}
    target = rows[push_to] if push_to else None
    return Wish(target, [rows[name] for name in imports], all_day=rules, **more)


def choose(stage, user, **wanted):
    return change(stage.connections[user.pk], wish(stage, user, **wanted), actor=user, now=stage.clock.now())


def asked(stage, user, **wanted):
    return consequence(stage.connections[user.pk], wish(stage, user, **wanted), stage.clock.now())


def test_an_unticked_calendar_keeps_a_converted_invitation_hidden_when_it_is_ticked_again(stage, alice, bob):
    guests = f"ORGANIZER:mailto:boss@elsewhere.example\nATTENDEE:mailto:{alice.email}"
    stage.phone(alice).add(stage.path(alice, "Home"), event("invited", stamp(soon()), title="Invited", more=guests))
    stage.connect(alice)
    stage.settle(alice)
    convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    choose(stage, alice, imports=())
    stage.settle(alice)
    choose(stage, alice)
    stage.settle(alice)
    assert [(row.kind, row.title) for row in agenda_of(alice, viewer=bob)] == [("meeting", "Invited")]
    assert len(stage.texts(alice, "Home")) == len(stage.texts(alice, "Work")) == 1


def test_what_was_edited_on_the_phone_comes_in_before_its_copy_is_removed(stage, alice):
    stage.connect(alice, push_tasks=True)
    a_task(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Offer", "SUMMARY:Offer by phone"))
    choose(stage, alice, push_tasks=False, remove=frozenset({"task"}))
    stage.settle(alice)
    assert Activity.objects.get().title == "Offer by phone" and stage.texts(alice, "Work") == []


def test_a_removal_that_is_taken_back_in_time_removes_nothing(stage, alice):
    stage.connect(alice, push_tasks=True)
    a_task(alice)
    stage.settle(alice)
    choose(stage, alice, push_tasks=False, remove=frozenset({"task"}))
    choose(stage, alice, push_tasks=True)
    writes = len(stage.writes())
    stage.settle(alice)
    assert titles(stage, alice) == ["Offer"] and len(stage.writes()) == writes


def test_another_target_for_new_ones_only_writes_nothing_else(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    writes = len(stage.writes())
    choose(stage, alice, push_to="Home")
    stage.settle(alice)
    assert len(stage.writes()) == writes
    meeting(alice, "Second", 4)
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(alice)
    assert titles(stage, alice) == ["First 2"] and titles(stage, alice, "Home") == ["Second"]


def test_a_copy_takes_its_alarms_and_its_owners_notes_along(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    choose(stage, bob, alert=30)
    meeting(alice, "First", 3, attendees=[alice, bob])
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    alarm = (
        "BEGIN:VALARM\r\nUID:theirs\r\nACTION:DISPLAY\r\nTRIGGER:-PT7M\r\nDESCRIPTION:Alarm\r\nEND:VALARM\r\nEND:VEVENT"
    )
    phone.edit(href, phone.read(href).replace("END:VEVENT", alarm).replace("DESCRIPTION:", "DESCRIPTION:Bring cake\\n"))
    stage.settle(bob, alice)
    choose(stage, bob, push_to="Home", move=True)
    stage.settle(bob, alice)
    text = stage.the_text(bob, "Home")
    assert "UID:theirs\r\nACTION:DISPLAY\r\nTRIGGER:-PT7M" in text and "Bring cake" in text
    assert text.count("UID:") == 3 and alarm_of(text) == 30, "our own alarm goes along, and stays ours"
    assert Activity.objects.get().description == "" and stage.texts(bob, "Work") == []
    writes = len(stage.writes())
    stage.settle(bob, alice)
    assert len(stage.writes()) == writes


def test_a_series_made_on_the_phone_moves_whole(stage, alice):
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SEQUENCE:", "RRULE:FREQ=WEEKLY;COUNT=5\r\nSEQUENCE:"))
    stage.settle(alice)
    assert len(agenda_of(alice)) == 5
    choose(stage, alice, push_to="Home", move=True)
    stage.settle(alice)
    assert "RRULE:FREQ=WEEKLY;COUNT=5" in stage.the_text(alice, "Home")
    assert stage.texts(alice, "Work") == [] and len(agenda_of(alice)) == 5


def test_what_has_guests_is_never_moved_by_itself(stage, alice):
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    guests = f"ORGANIZER:mailto:{alice.email}\r\nATTENDEE:mailto:eve@example.org\r\nSEQUENCE:"
    phone.edit(href, phone.read(href).replace("SEQUENCE:", guests))
    stage.settle(alice)
    writes, before = len(stage.writes()), phone.read(href)
    assert asked(stage, alice, push_to="Home").movable == 0
    choose(stage, alice, push_to="Home", move=True)
    stage.settle(alice)
    assert len(stage.writes()) == writes and phone.read(href) == before


def test_an_edit_on_the_phone_while_it_moves_reaches_the_new_copy(stage, alice, monkeypatch):
    from tests.integrations.sync.test_races import during

    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    choose(stage, alice, push_to="Home", move=True)

    def act():
        late = stamp(stage.clock.now() + timedelta(seconds=2))
        text = phone.read(href).replace("SUMMARY:First", "SUMMARY:By phone")
        phone.edit(
            href,
            "\r\n".join(
                f"LAST-MODIFIED:{late}" if line.startswith("LAST-MOD") else line for line in text.split("\r\n")
            ),
        )

    with monkeypatch.context() as patched:
        during(stage, patched, 2, act, after=True)
        stage.sync(alice)
    stage.settle(alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == ["By phone"]
    assert Activity.objects.get().title == "By phone"


def test_a_move_that_is_taken_back_at_once_moves_nothing(stage, alice):
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    writes = len(stage.writes())
    choose(stage, alice, push_to="Home", move=True)
    choose(stage, alice, push_to="Work", move=True)
    stage.settle(alice)
    assert titles(stage, alice) == ["First"] and len(stage.writes()) == writes
    assert not Link.objects.exclude(owner_act="").exists() and Link.objects.count() == 1


def test_not_pushing_any_more_removes_what_is_asked_for_and_stops_half_moves(stage, alice):
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    choose(stage, alice, push_to="Home", move=True)
    choose(stage, alice, push_to="", remove=frozenset({"meeting"}))
    stage.settle(alice)
    assert stage.texts(alice, "Work") == stage.texts(alice, "Home") == []
    assert Link.objects.count() == 0 and Activity.objects.get().deleted_at is None


def test_a_moved_meeting_that_is_deleted_here_meanwhile_goes_from_both(stage, alice, monkeypatch):
    from tests.integrations.sync.test_races import during

    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    choose(stage, alice, push_to="Home", move=True)
    with monkeypatch.context() as patched:
        during(stage, patched, 2, lambda: activities.delete(alice, first), after=True)
        stage.sync(alice)
    stage.settle(alice)
    assert stage.texts(alice, "Work") == stage.texts(alice, "Home") == [] and Link.objects.count() == 0


@pytest.mark.parametrize("detail", [Detail.TITLE, Detail.BUSY])
def test_less_detail_is_for_what_comes_next_unless_copies_are_to_be_written_anew(stage, alice, detail):
    stage.connect(alice)
    first = meeting(alice, "First", 3, location="Quay 7", description="Plans")
    stage.settle(alice)
    writes = len(stage.writes())
    assert asked(stage, alice, detail=detail).rewritable == 1
    choose(stage, alice, detail=detail)
    stage.settle(alice)
    assert len(stage.writes()) == writes and "LOCATION:Quay 7" in stage.the_text(alice, "Work")
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(alice)
    assert titles(stage, alice) == ["First 2"] and "LOCATION:Quay 7" in stage.the_text(alice, "Work")
    choose(stage, alice, detail=Detail.FULL)
    choose(stage, alice, detail=detail, write_anew=True)
    stage.settle(alice)
    text = stage.the_text(alice, "Work")
    assert titles(stage, alice) == (["First 2"] if detail == Detail.TITLE else ["Busy"])
    assert not any(word in text for word in ("Quay 7", "Plans", "show="))
    first.refresh_from_db()
    assert (first.title, first.location, first.description) == ("First 2", "Quay 7", "Plans")
    writes = len(stage.writes())
    activities.edit(alice, first, {"location": "Quay 8"})
    stage.settle(alice)
    assert len(stage.writes()) == writes and stage.sync(alice).meter.requests == 1


def test_a_busy_copy_moved_on_the_phone_moves_the_meeting_and_keeps_its_words(stage, alice):
    stage.connect(alice)
    choose(stage, alice, detail=Detail.BUSY)
    first = meeting(alice, "First", 3, location="Quay 7")
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    start = first.start
    assert start
    before = stamp(start)
    text = phone.read(href)
    day = f"{(start + timedelta(days=1)):%Y%m%d}"
    phone.edit(href, text.replace(f":{before[:8]}T", f":{day}T"))
    stage.settle(alice)
    first.refresh_from_db()
    assert (first.title, first.location, first.start) == ("First", "Quay 7", start + timedelta(days=1))


def test_busy_copies_found_again_after_a_new_connection_do_not_rename_the_meetings(stage, alice):
    from integrations.services import disconnect

    stage.connect(alice)
    choose(stage, alice, detail=Detail.BUSY)
    meeting(alice, "First", 3, location="Quay 7")
    stage.settle(alice)
    stage.clock.pass_(minutes=5)
    disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=False, world=stage.world)
    stage.connect(alice)
    stage.settle(alice)
    first = Activity.objects.get()
    assert (first.title, first.location) == ("First", "Quay 7")
    assert titles(stage, alice) == ["First"]


def test_an_alert_is_put_on_what_is_pushed_from_now_on_and_never_on_what_is_there(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    writes = len(stage.writes())
    choose(stage, alice, alert=15)
    stage.settle(alice)
    assert len(stage.writes()) == writes
    meeting(alice, "Second", 4)
    activities.edit(alice, first, {"title": "First 2"})
    day = soon(6).date()
    activities.create(alice, "meeting", title="Fair", start_date=day, end_date=day + timedelta(days=1), all_day=True)
    stage.settle(alice)
    alarms = {
        text.split("SUMMARY:")[1].split("\r\n")[0]: "TRIGGER:-PT15M" in text for text in stage.texts(alice, "Work")
    }
    assert alarms == {"First 2": False, "Second": True, "Fair": False}
    assert stage.sync(alice).meter.requests == 1


def test_whole_days_block_time_as_the_calendars_rule_says(stage, alice, bob):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    day = f"{soon(5):%Y%m%d}"
    phone.add(home, event("free", day, title="Birthday", more="TRANSP:TRANSPARENT"))
    phone.add(home, event("busy", day, title="Holiday"))
    phone.add(home, event("timed", stamp(soon(5)), title="Walk", more="TRANSP:TRANSPARENT"))
    stage.connect(alice)
    stage.settle(alice)

    def seen():
        return sorted((row.all_day, row.title) for row in agenda_of(alice, viewer=bob))

    assert seen() == [(True, "Busy")]
    writes = len(stage.writes())
    choose(stage, alice, all_day={"Home": AllDay.ALWAYS})
    assert seen() == [(True, "Busy")] * 2
    choose(stage, alice, all_day={"Home": AllDay.NEVER})
    assert seen() == []
    phone.add(home, event("later", f"{soon(7):%Y%m%d}", title="Another"))
    stage.settle(alice)
    assert seen() == [] and len(agenda_of(alice)) == 4 and len(stage.writes()) == writes
    choose(stage, alice, all_day={"Home": AllDay.MARKED})
    assert seen() == [(True, "Busy")] * 2


def test_a_choice_of_nothing_or_of_a_read_only_target_is_refused(stage, alice):
    stage.connect(alice)
    stage.account(alice).calendars[stage.path(alice, "Home")].writable = False
    stage.settle(alice)
    for wanted in ({"push_to": "", "imports": ()}, {"push_to": "Home"}):
        with pytest.raises(ConnectRefused):
            choose(stage, alice, **wanted)
    assert Connection.objects.get().generation == 0


def test_a_run_under_way_stops_when_its_calendars_are_changed_and_the_next_goes_by_the_new_ones(
    stage, alice, monkeypatch
):
    from tests.integrations.sync.test_races import during

    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 2)
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(3)), title="Clinic"))
    with monkeypatch.context() as patched:
        during(stage, patched, 5, lambda: choose(stage, alice, push_to="Home", imports=(), move=True), after=True)
        stage.sync(alice)
    stage.settle(alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == ["Clinic", "M0", "M1", "M2"]
    assert Block.objects.count() == 0 and Link.objects.exclude(activity=None).count() == 3
    assert not Link.objects.filter(owner_act=OwnerAct.MOVING).exists()


@pytest.mark.parametrize("habit", ["plain", "no etags"])
def test_a_change_of_target_and_a_removal_survive_a_kill_anywhere(stage, alice, monkeypatch, habit):
    stage.connect(alice, push_tasks=True)
    made = [meeting(alice, f"M{n}", n + 3) for n in range(2)]
    a_task(alice)
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    stage.server.habits.etag_on_put = habit != "no etags"
    retitle(stage, alice, "Work", "M0", "M0 by phone")
    activities.edit(alice, made[1], {"location": "Quay 7"})
    choose(stage, alice, push_to="Home", move=True, push_tasks=False, remove=frozenset({"task"}))
    stage.clock.pass_(minutes=1)
    assert sweep(stage, monkeypatch, alice) > 20
    stage.sync(alice)
    stage.clock.pass_(minutes=3)
    assert recovers(stage, alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == ["M0 by phone", "M1"]
    assert "LOCATION:Quay 7" in [text for text in stage.texts(alice, "Home") if "SUMMARY:M1" in text][0]


@pytest.mark.parametrize("habit", ["lag", "account-wide"])
def test_a_change_of_target_on_an_awkward_server_doubles_and_loses_nothing(stage, alice, habit):
    stage.habits = {"lags": habit == "lag"}
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 3)
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    stage.server.habits.lag = timedelta(seconds=8 if habit == "lag" else 0)
    stage.server.habits.account_wide_uids = habit == "account-wide"
    stage.server.habits.uid_held_for = timedelta(hours=1)
    choose(stage, alice, push_to="Home", move=True)
    stage.sync(alice)
    stage.clock.pass_(minutes=3)
    assert recovers(stage, alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == ["M0", "M1", "M2"]
    assert Activity.objects.filter(deleted_at=None).count() == 3
