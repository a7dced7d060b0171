"""Creating, changing and trashing: who may, what is refused, what is stamped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from agenda.content import FieldGroup
from agenda.models import Activity, Attendance
from agenda.services import activities
from agenda.services.contacts import find_or_make
from agenda.services.refusals import Overtaken, Refused
from tests.agenda.conftest import NOW, Heard
from tests.agenda.drafts import person

LATER = NOW + timedelta(hours=1)


def meeting(actor: User, **fields: Any) -> Activity:
    said = {"title": "Kick-off", "start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 11)}
    return activities.create(actor, "meeting", clock=lambda: NOW, **{**said, **fields})


def attending(activity: Activity) -> set[str]:
    rows = Attendance.objects.filter(activity=activity, ended_at=None)
    return set(rows.values_list("user__name", flat=True))


def test_a_naive_time_is_in_the_owners_zone(alice: User) -> None:
    made = meeting(alice)
    assert made.start == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert made.zone == "Europe/Brussels"
    assert made.revision == 1
    assert attending(made) == {"Alice Anders"}


def test_planning_for_a_colleague_reads_times_in_his_zone(alice: User) -> None:
    bob = person(alice, name="Bob Baert", timezone="America/New_York")
    made = meeting(alice, organiser=bob, attendees=[alice])
    assert made.start == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert attending(made) == {"Alice Anders", "Bob Baert"}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-29T02:30", "2026-03-29T03:00", (1, 30, 30)),  # the clock skips 02:00-03:00
        ("2026-10-25T02:30", "2026-10-25T02:45", (0, 30, 15)),  # and repeats it
    ],
)
def test_a_clock_change_neither_crashes_nor_turns_a_meeting_round(
    alice: User, start: str, end: str, expected: tuple[int, int, int]
) -> None:
    made = meeting(alice, start=datetime.fromisoformat(start), end=datetime.fromisoformat(end))
    assert made.start and made.end
    assert (made.start.hour, made.start.minute, (made.end - made.start).seconds // 60) == expected


def test_dates_make_it_all_day_with_an_exclusive_end(alice: User) -> None:
    made = meeting(alice, start=date(2026, 11, 24), end=date(2026, 11, 26))
    assert made.all_day and made.start is None
    assert (made.start_date, made.end_date) == (date(2026, 11, 24), date(2026, 11, 26))


def test_one_and_the_same_date_is_one_day(alice: User) -> None:
    made = meeting(alice, start=date(2026, 11, 24), end=date(2026, 11, 24))
    assert made.end_date == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("meeting", {"start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 11)}, "title"),
        ("meeting", {"title": "   ", "start": date(2026, 11, 24)}, "title"),
        ("meeting", {"title": "Kick-off"}, "start"),
        ("meeting", {"title": "Kick-off", "start": datetime(2026, 11, 24, 10)}, "end"),
        ("meeting", {"title": "x", "start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 9)}, "end"),
        ("meeting", {"title": "x", "start": datetime(2026, 11, 24, 10), "end": date(2026, 11, 24)}, "end"),
        ("meeting", {"title": "x", "start": datetime(1, 1, 1), "end": datetime(1, 1, 2), "zone": "Nowhere"}, "zone"),
        ("call", {"start": datetime(2026, 11, 24, 10)}, "customer"),
        ("task", {"title": "Offer"}, "due"),
        ("task", {"title": "Offer", "due": date(2026, 11, 24), "end": datetime(2026, 11, 24, 9)}, "start"),
        ("party", {"title": "Offer"}, "kind"),
    ],
)
def test_what_is_missing_or_wrong_is_said_where_it_is(
    alice: User, kind: str, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        activities.create(alice, kind, **fields)
    assert wrong in refused.value.message_dict
    assert not Activity.objects.exists()


def test_a_call_takes_half_an_hour_and_has_no_all_day_form(alice: User) -> None:
    dupont = find_or_make(alice, "Dupont")
    made = activities.create(alice, "call", customer=dupont, start=datetime(2026, 11, 24, 10))
    assert made.start and made.end == made.start + timedelta(minutes=30)
    with pytest.raises(ValidationError, match="time of day"):
        activities.create(alice, "call", customer=dupont, start=date(2026, 11, 24))


def test_a_contact_of_another_company_is_no_customer(alice: User, mallory: User) -> None:
    theirs = find_or_make(mallory, "Dupont")
    with pytest.raises(ValidationError):
        activities.create(alice, "call", customer=theirs, start=datetime(2026, 11, 24, 10))


def test_nobody_plans_for_whom_he_cannot_see(alice: User, bob: User, mallory: User) -> None:
    bob.calendar_access = "own"
    for stranger in (mallory, alice):
        with pytest.raises(Refused):
            meeting(bob, organiser=stranger)
        with pytest.raises(Refused):
            meeting(bob, attendees=[stranger])
    assert not Activity.objects.exists()


def test_only_organiser_assignee_or_admin_change_or_delete(alice: User, bob: User, carol: User, mallory: User) -> None:
    made = meeting(alice, attendees=[bob])
    for stranger in (bob, mallory):
        for forbidden in (
            lambda who=stranger: activities.edit(who, made, {"title": "Mine"}),
            lambda who=stranger: activities.delete(who, made),
            lambda who=stranger: activities.complete(who, made),
        ):
            with pytest.raises(Refused):
                forbidden()
    assert activities.edit(carol, made, {"title": "Hers"}).title == "Hers"


def test_each_change_stamps_its_own_field_groups_and_no_other(alice: User, bob: User) -> None:
    made = meeting(alice)
    assert set(made.changed_at) == {group.value for group in FieldGroup}
    changed = activities.edit(alice, made, {"location": "Haute 4"}, now=LATER)
    assert changed.revision == 2
    stamped = {group for group, (at, _by) in changed.changed_at.items() if at == LATER.isoformat()}
    assert stamped == {"place"}
    assert changed.changed_at["place"][1] == str(alice.pk)
    changed = activities.edit(alice, made, {"attendees": [bob]}, now=LATER + timedelta(minutes=1))
    assert changed.changed_at["fence"][0] > changed.changed_at["place"][0] > changed.changed_at["time"][0]


def test_a_customer_lends_its_name_and_address(alice: User) -> None:
    dupont, durand = find_or_make(alice, "Dupont"), find_or_make(alice, "Durand")
    call = activities.create(alice, "call", clock=lambda: NOW, customer=dupont, start=datetime(2026, 11, 24, 10))
    changed = activities.edit(alice, call, {"customer": durand}, now=LATER)
    stamped = {group for group, (at, _by) in changed.changed_at.items() if at == LATER.isoformat()}
    assert stamped == {"title", "place", "fence"}


def test_what_changes_nothing_is_not_written(alice: User, heard: Heard) -> None:
    made = meeting(alice)
    again = activities.edit(alice, made, {"title": "Kick-off", "start": datetime(2026, 11, 24, 10)})
    assert again.revision == 1
    assert len(heard.edited) == 1


def test_the_start_moved_alone_takes_the_end_along(alice: User) -> None:
    changed = activities.edit(alice, meeting(alice), {"start": datetime(2026, 11, 25, 15)})
    assert changed.end == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_a_meeting_becomes_all_day_and_timed_again(alice: User) -> None:
    changed = activities.edit(alice, meeting(alice), {"start": date(2026, 11, 24)})
    assert (changed.start, changed.end_date) == (None, date(2026, 11, 25))
    timed = {"start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 12)}
    changed = activities.edit(alice, changed, timed)
    assert not changed.all_day and changed.start_date is None


def test_a_change_made_on_an_old_copy_is_refused(alice: User) -> None:
    made = meeting(alice)
    activities.edit(alice, made, {"title": "Second"})
    with pytest.raises(Overtaken):
        activities.edit(alice, made, {"title": "Third"}, expected_revision=1)


def test_every_write_is_told_once(alice: User, heard: Heard, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as after_commit:
        made = meeting(alice)
    activities.delete(alice, made)
    activities.delete(alice, made)
    activities.restore(alice, made)
    assert heard.edited == [([made.pk], None)] * 3
    assert len(after_commit) == 1


def test_the_trash_gives_back_what_was_there(alice: User, bob: User) -> None:
    made = meeting(alice, attendees=[bob])
    gone = activities.delete(alice, made, now=LATER)
    assert gone.deleted_at == LATER
    with pytest.raises(Refused, match="trash"):
        activities.edit(alice, made, {"title": "Ghost"})
    back = activities.restore(alice, made)
    assert back.deleted_at is None and attending(back) == {"Alice Anders", "Bob Baert"}


def test_a_colleague_leaves_by_himself_and_the_last_one_takes_the_meeting_along(alice: User, bob: User) -> None:
    made = meeting(alice, attendees=[bob])
    with pytest.raises(Refused):
        activities.end_attendance(alice, made, alice)
    activities.end_attendance(bob, made, bob)
    assert attending(made) == {"Alice Anders"}
    assert activities.end_attendance(alice, made, alice).deleted_at
    assert attending(activities.restore(alice, made)) == {"Alice Anders"}


def test_a_colleague_is_not_put_out_by_another(alice: User, bob: User) -> None:
    dave = person(alice, name="Dave")
    made = meeting(alice, attendees=[bob, dave])
    with pytest.raises(Refused):
        activities.end_attendance(bob, made, dave)


def test_a_task_handed_over_leaves_the_old_agenda(alice: User, bob: User) -> None:
    task = activities.create(alice, "task", title="Offer", due=date(2026, 11, 24))
    handed = activities.edit(alice, task, {"assignee": bob})
    assert attending(handed) == {"Bob Baert"}


def test_a_call_ends_with_an_outcome_and_can_be_reopened(alice: User) -> None:
    call = activities.create(alice, "call", customer=find_or_make(alice, "Dupont"), start=datetime(2026, 11, 24, 10))
    done = activities.complete(alice, call, outcome="voicemail", now=LATER)
    assert (done.status, done.outcome, done.completed_at) == ("done", "voicemail", LATER)
    opened = activities.reopen(alice, call)
    assert (opened.status, opened.outcome, opened.completed_at) == ("open", "", None)
    with pytest.raises(ValidationError):
        activities.complete(alice, meeting(alice), outcome="voicemail")


def test_the_database_itself_refuses_half_a_meeting(alice: User) -> None:
    assert alice.company
    with pytest.raises(IntegrityError):
        Activity.objects.create(company=alice.company, kind="meeting", title="", organiser=alice, created_at=NOW)
