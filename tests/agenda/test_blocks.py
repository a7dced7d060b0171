"""Blocks: drawn in the owner's zone, sealed, redrawn without a download."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from agenda.content import Span, When
from agenda.models import Block, BlockSpan
from agenda.services import activities, blocks
from agenda.visibility import open_block
from tests.agenda.conftest import NOW
from tests.agenda.drafts import SECRETS, block, dates, draft, floating, weekly, zoned


def bounds(owner: User) -> list[tuple[datetime, datetime]]:
    return list(BlockSpan.objects.filter(owner=owner).order_by("start").values_list("start", "end"))


def test_a_first_import_is_one_insert_for_blocks_and_one_for_spans(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    drafts = [draft(alice, title=f"Event {n}") for n in range(40)]
    with django_assert_max_num_queries(6):
        made = blocks.create_many(drafts)
    assert [open_block(alice, one).title for one in Block.objects.filter(pk__in=[b.pk for b in made])]
    assert open_block(alice, made[7]).title == "Event 7"
    assert BlockSpan.objects.count() == 40


def test_nothing_of_the_event_is_readable_in_the_database(alice: User) -> None:
    weekly(alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agenda_block")
        rows = repr(cursor.fetchall())
        cursor.execute("SELECT * FROM agenda_blockspan")
        rows += repr(cursor.fetchall())
    assert not [word for word in SECRETS if word in rows]


def test_no_repr_tells_what_an_event_says(alice: User) -> None:
    made = block(alice)
    shown = repr([made, made.spans.get(), draft(alice), open_block(alice, made), made.envelope])
    assert not [word for word in SECRETS if word in shown]


def test_dates_and_wall_times_follow_the_owner_into_a_new_zone(alice: User) -> None:
    block(alice, dates("2026-11-24", "2026-11-25"))
    block(alice, floating("2026-11-25T09:00", "2026-11-25T10:00"))
    block(alice, zoned("2026-11-26T09:00", "2026-11-26T10:00"))
    alice.timezone = "Asia/Tokyo"
    assert blocks.recompute_spans(alice) == 2
    assert [start for start, _end in bounds(alice)] == [
        datetime(2026, 11, 23, 15, tzinfo=UTC),
        datetime(2026, 11, 25, 0, tzinfo=UTC),
        datetime(2026, 11, 26, 8, tzinfo=UTC),
    ]
    assert blocks.recompute_spans(alice) == 0


def test_odd_times_never_stop_an_import(alice: User) -> None:
    for when in (
        floating("2026-03-29T02:30", "2026-03-29T03:00"),  # starts in a gap that it would end before
        dates("9999-12-31", "9999-12-31"),
        When(dates("0001-01-01", "0001-01-02").kind, date(1, 1, 1), date(1, 1, 2)),
    ):
        block(alice, when)
    assert all(start <= end for start, end in bounds(alice))


def test_an_update_says_and_draws_anew(alice: User) -> None:
    made = block(alice)
    moved = zoned("2026-11-27T10:00", "2026-11-27T11:00")
    blocks.update(made, draft(alice, moved, title="Moved", guests=2), at=NOW)
    fresh = Block.objects.get(pk=made.pk)
    assert open_block(alice, fresh).title == "Moved"
    assert (fresh.revision, fresh.guests) == (2, True)
    assert bounds(alice)[0][0] == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_the_daily_roll_inserts_spans_and_touches_nothing_else(alice: User) -> None:
    made = weekly(alice)
    before = set(BlockSpan.objects.values_list("pk", flat=True))
    later = zoned("2026-12-14T09:00", "2026-12-14T10:00")
    blocks.extend(made, [Span(later, recurrence_id="2026-12-14T08:00:00+00:00")], date(2028, 5, 1))
    fresh = Block.objects.get(pk=made.pk)
    assert before < set(BlockSpan.objects.values_list("pk", flat=True))
    assert (fresh.revision, fresh.drawn_until) == (1, date(2028, 5, 1))


def test_a_redraw_replaces_the_spans_alone(alice: User) -> None:
    made = weekly(alice)
    blocks.redraw(made, [Span(zoned("2026-12-14T09:00", "2026-12-14T10:00"), "x")], None)
    assert len(bounds(alice)) == 1
    assert Block.objects.get(pk=made.pk).revision == 1


def test_many_blocks_go_with_their_spans(alice: User) -> None:
    made = blocks.create_many([draft(alice) for _ in range(1100)])
    blocks.delete_many(made)
    assert not Block.objects.exists() and not BlockSpan.objects.exists()


def test_a_series_made_on_a_phone_draws_the_rest_but_not_the_first(alice: User) -> None:
    start, end = datetime(2026, 11, 23, 9), datetime(2026, 11, 23, 10)
    meeting = activities.create(alice, "meeting", title="Stand-up", start=start, end=end)
    days = [zoned(f"2026-11-{day}T09:00", f"2026-11-{day}T10:00") for day in (23, 24, 25)]
    for _again in range(2):
        blocks.replace_activity_spans(meeting, alice, [Span(day) for day in days])
    assert [begin.day for begin, _end in bounds(alice)] == [24, 25]
