"""What somebody else's calendar changed: all who take part are told once, and any of them can undo it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agenda.content import FieldGroup
from agenda.models import Activity, Change
from agenda.services import activities, changes, convert, incoming
from agenda.services.refusals import Refused
from notices.models import Notice, OutgoingMail
from tests.agenda.conftest import NOW, Heard
from tests.agenda.drafts import block, dates, event, zoned

LATER = NOW + timedelta(hours=1)
EVERYTHING = {FieldGroup.TIME, FieldGroup.TITLE, FieldGroup.PLACE}
MOVED = zoned("2026-11-25T14:00", "2026-11-25T15:00")


@pytest.fixture
def meeting(alice: User, bob: User, carol: User) -> Activity:
    said = {"title": "Kick-off", "location": "Haute 4", "attendees": [bob, carol]}
    at = {"start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 11)}
    return activities.create(alice, "meeting", clock=lambda: NOW, **said, **at)


def moved_by(person: User, meeting: Activity) -> Activity:
    return incoming.take(meeting, event(MOVED, title="Start", place="Haute 4"), EVERYTHING, by=person, at=LATER)


def told(kind: str = "") -> dict[str, str]:
    found = Notice.objects.filter(closed_at=None).select_related("recipient")
    return {one.recipient.email: one.said.sentence for one in found if kind in one.kind}


def post(user: User, change: Change, **more: bool) -> str:
    client = Client()
    client.force_login(user)
    return client.post(reverse("change_undoing", args=[change.pk]), follow=True).content.decode()


def test_a_change_by_an_attendee_is_told_to_everybody_else(alice: User, bob: User, carol: User, meeting: Activity):
    moved_by(bob, meeting)
    assert told().keys() == {alice.email, carol.email}
    assert told()[alice.email] == (
        "Bob Baert changed it in a linked calendar. "
        "Time: Wed 25 Nov 2026, 14:00–15:00 instead of Tue 24 Nov 2026, 10:00–11:00. "
        "Title: “Start” instead of “Kick-off”."
    )
    assert OutgoingMail.objects.count() == 2


def test_times_are_told_in_the_zone_of_whom_they_are_told_to(alice: User, bob: User, carol: User, meeting: Activity):
    alice.timezone = "America/New_York"
    alice.save()
    moved_by(bob, meeting)
    assert "08:00–09:00 instead of Tue 24 Nov 2026, 04:00–05:00" in told()[alice.email]
    assert "14:00–15:00" in told()[carol.email]


def test_what_did_not_move_is_told_without_mail(bob: User, meeting: Activity):
    incoming.take(meeting, event(MOVED, title="Start"), {FieldGroup.TITLE}, by=bob, at=LATER)
    assert len(told()) == 2
    assert not OutgoingMail.objects.exists()


def test_a_change_by_who_answers_for_it_is_nothing_to_tell(alice: User, meeting: Activity):
    moved_by(alice, meeting)
    assert told() == {}
    assert not Change.objects.exists()


def test_the_same_said_again_is_told_once(bob: User, meeting: Activity):
    moved_by(bob, meeting)
    moved_by(bob, meeting)
    assert Notice.objects.count() == 2
    assert Change.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_any_of_those_who_take_part_puts_it_back(who: str, request, bob: User, meeting: Activity, heard: Heard):
    moved_by(bob, meeting)
    heard.edited.clear()
    shown = post(request.getfixturevalue(who), Change.objects.get())
    assert "Put back as it was" in shown
    meeting.refresh_from_db()
    assert (meeting.title, meeting.start) == ("Kick-off", datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert heard.edited, "every calendar is told"
    assert told() == {}


def test_dates_are_put_back_too(alice: User, bob: User, meeting: Activity):
    incoming.take(meeting, event(dates("2026-11-25", "2026-11-26")), {FieldGroup.TIME}, by=bob, at=LATER)
    change = Change.objects.get()
    assert "Time: Wed 25 Nov 2026 instead of" in told()[alice.email]
    changes.undo(alice, change)
    meeting.refresh_from_db()
    assert (meeting.all_day, meeting.start) == (False, datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_what_was_changed_again_since_is_left_alone(alice: User, bob: User, meeting: Activity):
    row = moved_by(bob, meeting)
    activities.edit(alice, row, {"title": "Third"})
    assert "It was changed again since then" in post(alice, Change.objects.get())
    meeting.refresh_from_db()
    assert (meeting.title, meeting.start) == ("Third", datetime(2026, 11, 25, 13, tzinfo=UTC))


def test_other_things_may_have_changed_since(alice: User, bob: User, meeting: Activity):
    row = incoming.take(meeting, event(MOVED), {FieldGroup.TIME}, by=bob, at=LATER)
    activities.edit(alice, row, {"title": "Third"})
    changes.undo(alice, Change.objects.get())
    meeting.refresh_from_db()
    assert (meeting.title, meeting.start) == ("Third", datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_what_is_in_the_trash_is_not_put_back(alice: User, bob: User, meeting: Activity):
    row = moved_by(bob, meeting)
    activities.delete(alice, row)
    with pytest.raises(Refused):
        changes.undo(alice, Change.objects.get())


@pytest.mark.parametrize("who", ["mallory", "otto"])
def test_for_others_there_is_nothing_to_undo(who: str, request, bob: User, meeting: Activity):
    moved_by(bob, meeting)
    client = Client()
    client.force_login(request.getfixturevalue(who))
    assert client.post(reverse("change_undoing", args=[Change.objects.get().pk])).status_code == 404
    meeting.refresh_from_db()
    assert meeting.title == "Start"


def test_a_colleague_who_does_not_take_part_cannot_undo(alice: User, bob: User, carol: User, meeting: Activity):
    dora = type(alice)(company=alice.company, email="dora@example.org", data_key=None)
    assert not changes.may_undo(dora, meeting)


def test_after_thirty_days_it_is_forgotten(bob: User, meeting: Activity):
    moved_by(bob, meeting)
    changes.purge(LATER + timedelta(days=29))
    assert Change.objects.exists()
    changes.purge(LATER + timedelta(days=31))
    assert not Change.objects.exists()


# --- deleted in a calendar


def test_those_who_take_part_are_told_that_the_organiser_deleted_it(alice: User, bob, carol, meeting: Activity):
    incoming.remove(meeting, by=alice, at=LATER)
    incoming.remove(meeting, by=alice, at=LATER)
    assert told("trashed").keys() == {bob.email, carol.email}
    assert "Tue 24 Nov 2026, 10:00" in told()[bob.email]
    assert OutgoingMail.objects.count() == 2


def test_restoring_settles_what_was_told(alice: User, meeting: Activity):
    incoming.remove(meeting, by=alice, at=LATER)
    activities.restore(alice, meeting)
    assert told() == {}


def test_the_organiser_is_told_who_left(alice: User, bob: User, meeting: Activity):
    incoming.remove(meeting, by=bob, at=LATER)
    incoming.remove(meeting, by=bob, at=LATER)
    [notice] = Notice.objects.all()
    assert notice.recipient == alice
    assert notice.said.heading == "Bob Baert no longer takes part in “Kick-off”"
    incoming.revive(meeting, by=bob, at=LATER)
    assert told("attendance") == {}


def test_a_task_that_goes_back_to_the_list_is_nobody_elses_business(alice: User):
    said = {"due": datetime(2026, 11, 24).date(), "start": datetime(2026, 11, 24, 10)}
    task = activities.create(alice, "task", clock=lambda: NOW, title="Offer", end=datetime(2026, 11, 24, 11), **said)
    incoming.remove(task, by=alice, at=LATER)
    assert told() == {}


def test_an_edit_that_outlived_a_deletion_is_told_to_all_concerned(alice: User, bob: User, carol, meeting: Activity):
    activities.delete(alice, meeting)
    incoming.revive(meeting, by=bob, at=LATER)
    incoming.revive(meeting, by=bob, at=LATER)
    assert told("survived").keys() == {alice.email, bob.email, carol.email}
    assert Notice.objects.get(recipient=bob).said.heading == "“Kick-off” is back"


def test_what_is_private_again_leaves_no_words_behind(alice: User, bob: User, meeting: Activity):
    moved_by(bob, meeting)
    convert._bury(meeting, by=alice, at=LATER)
    assert not Change.objects.exists()


def test_what_becomes_private_again_is_named_in_nobodys_notices(alice: User, bob: User, carol: User) -> None:
    made = convert.convert(alice, block(alice), "meeting", title="Therapy")
    made = activities.edit(alice, made, {"attendees": [bob, carol]})
    moved_by(bob, made)
    incoming.remove(made, by=carol, at=LATER)
    assert {"activity_changed", "attendance_ended"} == set(Notice.objects.values_list("kind", flat=True))
    convert.make_private(alice, made)
    assert not Notice.objects.exists()
