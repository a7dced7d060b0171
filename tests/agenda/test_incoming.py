"""What a user's own calendar says about an activity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import User
from agenda.content import FieldGroup, When
from agenda.models import Activity, Attendance
from agenda.services import activities, incoming
from agenda.services.contacts import find_or_make
from tests.agenda.conftest import NOW, Heard
from tests.agenda.drafts import DENTIST, dates, event, floating, zoned

LATER = NOW + timedelta(hours=1)
TIME = {FieldGroup.TIME}


@pytest.fixture
def meeting(alice: User, bob: User) -> Activity:
    return activities.create(
        alice,
        "meeting",
        clock=lambda: NOW,
        title="Kick-off",
        location="Haute 4",
        start=datetime(2026, 11, 24, 10),
        end=datetime(2026, 11, 24, 11),
        attendees=[bob],
    )


@pytest.fixture
def task(alice: User) -> Activity:
    said = {"title": "Offer", "due": date(2026, 11, 24), "start": datetime(2026, 11, 24, 10)}
    return activities.create(alice, "task", clock=lambda: NOW, end=datetime(2026, 11, 24, 11), **said)


@pytest.fixture
def call(alice: User) -> Activity:
    dupont = find_or_make(alice, "Dupont")
    return activities.create(alice, "call", clock=lambda: NOW, customer=dupont, start=datetime(2026, 11, 24, 10))


def take(activity: Activity, by: User, groups: set[FieldGroup], when: When = DENTIST, **said: str) -> Activity:
    return incoming.take(activity, event(when, **said), groups, by=by, at=LATER)


def attending(activity: Activity) -> int:
    return Attendance.objects.filter(activity=activity, ended_at=None).count()


def test_only_the_groups_that_were_asked_for_are_taken(alice: User, meeting: Activity, heard: Heard) -> None:
    heard.edited.clear()
    taken = take(meeting, alice, {FieldGroup.TITLE}, title="Moved", place="Elsewhere", notes="Note")
    assert (taken.title, taken.location, taken.description) == ("Moved", "Haute 4", "")
    assert taken.revision == 2
    assert taken.changed_at["title"] == [LATER.isoformat(), str(alice.pk)]
    assert taken.changed_at["place"][0] == NOW.isoformat()
    assert heard.edited == [([meeting.pk], alice)]


def test_the_fence_is_never_taken(alice: User, meeting: Activity) -> None:
    taken = take(meeting, alice, {FieldGroup.FENCE, FieldGroup.NOTES}, notes="Mine", fence="Customer: Fake")
    assert taken.description == "Mine"
    assert taken.changed_at["fence"][0] == NOW.isoformat()


@pytest.mark.parametrize(
    ("when", "start"),
    [
        (zoned("2026-11-25T15:00", "2026-11-25T16:00", "America/New_York"), datetime(2026, 11, 25, 20, tzinfo=UTC)),
        (floating("2026-11-25T15:00", "2026-11-25T16:00"), datetime(2026, 11, 25, 14, tzinfo=UTC)),
        (floating("2026-03-29T02:30", "2026-03-29T03:00"), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_each_kind_of_time_arrives_as_the_instant_it_means(
    alice: User, meeting: Activity, when: When, start: datetime
) -> None:
    taken = take(meeting, alice, TIME, when)
    assert taken.start == start and taken.end and taken.end > start
    assert taken.zone == (when.zone or "Europe/Brussels")


def test_a_meeting_becomes_all_day_on_the_very_dates(alice: User, meeting: Activity) -> None:
    taken = take(meeting, alice, TIME, dates("2026-11-24", "2026-11-26"))
    assert taken.all_day and taken.start is None
    assert (taken.start_date, taken.end_date) == (date(2026, 11, 24), date(2026, 11, 26))


def test_an_all_day_call_keeps_its_24_hours(alice: User, call: Activity) -> None:
    taken = take(call, alice, TIME, dates("2026-11-24", "2026-11-25"))
    assert not taken.all_day
    assert taken.start == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert taken.end == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_a_title_emptied_on_the_phone_is_kept_here_but_for_a_call(
    alice: User, meeting: Activity, call: Activity
) -> None:
    assert take(meeting, alice, {FieldGroup.TITLE}, title="  ").title == "Kick-off"
    named = activities.edit(alice, call, {"title": "Ring back"})
    assert take(named, alice, {FieldGroup.TITLE}, title="").title == ""


def test_text_that_no_database_can_hold_is_made_to_fit(alice: User, meeting: Activity) -> None:
    groups = {FieldGroup.TITLE, FieldGroup.PLACE, FieldGroup.NOTES}
    taken = take(meeting, alice, groups, title="T" * 900, place="P" * 2000, notes="a\x00b")
    assert (len(taken.title), len(taken.location), taken.description) == (500, 1000, "ab")


def test_a_zone_nobody_knows_is_the_owners(alice: User, meeting: Activity) -> None:
    known = zoned("2026-11-25T15:00", "2026-11-25T16:00")
    taken = take(meeting, alice, TIME, When(known.kind, known.start, known.end, "Customised Zone"))
    assert taken.zone == "Europe/Brussels"


def test_a_series_made_on_a_phone_leaves_the_activity_its_first_time(alice: User, meeting: Activity) -> None:
    taken = take(meeting, alice, TIME, zoned("2026-11-25T15:00", "2026-11-25T16:00"), series="FREQ=DAILY")
    assert taken.start == datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_a_meeting_deleted_by_its_organiser_goes_to_the_trash(alice: User, meeting: Activity, heard: Heard) -> None:
    assert incoming.remove(meeting, by=alice, at=LATER) == "trashed"
    meeting.refresh_from_db()
    assert meeting.deleted_at == LATER and attending(meeting) == 2
    assert heard.edited[-1] == ([meeting.pk], alice)
    assert incoming.remove(meeting, by=alice, at=LATER) == "nothing"


def test_deleted_by_another_attendee_only_his_attendance_ends(bob: User, meeting: Activity, mallory: User) -> None:
    assert incoming.remove(meeting, by=bob, at=LATER) == "attendance_ended"
    ended = Attendance.objects.get(activity=meeting, user=bob)
    assert ended.ended_at == LATER and ended.ended_by is None
    meeting.refresh_from_db()
    assert meeting.deleted_at is None and meeting.changed_at["fence"][0] == LATER.isoformat()
    assert incoming.remove(meeting, by=bob, at=LATER) == "nothing"
    assert incoming.remove(meeting, by=mallory, at=LATER) == "nothing"


def test_a_task_deleted_in_the_calendar_is_never_lost(alice: User, task: Activity) -> None:
    assert incoming.remove(task, by=alice, at=LATER) == "unscheduled"
    task.refresh_from_db()
    assert not task.scheduled and task.deleted_at is None and task.due == date(2026, 11, 24)


def test_a_call_deleted_by_its_assignee_goes_to_the_trash(alice: User, call: Activity) -> None:
    assert incoming.remove(call, by=alice, at=LATER) == "trashed"


def test_what_stands_in_the_calendar_comes_back(alice: User, bob: User, meeting: Activity, heard: Heard) -> None:
    incoming.remove(meeting, by=bob, at=LATER)
    incoming.remove(meeting, by=alice, at=LATER)
    revived = incoming.revive(meeting, by=bob, at=LATER)
    assert revived.deleted_at is None and attending(meeting) == 2
    told = len(heard.edited)
    assert incoming.revive(meeting, by=bob, at=LATER).revision == revived.revision
    assert len(heard.edited) == told
