"""Drawn times as rows: instants for the range query, wall times to compute them again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import User
from agenda.content import Span, TimeKind, When
from agenda.models import Activity, Block, BlockSpan

BATCH = 500


def draw(
    owner: User, spans: Iterable[Span], *, block: Block | None = None, activity: Activity | None = None
) -> list[BlockSpan]:
    """Return the rows of `spans`, not yet saved; dates and wall times are read in the owner's zone."""
    home = owner.zone
    return [_row(owner, span, home, block, activity) for span in spans]


def add_to_activity(activity: Activity, owner: User, spans: Iterable[Span]) -> None:
    """Add what is not drawn yet of an activity that its owner made repeat on a phone; doing it twice adds nothing."""
    known = set(BlockSpan.objects.filter(activity=activity, owner=owner).values_list("recurrence_id", flat=True))
    rows = draw(owner, spans, activity=activity)
    BlockSpan.objects.bulk_create([row for row in rows if row.recurrence_id not in known])


def _row(owner: User, span: Span, home: ZoneInfo, block: Block | None, activity: Activity | None) -> BlockSpan:
    when = span.when
    walls = ("", "") if when.kind is TimeKind.ZONED else (when.start.isoformat(), when.end.isoformat())
    start, end = _instants(when, home)
    return BlockSpan(
        block=block,
        activity=activity,
        owner=owner,
        kind=when.kind.value,
        start=start,
        end=end,
        wall_start=walls[0],
        wall_end=walls[1],
        zone=when.zone[:64],
        recurrence_id=span.recurrence_id[:64],
        busy=span.busy.value,
        envelope=_envelope(span),
    )


def _envelope(span: Span) -> str | None:
    """Return what an override says otherwise than its series, as JSON, or None."""
    own = {name: getattr(span, name) for name in ("title", "place", "notes") if getattr(span, name) is not None}
    return json.dumps(own) if own else None


def _instants(when: When, home: ZoneInfo) -> tuple[datetime, datetime]:
    """Return UTC start and end; a length that a clock change would turn negative is kept as on the wall."""
    start, end = _utc(when.start, home), _utc(when.end, home)
    if end <= start and when.end > when.start:
        end = start + (when.end - when.start)
    return start, max(start, end)


def _utc(moment: date, home: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=home)).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar, seen from another zone
        return moment.replace(tzinfo=UTC)


def recompute(owner: User) -> int:
    """Compute the instants of the owner's dates and wall times again, after his zone changed; return how many moved."""
    home = owner.zone
    moved = []
    for row in BlockSpan.objects.filter(owner=owner).exclude(kind=BlockSpan.Kind.ZONED).iterator(BATCH):
        instants = _instants(_when(row), home)
        if instants != (row.start, row.end):
            row.start, row.end = instants
            moved.append(row)
    BlockSpan.objects.bulk_update(moved, ["start", "end"], batch_size=BATCH)
    return len(moved)


def _when(row: BlockSpan) -> When:
    """Return the date or wall time of a row as content."""
    if row.kind == BlockSpan.Kind.DATE:
        return When(TimeKind.DATE, date.fromisoformat(row.wall_start), date.fromisoformat(row.wall_end))
    return When(TimeKind.FLOATING, datetime.fromisoformat(row.wall_start), datetime.fromisoformat(row.wall_end))
