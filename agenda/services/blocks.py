"""Blocks: the door for what imported calendars say. Content goes in sealed; agenda.visibility alone opens it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from agenda.content import MERGED_GROUPS, EventContent, FieldGroup, Span
from agenda.models import Activity, AllDay, Block, BlockSpan
from agenda.services import spans as drawing
from agenda.services.stamps import stamp
from agenda.visibility import own_words


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """What a block shall be. `drawn_until`: spans are complete up to this date; None when the event is drawn whole."""

    owner: User
    content: EventContent = field(repr=False)
    calendar_name: str = field(repr=False)
    spans: Sequence[Span] = field(repr=False)
    drawn_until: date | None = None
    unreadable: bool = False
    all_day: str = AllDay.MARKED  # what its calendar's whole days do to availability


def create_many(drafts: Sequence[BlockDraft]) -> list[Block]:
    """Make the blocks in the order of their drafts: one insert for the blocks, one for their spans."""
    blocks = [_fill(Block(owner=draft.owner), draft) for draft in drafts]
    rows = [row for block, draft in zip(blocks, drafts, strict=True) for row in _rows(block, draft.spans)]
    with transaction.atomic():
        Block.objects.bulk_create(blocks)
        BlockSpan.objects.bulk_create(rows)
    return blocks


def _fill(block: Block, draft: BlockDraft) -> Block:
    content = draft.content
    block.envelope = _envelope(content, draft.calendar_name)
    block.busy = content.busy.value
    block.recurring = content.recurring
    block.guests = content.guests > 0
    block.invitation = content.invitation
    block.unreadable = draft.unreadable
    block.all_day = draft.all_day
    block.drawn_until = draft.drawn_until
    return block


def _envelope(content: EventContent, calendar: str) -> str:
    return json.dumps(
        {
            "title": content.title,
            "place": content.place,
            "notes": content.notes,
            "calendar": calendar,
            "uid": content.uid,
        }
    )


def _rows(block: Block, spans: Iterable[Span]) -> list[BlockSpan]:
    return drawing.draw(block.owner, spans, block=block)


def update(block: Block, draft: BlockDraft, *, at: datetime) -> Block:
    """Let the block say what `draft` says, as of `at`, and draw it anew."""
    _fill(block, draft)
    stamp(block, MERGED_GROUPS, at=at, by=draft.owner)
    with transaction.atomic():
        block.save(force_update=True)
        _draw_anew(block, draft.spans)
    return block


def restate(block: Block, content: EventContent, groups: Iterable[FieldGroup], *, at: datetime) -> Block:
    """Let a single block say what `content` says, these groups of it changed by its owner at `at`."""
    block.envelope = _envelope(content, own_words(block.owner, block).calendar)
    stamp(block, groups, at=at, by=block.owner)
    with transaction.atomic():
        block.save(force_update=True)
        _draw_anew(block, [Span(when=content.when, busy=content.busy)])
    return block


def _draw_anew(block: Block, spans: Iterable[Span]) -> None:
    BlockSpan.objects.filter(block=block).delete()
    BlockSpan.objects.bulk_create(_rows(block, spans))


def redraw(block: Block, spans: Iterable[Span], drawn_until: date | None) -> None:
    """Replace the block's spans and nothing else: a new rule version, or new zone data."""
    with transaction.atomic():
        _draw_anew(block, spans)
        _drawn(block, drawn_until)


def extend(block: Block, spans: Iterable[Span], drawn_until: date | None) -> None:
    """Add spans behind those that are drawn: the daily roll of the horizon."""
    with transaction.atomic():
        BlockSpan.objects.bulk_create(_rows(block, spans))
        _drawn(block, drawn_until)


def _drawn(block: Block, until: date | None) -> None:
    block.drawn_until = until
    Block.objects.filter(pk=block.pk).update(drawn_until=until)


def hide(block: Block, activity: Activity) -> None:
    """Let an activity that is an independent copy stand for the block, which is shown to nobody meanwhile."""
    block.hidden_by = activity
    block.save(update_fields=["hidden_by"])


def follow(block: Block, all_day: str) -> None:
    """Let the block go by the rule for whole days of the calendar that it stands in now."""
    Block.objects.filter(pk=block.pk).update(all_day=all_day)


def delete_many(blocks: Sequence[Block]) -> None:
    """Take the blocks away with their spans. What points at them must have let go before."""
    ids = [block.pk for block in blocks]
    with transaction.atomic():
        for first in range(0, len(ids), drawing.BATCH):
            Block.objects.filter(pk__in=ids[first : first + drawing.BATCH]).delete()


def recompute_spans(owner: User) -> int:
    """Follow the owner into a new zone, from the wall times kept, without a download; return how many spans moved."""
    with transaction.atomic():
        return drawing.recompute(owner)


def replace_activity_spans(activity: Activity, owner: User, spans: Iterable[Span]) -> None:
    """Draw the rest of an activity that its owner made repeat on a phone; the activity itself is its first time."""
    rows = drawing.draw(owner, spans, activity=activity)
    first = activity.start_date.isoformat() if activity.start_date else activity.start
    rest = [row for row in rows if first not in (row.start, row.wall_start)]
    with transaction.atomic():
        BlockSpan.objects.filter(activity=activity, owner=owner).delete()
        BlockSpan.objects.bulk_create(rest)
