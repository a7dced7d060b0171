"""What a viewer sees of an agenda, how little others see of blocks, and at what cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from agenda.content import Span
from agenda.models import Activity, Block
from agenda.selectors import activity_for, find, locate, window
from agenda.selectors.items import block_for
from agenda.services import activities, blocks
from agenda.services.contacts import find_or_make
from agenda.visibility import Hidden, open_block
from tests.agenda.drafts import FREE, SECRETS, TENTATIVE, block, dates, draft, person, weekly, zoned
from tests.agenda.fakes import FakeSync

WEEK = datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 29, 23, tzinfo=UTC)
FORTNIGHT = WEEK[0], WEEK[1] + timedelta(days=14)


def meeting(actor: User, start: datetime = datetime(2026, 11, 24, 14), **fields: Any) -> Activity:
    said = {"title": "Kick-off", "start": start, "end": start + timedelta(hours=1)}
    return activities.create(actor, "meeting", **{**said, **fields})


def test_rows_come_by_start_and_say_what_they_are(alice: User, sync: FakeSync) -> None:
    planned = meeting(alice, location="Haute 4")
    private = block(alice)
    sync.states = {planned.pk: "waiting", private.pk: "linked"}
    first, second = window(alice, [alice], *WEEK)
    assert (first.kind, first.title, first.place, first.busy) == ("block", SECRETS[0], SECRETS[1], "busy")
    assert (second.kind, second.title, second.place, second.busy) == ("meeting", "Kick-off", "Haute 4", "busy")
    assert (first.link_state, second.link_state) == ("linked", "waiting")
    assert first.mine and second.editable


def test_two_thousand_rows_cost_at_most_four_queries(
    alice: User, bob: User, sync: FakeSync, django_assert_max_num_queries: Any
) -> None:
    blocks.create_many([draft(alice) for _ in range(1900)])
    for _ in range(100):
        meeting(alice, customer=None, attendees=[bob])
    alice, bob = User.objects.get(pk=alice.pk), User.objects.get(pk=bob.pk)
    for viewer, count in ((alice, 2000), (bob, 2000)):
        with django_assert_max_num_queries(4):
            assert len(window(viewer, [alice], *WEEK)) == count


def test_bob_sees_busy_and_when_and_nothing_else(alice: User, bob: User, carol: User, sync: FakeSync) -> None:
    private = block(alice, busy=TENTATIVE, guests=3, invitation=True)
    sync.states = {private.pk: "linked"}
    for colleague in (bob, carol):
        (row,) = window(colleague, [alice], *WEEK)
        assert (row.kind, row.title, row.busy) == ("block", "Busy", "busy")
        assert row.start == datetime(2026, 11, 24, 9, tzinfo=UTC)
        assert (row.id, row.link_state, row.thing_id) == (None, None, None)
        assert (row.place, row.notes, row.calendar, row.refusal) == ("", "", "", "")
        assert not row.repeats and not row.editable and not row.mine


def test_an_overrides_own_words_are_the_owners_too(alice: User, bob: User) -> None:
    weekly(alice)
    assert [row.title for row in window(alice, [alice], *FORTNIGHT)] == [
        "Oncologist",
        "Oncologist, second opinion",
        "Oncologist",
    ]
    assert {row.title for row in window(bob, [alice], *FORTNIGHT)} == {"Busy"}


def test_free_time_is_shown_to_its_owner_alone(alice: User, bob: User) -> None:
    block(alice, busy=FREE)
    assert [row.busy for row in window(alice, [alice], *WEEK)] == ["free"]
    assert window(bob, [alice], *WEEK) == []


def test_mallory_sees_nothing_at_all(alice: User, mallory: User) -> None:
    private, planned = block(alice), meeting(alice)
    assert window(mallory, [alice], *WEEK) == []
    with pytest.raises(Hidden):
        open_block(mallory, private)
    for row in window(alice, [alice], *WEEK):
        assert row.id
        with pytest.raises((Activity.DoesNotExist, Block.DoesNotExist)):
            find(mallory, row.id)
    with pytest.raises(Activity.DoesNotExist):
        activity_for(mallory, planned.pk)


def test_calendar_access_limits_whose_meetings_are_there(alice: User, bob: User) -> None:
    planned = meeting(alice)
    assert activity_for(bob, planned.pk) == planned
    bob.calendar_access = "own"
    assert window(bob, [alice, bob], *WEEK) == []
    with pytest.raises(Activity.DoesNotExist):
        activity_for(bob, planned.pk)
    activities.edit(alice, planned, {"attendees": [bob]})
    assert activity_for(bob, planned.pk) == planned


def test_a_deactivated_viewer_sees_not_even_his_own(alice: User) -> None:
    meeting(alice)
    alice.is_active = False
    assert window(alice, [alice], *WEEK) == []


def test_a_block_belongs_to_its_owner_alone(alice: User, bob: User, carol: User) -> None:
    private = block(alice)
    for other in (bob, carol):
        with pytest.raises(Block.DoesNotExist):
            block_for(other, private.pk)
    assert open_block(alice, private).title == SECRETS[0]
    assert open_block(bob, private).title == "Busy"


def test_each_row_has_an_id_of_its_own_that_finds_it(alice: User) -> None:
    weekly(alice)
    block(alice)
    planned = meeting(alice)
    rows = window(alice, [alice], *FORTNIGHT)
    ids = [row.id for row in rows if row.id]
    assert len(set(ids)) == len(rows) == 5
    for row in rows:
        assert row.id
        assert find(alice, row.id).pk == row.thing_id == locate(row.id).thing.pk
    assert locate(ids[0]).owner == alice
    for wrong in ("", "block", "meeting-x", f"call-{planned.pk.hex}", f"block-{planned.pk.hex}"):
        with pytest.raises((Activity.DoesNotExist, Block.DoesNotExist)):
            find(alice, wrong)


def test_trash_and_unscheduled_tasks_have_no_place(alice: User) -> None:
    activities.delete(alice, meeting(alice))
    activities.create(alice, "task", title="Offer", due=date(2026, 11, 24))
    assert window(alice, [alice], *WEEK) == []


def test_all_day_stays_on_its_dates_in_every_zone(alice: User) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo"):
        owner = person(alice, timezone=zone)
        activities.create(owner, "meeting", title="Fair", start=date(2026, 11, 24), end=date(2026, 11, 25))
        block(owner, dates("2026-11-24", "2026-11-25"))
        for day, expected in ((23, 0), (24, 2), (25, 0)):
            start = datetime(2026, 11, day, tzinfo=owner.zone)
            found = window(owner, [owner], start, start + timedelta(days=1))
            assert len(found) == expected, (zone, day)
            assert all((row.all_day, row.start) == (True, date(2026, 11, 24)) for row in found)


def test_the_window_takes_what_touches_it_and_no_more(alice: User) -> None:
    meeting(alice, datetime(2026, 11, 24, 10))
    ten, eleven = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert len(window(alice, [alice], ten, eleven)) == 1
    assert len(window(alice, [alice], ten - hour, ten)) == len(window(alice, [alice], eleven, eleven + hour)) == 0
    block(alice, zoned("2026-11-24T12:00", "2026-11-24T12:00"))
    noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert len(window(alice, [alice], noon, noon + hour)) == 1
    assert window(alice, [alice], noon - hour, noon) == []


def test_a_meeting_is_on_the_agenda_of_each_who_attends(alice: User, bob: User, carol: User) -> None:
    meeting(alice, attendees=[bob])
    seen = window(carol, [alice, bob], *WEEK)
    assert [row.owner_id for row in seen] == sorted([alice.pk, bob.pk], key=str)
    activities.end_attendance(bob, Activity.objects.get(), bob)
    assert [row.owner_id for row in window(carol, [alice, bob], *WEEK)] == [alice.pk]


def test_a_call_without_a_title_is_named_after_its_customer(alice: User, bob: User) -> None:
    dupont = find_or_make(alice, "Dupont")
    activities.create(alice, "call", customer=dupont, start=datetime(2026, 11, 24, 10))
    assert [row.title for row in window(bob, [alice], *WEEK)] == ["Call with Dupont"]


def test_the_rest_of_a_series_made_on_a_phone_is_read_only(alice: User, bob: User) -> None:
    planned = meeting(alice, datetime(2026, 11, 23, 9))
    rest = zoned("2026-11-24T09:00", "2026-11-24T10:00")
    spans = [Span(rest, recurrence_id="2026-11-24T08:00:00+00:00", title="Own words")]
    blocks.replace_activity_spans(planned, alice, spans)
    first, second = window(alice, [alice], *WEEK)
    assert first.editable and not second.editable and second.repeats
    assert second.title == "Own words"
    assert first.id != second.id and second.id and find(alice, second.id) == planned
    assert [row.title for row in window(bob, [alice], *WEEK)] == ["Kick-off", "Kick-off"]
    activities.delete(alice, planned)
    assert window(alice, [alice], *WEEK) == []


def test_a_row_does_not_tell_its_words_when_printed(alice: User) -> None:
    block(alice)
    assert not [word for word in SECRETS if word in repr(window(alice, [alice], *WEEK))]
