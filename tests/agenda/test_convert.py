"""A block becomes an activity, and private again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from accounts.models import User
from agenda import signals
from agenda.content import Busy, When
from agenda.models import Activity, Attendance, Block
from agenda.selectors import trash_of, window
from agenda.services import activities, convert
from agenda.services.refusals import Refused
from agenda.visibility import open_block
from tests.agenda.conftest import Heard
from tests.agenda.drafts import SECRETS, block, dates, event, floating, weekly, zoned
from tests.agenda.fakes import FakeSync

WEEK = datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 29, 23, tzinfo=UTC)


def rows(viewer: User, owner: User) -> list[tuple[str, str]]:
    return [(row.kind, row.title) for row in window(viewer, [owner], *WEEK)]


@pytest.mark.parametrize(
    "when",
    [
        dates("2026-11-24", "2026-11-26"),
        zoned("2026-11-24T10:00", "2026-11-25T10:00"),
        floating("2026-11-24T10:00", "2026-11-26T10:00"),
    ],
)
def test_more_than_a_day_is_refused_with_the_reason(alice: User, when: When) -> None:
    made = block(alice, when)
    assert "more than one day" in convert.refusal(made)
    with pytest.raises(Refused, match="more than one day"):
        convert.convert(alice, made, "meeting")
    assert not Activity.objects.exists()


def test_a_repeating_and_an_unreadable_event_are_refused(alice: User) -> None:
    assert "repeating" in convert.refusal(weekly(alice))
    broken = block(alice)
    broken.unreadable = True
    assert "could not be read" in convert.refusal(broken)


@pytest.mark.parametrize("when", [dates("2026-11-24", "2026-11-25"), zoned("2026-11-24T00:00", "2026-11-24T23:59")])
def test_a_single_day_is_fine(alice: User, when: When) -> None:
    assert convert.refusal(block(alice, when)) == ""


def test_only_the_owner_converts_not_even_an_admin(alice: User, bob: User, carol: User) -> None:
    made = block(alice)
    for other in (bob, carol):
        with pytest.raises(Refused):
            convert.convert(other, made, "meeting")


def test_a_call_cannot_be_made_of_an_event(alice: User) -> None:
    with pytest.raises(ValidationError):
        convert.convert(alice, block(alice), "call")


def test_in_place_the_event_is_handed_over_and_the_block_goes(alice: User, sync: FakeSync, heard: Heard) -> None:
    made = block(alice)
    meeting = convert.convert(alice, made, "meeting")
    assert [(old.pk, new) for old, new in heard.replaced] == [(made.pk, meeting)]
    assert not Block.objects.exists()
    assert (meeting.title, meeting.location, meeting.description) == (SECRETS[0], SECRETS[1], "")
    assert meeting.organiser == alice and meeting.start == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_notes_are_shown_only_when_asked_for(alice: User, sync: FakeSync) -> None:
    meeting = convert.convert(alice, block(alice), "meeting", show_notes=True, title="Appointment")
    assert (meeting.title, meeting.description) == ("Appointment", SECRETS[2])


def test_a_task_is_due_on_the_events_own_date_and_scheduled(alice: User, sync: FakeSync) -> None:
    task = convert.convert(alice, block(alice, zoned("2026-11-24T23:30", "2026-11-24T23:45", "Asia/Tokyo")), "task")
    assert task.due == date(2026, 11, 24) and task.start == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    whole_day = convert.convert(alice, block(alice, dates("2026-11-27", "2026-11-28")), "task")
    assert whole_day.all_day and whole_day.due == whole_day.start_date == date(2026, 11, 27)


def test_events_that_say_little_can_be_converted_too(alice: User, sync: FakeSync) -> None:
    moment = zoned("2026-11-24T10:00", "2026-11-24T10:00")
    meeting = convert.convert(alice, block(alice, moment, title=""), "meeting")
    assert meeting.title == "Untitled" and meeting.start != meeting.end


def test_a_copy_hides_its_block_until_the_copy_is_trashed(alice: User, bob: User, sync: FakeSync) -> None:
    sync.mode = "copy"
    made = block(alice)
    copy = convert.convert(alice, made, "meeting", title="Appointment")
    assert rows(alice, alice) == rows(bob, alice) == [("meeting", "Appointment")]
    assert "already" in convert.refusal(Block.objects.get())
    activities.delete(alice, copy)
    assert rows(alice, alice) == [("block", SECRETS[0])]
    activities.restore(alice, copy)
    assert rows(bob, alice) == [("meeting", "Appointment")]


def test_a_copy_made_private_leaves_no_word_behind(alice: User, bob: User, sync: FakeSync, heard: Heard) -> None:
    sync.mode = "copy"
    made = block(alice)
    copy = convert.convert(alice, made, "meeting", show_notes=True)
    activities.edit(alice, copy, {"attendees": [bob]})
    assert convert.make_private(alice, copy) == made
    assert rows(alice, alice) == [("block", SECRETS[0])] and rows(bob, alice) == [("block", "Busy")]
    buried = Activity.objects.get()
    assert not [word for word in SECRETS if word in f"{buried.title}{buried.location}{buried.description}"]
    assert buried.deleted_at and not Attendance.objects.filter(ended_at=None).exists()
    assert not trash_of(alice)
    with pytest.raises(Refused):
        activities.restore(alice, buried)


def test_in_place_a_block_takes_the_events_place_again_with_its_notes(
    alice: User, sync: FakeSync, heard: Heard
) -> None:
    meeting = convert.convert(alice, block(alice), "meeting")
    sync.in_place, sync.behind = {meeting.pk}, (event(guests=1), "Family")
    moved = {"start": datetime(2026, 11, 26, 10), "end": datetime(2026, 11, 26, 11)}
    meeting = activities.edit(alice, meeting, moved)
    back = convert.make_private(alice, meeting)
    old, new = heard.replaced[-1]
    assert (old.pk, new) == (meeting.pk, back)
    assert not Activity.objects.exists()
    view = open_block(alice, back)
    assert (view.title, view.notes, view.calendar) == (SECRETS[0], SECRETS[2], "Family")
    assert back.guests and back.spans.get().start == datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.mark.parametrize("busy", [Busy.FREE, Busy.TENTATIVE])
def test_what_is_private_again_takes_no_more_of_its_owners_time_than_before(
    alice: User, sync: FakeSync, heard: Heard, busy: Busy
) -> None:
    meeting = convert.convert(alice, block(alice, busy=busy), "meeting")
    sync.in_place, sync.behind = {meeting.pk}, (event(busy=busy), "Family")
    convert.make_private(alice, meeting)
    (row,) = window(alice, [alice], *WEEK)
    assert row.busy == busy.value


def test_where_colleagues_copies_hang_on_it_the_activity_goes_later_and_without_its_words(
    alice: User, bob: User, sync: FakeSync, monkeypatch: Any
) -> None:
    meeting = convert.convert(alice, block(alice), "meeting")
    sync.in_place = {meeting.pk}

    def protected(_self: Activity) -> None:
        raise ProtectedError("links", set())

    monkeypatch.setattr(Activity, "delete", protected)
    convert.make_private(alice, meeting)
    assert Activity.objects.get().title == "Private"
    assert rows(bob, alice) == [("block", "Busy")]


def test_what_was_never_an_event_cannot_be_made_private(alice: User, bob: User, carol: User, sync: FakeSync) -> None:
    start, end = datetime(2026, 11, 24, 10), datetime(2026, 11, 24, 11)
    meeting = activities.create(alice, "meeting", title="Kick-off", start=start, end=end, attendees=[bob])
    with pytest.raises(Refused):
        convert.make_private(alice, meeting)
    sync.in_place = {meeting.pk}
    for other in (bob, carol):
        with pytest.raises(Refused):
            convert.make_private(other, meeting)


def test_when_the_sync_fails_to_hand_over_nothing_has_happened(alice: User, sync: FakeSync) -> None:
    made = block(alice)

    def broken(**_: Any) -> None:
        raise RuntimeError("lost the lease")

    signals.replaced.connect(broken)
    try:
        with pytest.raises(RuntimeError):
            convert.convert(alice, made, "meeting")
    finally:
        signals.replaced.disconnect(broken)
    assert Block.objects.get() == made and not Activity.objects.exists()
