"""What a viewer sees of some agendas between two instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from agenda import ports, visibility
from agenda.models import Activity, Attendance, Block, BlockSpan
from agenda.selectors.rows import Row, activity_row, instant_of, sort_key, span_row

Mark = tuple[UUID, UUID]  # owner id, activity or block id


def window(viewer: User, owners: Iterable[User], start: datetime, end: datetime) -> list[Row]:
    """Return what has a place on the owners' agendas in [start, end), one row per owner and occurrence, by start.

    Owners whose agenda the viewer may not see are left out, and so are trashed activities, unscheduled tasks and
    blocks behind a copy. Two queries, one more for others' agendas, and what the sync's states cost: those are asked
    for the viewer's own rows, or for the one owner that is looked at.
    """
    seen = {owner.pk: owner for owner in visibility.allowed(viewer, owners)}
    if not seen:
        return []
    attendances = [one for one in _attendances(seen, start, end) if _inside(one, seen[one.user_id], start, end)]
    spans = list(spans_of(seen, start, end))
    states = _link_states(viewer, seen, attendances, spans)
    rows = [*_activity_rows(viewer, seen, attendances, states), *_span_rows(viewer, seen, spans, states)]
    return sorted(rows, key=lambda row: sort_key(row, seen[row.owner_id]))


def _attendances(owners: Iterable[UUID], start: datetime, end: datetime) -> QuerySet[Attendance]:
    """Return who takes part in what. Dates are asked for a day wider, since they mean a day in each owner's zone."""
    day = timedelta(days=1)
    timed = Q(activity__start__lt=end) & (Q(activity__end__gt=start) | Q(activity__start__gte=start))
    dated = Q(activity__start_date__lte=end.date() + day, activity__end_date__gte=start.date() - day)
    return Attendance.objects.filter(
        timed | dated, user__in=list(owners), ended_at=None, activity__deleted_at=None
    ).select_related("activity__customer")


def _inside(attendance: Attendance, owner: User, start: datetime, end: datetime) -> bool:
    activity = attendance.activity
    if not activity.all_day:
        return True
    return instant_of(activity.start_date, owner) < end and instant_of(activity.end_date, owner) > start


def spans_of(owners: Iterable[UUID], start: datetime, end: datetime) -> QuerySet[BlockSpan]:
    """Return the owners' drawn times that touch [start, end), without those of trash and of blocks behind a copy."""
    hidden = Q(block__hidden_by__isnull=False, block__hidden_by__deleted_at=None)
    return (
        BlockSpan.objects.filter(
            Q(end__gt=start) | Q(start__gte=start), owner__in=list(owners), start__lt=end, activity__deleted_at=None
        )
        .exclude(hidden)
        .select_related("block", "activity__customer")
    )


def _link_states(
    viewer: User, seen: dict[UUID, User], attendances: Sequence[Attendance], spans: Sequence[BlockSpan]
) -> dict[Mark, str | None]:
    """Return the link states of one owner's rows: the only one looked at, else the viewer himself."""
    owner = next(iter(seen.values())) if len(seen) == 1 else seen.get(viewer.pk)
    if owner is None:
        return {}
    activities = {one.activity_id for one in attendances if one.user_id == owner.pk}
    blocks = (
        {span.block_id for span in spans if span.owner_id == owner.pk and span.block_id} if owner == viewer else set()
    )
    activities |= {span.activity_id for span in spans if span.owner_id == owner.pk and span.activity_id}
    if not activities and not blocks:
        return {}
    found = ports.sync_status().link_states(owner, activities, blocks)
    return {(owner.pk, key): found.get(key, "none") for key in [*activities, *blocks]}


def _activity_rows(
    viewer: User, seen: dict[UUID, User], attendances: Iterable[Attendance], states: dict[Mark, str | None]
) -> Iterable[Row]:
    for one in attendances:
        state = states.get((one.user_id, one.activity_id))
        yield activity_row(viewer, seen[one.user_id], one.activity, state)


def _span_rows(
    viewer: User, seen: dict[UUID, User], spans: Iterable[BlockSpan], states: dict[Mark, str | None]
) -> Iterable[Row]:
    for span in spans:
        key = span.block_id or span.activity_id
        row = span_row(viewer, seen[span.owner_id], span, states.get((span.owner_id, key)) if key else None)
        if row is not None:
            yield row


def row_of(owner: User, thing: Activity | Block) -> Row:
    """Return the row that the owner sees of one activity, scheduled or not, or of a block's first time."""
    if isinstance(thing, Activity):
        states = ports.sync_status().link_states(owner, [thing.pk], [])
        return activity_row(owner, owner, thing, states.get(thing.pk, "none"))
    span = thing.spans.select_related("block").order_by("start").first()
    states = ports.sync_status().link_states(owner, [], [thing.pk])
    row = span_row(owner, owner, span, states.get(thing.pk, "none")) if span else None
    if row is None:
        raise Block.DoesNotExist
    return row
