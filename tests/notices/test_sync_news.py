"""What owners are told of their connections: once, the right people, and nothing private on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts.models import User
from agenda.models import Activity, Block, Change
from agenda.services import activities, changes
from integrations import grants
from integrations.models import Conflict, Connection, HeldPlan, Link, RemoteCalendar
from integrations.news import telling
from integrations.selectors import status
from integrations.services import answers, care, conflicts, held
from integrations.services.disconnect import erase
from notices.models import Notice, OutgoingMail
from notices.services import upkeep
from tests.integrations.sync.stage import Stage, a_stage, event, soon, stamp

MARKER = "Therapy-MARKER"
GUESTS = "ORGANIZER:mailto:alice@example.org\nATTENDEE;CN=Guest:mailto:guest@example.net"
BROKEN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:bad\r\nSUMMARY:Therapy-MARKER\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def stage(db) -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture(autouse=True)
def _nothing_private_is_told(db) -> Iterator[None]:
    """Whatever was told in a story: no title of a private event, no name of a calendar, no password (I16, I18)."""
    yield
    said = [json.dumps([one.said.heading, one.said.sentence]) for one in Notice.objects.select_related("recipient")]
    said += [f"{one.opened.subject} {one.opened.text} {one.opened.html}" for one in OutgoingMail.objects.all()]
    for text in said:
        assert "MARKER" not in text
        assert "abcd-efgh" not in text
        assert "Home" not in text


@pytest.fixture
def connection(stage: Stage, alice: User) -> Connection:
    stage.connect(alice, imports=("Home",))
    stage.settle(alice)
    connected: Connection = stage.connections[alice.pk]
    return connected


def told(person: User | None = None) -> list[str]:
    """Return the kinds of the open notices, of one person or of all."""
    found = Notice.objects.filter(closed_at=None)
    return sorted((found.filter(recipient=person) if person else found).values_list("kind", flat=True))


def mailed() -> list[str]:
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def only_alice(*kinds: str) -> None:
    assert set(Notice.objects.values_list("recipient__email", flat=True)) <= {"alice@example.org"}
    assert told() == sorted(kinds)


def refuse(stage: Stage, alice: User) -> None:
    """Let the server refuse the password until its owner is asked."""
    stage.account(alice).locked = True
    stage.sync(alice)
    assert told() == [], "one refusal may be a false wave"
    stage.clock.pass_(minutes=11)
    stage.sync(alice)


# --- the password


def test_the_second_refusal_is_told_and_mailed_once(stage, connection, alice, bob):
    refuse(stage, alice)
    only_alice("password_needed")
    assert mailed() == ["password_needed"]
    stage.clock.pass_(minutes=30)
    stage.sync(alice)
    assert mailed() == ["password_needed"]


def test_reminders_come_until_it_is_mended_and_then_the_repair_is_told_once(stage, connection, alice):
    refuse(stage, alice)
    since = Notice.objects.get().created_at
    for day in range(1, 5):
        upkeep.remind(since + timedelta(days=day))
    assert mailed() == ["password_needed"] * 3  # at once, on day 1 and on day 3
    stage.account(alice).locked = False
    Connection.objects.update(state=Connection.State.ACTIVE)
    stage.sync(alice)
    stage.sync(alice)
    assert mailed() == ["password_needed"] * 3 + ["repaired"]
    assert told() == ["repaired"]
    assert upkeep.remind(since + timedelta(days=30)) == 0


def test_a_password_that_breaks_again_is_told_again(stage, connection, alice):
    refuse(stage, alice)
    stage.account(alice).locked = False
    Connection.objects.update(state=Connection.State.ACTIVE)
    stage.sync(alice)
    Notice.objects.filter(kind="repaired").delete()
    refuse(stage, alice)
    assert told() == ["password_needed"]


# --- not in step


def fail(stage: Stage, alice: User) -> None:
    """Let one sync end in vain."""
    stage.account(alice).locked = True
    stage.sync(alice)
    stage.account(alice).locked = False


def test_who_is_not_in_step_for_75_minutes_is_told_once_and_when_it_is_over_it_is_settled(stage, connection, alice):
    stage.clock.pass_(minutes=70)
    fail(stage, alice)
    assert care.tell_stale(stage.clock.now()) == 0
    stage.clock.pass_(minutes=6)
    assert care.tell_stale(stage.clock.now()) == 1
    assert care.tell_stale(stage.clock.now()) == 0
    only_alice("stale")
    assert mailed() == []
    Connection.objects.update(refused_count=0, refused_at=None)
    stage.sync(alice)
    assert told() == []


def test_what_is_paused_or_revoked_or_just_resumed_is_not_stale(stage, connection, alice):
    stage.clock.pass_(hours=3)
    assert care.tell_stale(stage.clock.now()) == 0, "nothing was tried in vain"
    fail(stage, alice)
    for state in (Connection.State.PAUSED, Connection.State.NEEDS_USER):
        Connection.objects.update(state=state)
        assert care.tell_stale(stage.clock.now()) == 0


def test_the_page_says_so_even_when_nobody_runs_the_sync(stage, connection, alice):
    assert status.connections(alice)[0].reason == ""
    Connection.objects.update(last_success_at=stage.clock.now() - timedelta(minutes=76))
    assert "Not in step" in status.connections(alice)[0].reason


# --- held plans


@pytest.fixture
def plan(stage: Stage, connection, alice) -> HeldPlan:
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for number in range(10):
        phone.add(home, event(f"e{number}", stamp(soon(3 + number)), title=f"{MARKER} {number}"))
    stage.settle(alice)
    for href in phone.hrefs(home):
        phone.delete(href)
    stage.sync(alice)
    return HeldPlan.objects.get()


def test_a_held_plan_is_told_and_mailed_once(plan, stage, alice, bob):
    stage.sync(alice)
    only_alice("held")
    assert mailed() == ["held"]


def test_an_answer_settles_it(plan, alice):
    held.put_back(plan, alice)
    assert told() == []


def test_a_plan_that_closes_by_itself_is_settled(plan, stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for number in range(10):
        phone.add(home, event(f"e{number}", stamp(soon(3 + number)), title=f"{MARKER} {number}"))
    stage.settle(alice)
    assert told() == []


# --- both changed


def rename_on_both_sides(stage: Stage, alice: User) -> Conflict:
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    activities.edit(alice, meeting, {"title": "Kick-off here"}, now=stage.clock.now())
    phone = stage.phone(alice)
    stage.clock.pass_(minutes=5)
    href = stage.the_href(alice, "Work")
    text = phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Kick-off there")
    lines = [line for line in text.split("\r\n") if not line.startswith("LAST-MODIFIED")]
    lines.insert(lines.index("BEGIN:VEVENT") + 1, f"LAST-MODIFIED:{stamp(stage.clock.now())}")
    phone.edit(href, "\r\n".join(lines))
    stage.sync(alice)
    return Conflict.objects.get()


def test_a_version_that_is_kept_is_told_once_and_settled_when_it_is_answered(stage, connection, alice):
    found = rename_on_both_sides(stage, alice)
    stage.sync(alice)
    only_alice("conflict")
    assert "“Kick-off" in Notice.objects.get().said.heading
    conflicts.restore(found, alice)
    assert told() == []


# --- what cannot be read


def test_something_unreadable_is_told_once_and_more_of_it_makes_the_notice_unread(stage, connection, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, BROKEN)
    stage.sync(alice)
    stage.sync(alice)
    only_alice("unreadable")
    Notice.objects.update(read_at=stage.clock.now())
    phone.add(home, BROKEN.replace("UID:bad", "UID:worse"))
    stage.sync(alice)
    assert Notice.objects.get().read_at is None
    assert mailed() == []


def test_when_all_can_be_read_it_is_settled(stage, connection, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    href = phone.add(home, BROKEN)
    stage.sync(alice)
    phone.edit(href, event("bad", stamp(soon(3)), title=MARKER))
    stage.sync(alice)
    assert told() == []


# --- guests


@pytest.fixture
def question(stage: Stage, connection, alice) -> Link:
    """Return the link of a meeting that got guests on the phone and was then moved here."""
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("END:VEVENT", GUESTS.replace("\n", "\r\n") + "\r\nEND:VEVENT"))
    stage.settle(alice)
    activities.edit(alice, meeting, {"start": soon(2, 14)})
    stage.sync(alice)
    return Link.objects.select_related("connection__user").get(activity=meeting)


def test_a_change_that_would_mail_guests_is_asked_once(question, stage, alice):
    stage.sync(alice)
    only_alice("guests")
    assert mailed() == []


def test_a_private_event_has_no_name_in_any_news(stage, connection, alice):
    stage.phone(alice).add(stage.path(alice, "Home"), event("e", stamp(soon(3)), title=MARKER, more=GUESTS))
    stage.settle(alice)
    link = Link.objects.select_related("block").get(block__isnull=False)
    telling.guests(connection, link, stage.clock.now())
    telling.written_again(connection, link, stage.clock.now())
    headings = {one.said.heading for one in Notice.objects.all()}
    assert headings == {"Send the change of a private event to its guests?", "The change of a private event is kept"}


def test_an_answer_settles_the_question(question, alice):
    answers.send(question, alice)
    assert told() == []


def test_a_question_that_has_come_to_nothing_is_settled(question, stage, alice):
    activities.edit(alice, Activity.objects.get(), {"start": soon(2)})
    stage.sync(alice)
    assert told() == []


# --- an edit outlives a deletion


def test_what_is_written_again_after_a_deletion_there_is_told_once(stage, connection, alice):
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    stage.phone(alice).delete(stage.the_href(alice, "Work"))
    activities.edit(alice, meeting, {"title": "Kick-off here"})
    stage.settle(alice)
    only_alice("written_again")
    assert len(stage.texts(alice, "Work")) == 1


def test_what_was_deleted_here_and_changed_there_is_told_once(stage, connection, alice):
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    activities.delete(alice, meeting)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Kick-off there"))
    stage.settle(alice)
    only_alice("edit_survived")


# --- shared meetings: the whole way from one phone to another


def meet(*people: User) -> None:
    activities.create(people[0], "meeting", title="Kick-off", start=soon(2), end=soon(2, 10), attendees=list(people))


def test_a_meeting_moved_on_an_attendees_phone_is_told_and_put_back_everywhere(stage, alice, bob):
    for person in (alice, bob):
        stage.connect(person)
    meet(alice, bob)
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Moved"))
    stage.settle(bob, alice)
    assert told(alice) == ["activity_changed"]
    assert told(bob) == []
    assert "SUMMARY:Moved" in stage.the_text(alice, "Work")
    changes.undo(alice, Change.objects.get())
    stage.settle(alice, bob)
    for person in (alice, bob):
        assert "SUMMARY:Kick-off" in stage.the_text(person, "Work")
        assert told(person) == []


def test_a_meeting_deleted_on_the_organisers_phone_is_told_to_those_who_take_part(stage, alice, bob):
    stage.connect(alice)
    meet(alice, bob)
    stage.settle(alice)
    stage.phone(alice).delete(stage.the_href(alice, "Work"))
    stage.settle(alice)
    assert (told(alice), told(bob)) == ([], ["activity_trashed"])
    assert mailed() == ["activity_trashed"]


# --- calendars


def test_a_calendar_that_is_gone_is_told_and_mailed_once_and_settled_when_it_is_back(stage, connection, alice):
    calendars = stage.account(alice).calendars
    home = calendars.pop(stage.path(alice, "Home"))
    stage.sync(alice)
    stage.sync(alice)
    only_alice("calendar_gone")
    assert mailed() == ["calendar_gone"]
    calendars[stage.path(alice, "Home")] = home
    stage.sync(alice)
    assert told() == []


@pytest.mark.parametrize(("name", "mails"), [("Work", ["read_only"]), ("Home", [])])
def test_a_share_that_became_read_only_is_told_once(stage, connection, alice, name, mails):
    stage.account(alice).calendars[stage.path(alice, name)].writable = False
    stage.sync(alice)
    stage.sync(alice)
    only_alice("read_only")
    assert mailed() == mails
    stage.account(alice).calendars[stage.path(alice, name)].writable = True
    stage.sync(alice)
    assert told() == []


# --- consent


def test_an_access_that_an_admin_revoked_is_told_and_mailed_to_its_owner(connection, alice, carol):
    grants.revoke(connection.grant, carol)
    only_alice("grant_revoked")
    assert "Carol Claes has revoked it." in Notice.objects.get().said.sentence
    assert mailed() == ["grant_revoked"]


def test_an_access_that_its_owner_revoked_is_told_without_mail(connection, alice):
    grants.revoke(connection.grant, alice)
    assert not grants.revoke(connection.grant, alice)
    only_alice("grant_revoked")
    assert mailed() == []


def test_a_set_up_that_is_cancelled_is_nothing_to_tell(connection, alice):
    Connection.objects.update(state=Connection.State.SETUP)
    grants.revoke(connection.grant, alice)
    assert told() == []


def test_removing_a_connection_settles_all_that_was_told_of_it(plan, connection, alice):
    erase(connection)
    assert told() == []


def test_idle_runs_tell_nothing(stage, connection, alice):
    stage.phone(alice).add(stage.path(alice, "Home"), event("e", stamp(soon(3)), title=MARKER))
    stage.settle(alice)
    stage.settle(alice)
    assert Block.objects.count() == 1
    assert RemoteCalendar.objects.count() == 2
    assert told() == []
