"""What waits for its owner: seen with his own titles, answered by him alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from agenda.models import Activity, Block
from agenda.services import activities, block_edits
from integrations.models import Conflict, HeldPlan, Link, RemoteCalendar
from tests.integrations.sync.stage import Stage, agenda_of, event, soon, stamp
from tests.integrations.wizard.walk import leads_to, page_of, signed_in

OTHERS = ["bob", "carol", "mallory", "otto"]
BROKEN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:bad\r\nSUMMARY:Broken\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def attention(user) -> str:
    return page_of(signed_in(user).get(reverse("attention")))


def post(user, name: str, key: Any, **said: str) -> Any:
    return signed_in(user).post(reverse(name, args=[key]), said)


@pytest.fixture
def plan(stage: Stage, connection, alice) -> HeldPlan:
    """Return a held plan: all of Alice's ten private events vanished at once."""
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for number in range(10):
        phone.add(home, event(f"e{number}", stamp(soon(3 + number)), title=f"Therapy {number}"))
    stage.settle(alice)
    for href in phone.hrefs(home):
        phone.delete(href)
    stage.sync(alice)
    return HeldPlan.objects.get()


@pytest.fixture
def conflict(stage: Stage, connection, alice) -> Conflict:
    """Return a conflict: Alice renamed her meeting here, and later on her phone."""
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


def test_when_nothing_waits_the_page_says_so(alice):
    assert "Nothing waits for you. Everything is in step." in attention(alice)


# --- held plans


def test_a_held_plan_lists_the_owners_own_titles(plan, alice):
    page = attention(alice)
    assert plan.get_reason_display() in page
    assert "10 items" in page
    assert "Therapy 0" in page
    whole = page_of(signed_in(alice).get(reverse("held_plan", args=[plan.pk])))
    assert all(f"Therapy {number}" in whole for number in range(10))


def test_manage_counts_it_and_leads_there(plan, alice):
    page = page_of(signed_in(alice).get(reverse("connections")))
    assert "In step, except for what waits for you." in page
    assert "1 held list" in page
    assert f'href="{reverse("attention")}#held"' in page


def test_put_back_writes_them_into_the_calendar_again(plan, stage, alice):
    assert leads_to(post(alice, "held_plan", plan.pk, answer="put_back"), "attention")
    assert "Nothing waits for you" in attention(alice)
    stage.sync(alice)
    assert len(stage.texts(alice, "Home")) == 10
    assert Block.objects.count() == 10


def test_apply_lets_them_go(plan, stage, alice):
    post(alice, "held_plan", plan.pk, answer="apply")
    stage.sync(alice)
    assert not Block.objects.exists()
    assert stage.texts(alice, "Home") == []


def test_an_answer_rings_the_connection(plan, connection, alice):
    connection.refresh_from_db()
    before = connection.ring_seq
    post(alice, "held_plan", plan.pk, answer="apply")
    connection.refresh_from_db()
    assert connection.ring_seq == before + 1


@pytest.mark.parametrize("answer", ["", "nonsense"])
def test_what_is_no_answer_changes_nothing(plan, alice, answer):
    assert post(alice, "held_plan", plan.pk, answer=answer).status_code == 200
    assert not Link.objects.exclude(answer="").exists()


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_or_answers_a_held_plan(plan, request, who):
    other = request.getfixturevalue(who)
    assert signed_in(other).get(reverse("held_plan", args=[plan.pk])).status_code == 404
    assert post(other, "held_plan", plan.pk, answer="apply").status_code == 404
    assert "Therapy" not in page_of(signed_in(other).get(reverse("attention")))
    assert not Link.objects.exclude(answer="").exists()


# --- conflicts


def test_both_versions_stand_side_by_side(conflict, alice):
    page = attention(alice)
    assert "Kick-off there" in page
    assert "Kick-off here" in page
    assert page.index("Holds now") < page.index("Kept aside")


def test_restoring_brings_the_other_version_back_and_keeps_the_one_it_replaced(conflict, stage, alice):
    assert leads_to(post(alice, "conflict_restoration", conflict.pk), "attention")
    assert Activity.objects.get().title == "Kick-off here"
    stage.settle(alice)
    assert "SUMMARY:Kick-off here" in stage.the_text(alice, "Work")
    assert "Kick-off there" in attention(alice)
    post(alice, "conflict_restoration", conflict.pk)
    assert Activity.objects.get().title == "Kick-off there"


def test_times_are_restored_too(stage, connection, alice):
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    conflict = Conflict.objects.create(
        connection=connection,
        activity=meeting,
        lost_side="remote",
        version=f'{{"time": "[\\"zoned\\", \\"{soon(4).isoformat()}\\", \\"{soon(4, 11).isoformat()}\\"]"}}',
        happened_at=stage.clock.now(),
    )
    post(alice, "conflict_restoration", conflict.pk)
    meeting.refresh_from_db()
    assert (meeting.start, meeting.end) == (soon(4), soon(4, 11))
    post(alice, "conflict_restoration", conflict.pk)
    meeting.refresh_from_db()
    assert meeting.start == soon(2)


def test_a_version_of_what_is_in_the_trash_is_not_restored(conflict, alice):
    activities.delete(alice, Activity.objects.get())
    said = signed_in(alice).post(reverse("conflict_restoration", args=[conflict.pk]), follow=True)
    assert "This is in the trash. Restore it first." in page_of(said)


def test_who_may_not_edit_is_told_so_and_nothing_changes(stage, connection, alice, bob):
    meeting = activities.create(bob, "meeting", title="Review", start=soon(2), end=soon(2, 10), attendees=[bob, alice])
    conflict = Conflict.objects.create(
        connection=connection,
        activity=meeting,
        lost_side="remote",
        version='{"title": "Mine"}',
        happened_at=stage.clock.now(),
    )
    said = signed_in(alice).post(reverse("conflict_restoration", args=[conflict.pk]), follow=True)
    assert "Only the organiser, the assignee or an admin can change this." in page_of(said)
    meeting.refresh_from_db()
    assert meeting.title == "Review"
    assert Conflict.objects.get().version.reveal() == '{"title": "Mine"}'


def test_what_holds_can_be_left_as_it_is(conflict, alice):
    post(alice, "conflict_dismissal", conflict.pk)
    assert not Conflict.objects.exists()
    assert Activity.objects.get().title == "Kick-off there"
    assert AuditEntry.objects.filter(action="conflict.dismissed").exists()


@pytest.mark.parametrize("name", ["conflict_restoration", "conflict_dismissal"])
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_or_touches_a_version(conflict, request, who, name):
    other = request.getfixturevalue(who)
    assert post(other, name, conflict.pk).status_code == 404
    assert "Kick-off here" not in page_of(signed_in(other).get(reverse("attention")))
    assert Activity.objects.get().title == "Kick-off there"


@pytest.fixture
def blended(stage: Stage, connection, alice) -> Conflict:
    """Return a conflict of a private event: moved and renamed here, and later on the phone."""
    phone = stage.phone(alice)
    href = phone.add(stage.path(alice, "Home"), event("p", stamp(soon(2)), title="Dentist"))
    stage.settle(alice)
    changes = {"title": "Dentist here", "start": soon(2, 14), "end": soon(2, 15)}
    block_edits.edit(alice, Block.objects.get(), changes, now=stage.clock.now())
    stage.clock.pass_(minutes=5)
    there = event("p", stamp(soon(2, 18)), title="Dentist there", modified=stamp(stage.clock.now()))
    phone.edit(href, there)
    stage.settle(alice)
    return Conflict.objects.get()


def test_a_private_events_other_version_is_restored_and_goes_into_the_calendar(blended, stage, alice):
    page = attention(alice)
    assert "Restore Dentist there" in page and "Dentist here" in page
    assert leads_to(post(alice, "conflict_restoration", blended.pk), "attention")
    assert [(row.title, row.start) for row in agenda_of(alice)] == [("Dentist here", soon(2, 14))]
    stage.settle(alice)
    text = stage.the_text(alice, "Home")
    assert "SUMMARY:Dentist here" in text and f"DTSTART:{stamp(soon(2, 14))}" in text
    post(alice, "conflict_restoration", blended.pk)
    stage.settle(alice)
    assert [(row.title, row.start) for row in agenda_of(alice)] == [("Dentist there", soon(2, 18))]


def test_a_private_event_of_a_read_only_calendar_keeps_what_it_says(blended, stage, alice):
    RemoteCalendar.objects.update(writable=False)
    said = signed_in(alice).post(reverse("conflict_restoration", args=[blended.pk]), follow=True)
    assert "This calendar is read-only" in page_of(said)
    assert [row.title for row in agenda_of(alice)] == ["Dentist there"]


# --- quarantine


@pytest.fixture
def broken(stage: Stage, connection, alice) -> Link:
    stage.phone(alice).add(stage.path(alice, "Home"), BROKEN)
    stage.sync(alice)
    return Link.objects.get(state=Link.State.QUARANTINED)


def test_what_could_not_be_read_is_listed_with_its_reason(broken, alice):
    page = attention(alice)
    assert "Could not be read" in page
    assert broken.reason in page
    assert "1 event could not be read" in page_of(signed_in(alice).get(reverse("connections")))


def test_try_again_reads_it_once_more_though_its_version_is_the_same(broken, stage, alice):
    fetched = [one for one in stage.server.log if one.verb in ("GET", "REPORT")]
    assert leads_to(post(alice, "quarantine_retry", broken.pk), "attention")
    stage.sync(alice)
    again = [one for one in stage.server.log if one.verb in ("GET", "REPORT")]
    assert len(again) > len(fetched)
    assert Link.objects.filter(state=Link.State.QUARANTINED).count() == 1


def test_what_was_mended_there_becomes_a_block(broken, stage, alice):
    phone = stage.phone(alice)
    phone.edit(stage.the_href(alice, "Home"), event("bad", stamp(soon()), title="Mended"))
    post(alice, "quarantine_retry", broken.pk)
    stage.sync(alice)
    assert "Mended" in [row.title for row in agenda_of(alice)]
    assert "Nothing waits for you" in attention(alice)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_tries_it_again(broken, request, who):
    other = request.getfixturevalue(who)
    assert post(other, "quarantine_retry", broken.pk).status_code == 404
    assert broken.reason not in page_of(signed_in(other).get(reverse("attention"))) or who == "otto"
    broken.refresh_from_db()
    assert broken.observed_etag


# --- guests


@pytest.fixture
def mailing(stage: Stage, connection, alice) -> Link:
    """Return the link of a meeting whose copy has guests, changed here since."""
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    guests = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:x@example.com\r\nEND:VEVENT"
    phone.edit(href, phone.read(href).replace("END:VEVENT", guests, 1))
    stage.settle(alice)
    activities.edit(alice, meeting, {"start": soon(2) + timedelta(hours=3)})
    stage.sync(alice)
    return Link.objects.get(activity=meeting)


def new_start(user) -> str:
    return f"{(soon(2) + timedelta(hours=3)).astimezone(user.zone):%Y%m%dT%H%M%S}"


def test_a_change_that_would_mail_guests_waits_and_says_so(mailing, stage, alice):
    page = attention(alice)
    assert "This event has guests, who would get mail." in page
    assert "Send Kick-off" in page
    assert new_start(alice) not in stage.the_text(alice, "Work")


def test_send_lets_it_go(mailing, stage, alice):
    post(alice, "sending", mailing.pk)
    stage.settle(alice)
    assert new_start(alice) in stage.the_text(alice, "Work")
    assert "Nothing waits for you" in attention(alice)


def test_do_not_send_takes_the_change_back_and_mails_nobody(mailing, stage, alice):
    before = stage.the_text(alice, "Work")
    assert "Do not send Kick-off" in attention(alice)
    assert "Nothing is sent" in page_of(signed_in(alice).post(reverse("dropping", args=[mailing.pk]), follow=True))
    stage.settle(alice)
    assert Activity.objects.get().start == soon(2) and stage.the_text(alice, "Work") == before
    assert "Nothing waits for you" in attention(alice)
    again = signed_in(alice).post(reverse("dropping", args=[mailing.pk]), follow=True)
    assert "nothing here that you could take back" in page_of(again)


@pytest.mark.parametrize("answer", ["sending", "dropping"])
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_answers_it(mailing, request, who, answer):
    assert post(request.getfixturevalue(who), answer, mailing.pk).status_code == 404
    mailing.refresh_from_db()
    assert mailing.answer == ""
