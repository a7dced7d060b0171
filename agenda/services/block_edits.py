"""An owner changes his own private event here: where it stands in his calendar, it follows with the next sync."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import ports
from agenda.content import MERGED_GROUPS, Busy, EventContent, TimeKind, When
from agenda.models import Block, BlockSpan
from agenda.services import blocks, times
from agenda.services.refusals import Overtaken, Refused, edit_refusal
from agenda.services.times import Times, known_zone
from agenda.visibility import own_words


def refusal(block: Block) -> str:
    """Return why its owner cannot change the event from here, in a sentence, or ""."""
    if block.hidden_by is not None and block.hidden_by.deleted_at is None:
        return _("This event has been converted already.")
    return edit_refusal(block, list(block.spans.all()[:2])) or ports.calendar_writer().refusal(block)


def edit(
    actor: User,
    block: Block,
    changes: Mapping[str, Any],
    *,
    now: datetime | None = None,
    expected_revision: int | None = None,
) -> Block:
    """Change what differs of title, place, notes and time, and return the fresh row. Nothing differs: nothing is done.

    Times as in `activities.edit`. Raises Refused or ValidationError with a sentence, or Overtaken when the row is no
    longer at `expected_revision`.
    """
    if block.owner_id != actor.pk:
        raise Refused(_("Only its owner can change a private event."))
    with transaction.atomic():
        row = Block.objects.select_for_update(of=("self",)).select_related("owner", "hidden_by").get(pk=block.pk)
        if reason := refusal(row):
            raise Refused(reason)
        if expected_revision is not None and row.revision != expected_revision:
            raise Overtaken
        before = content_of(row)
        after = _changed(before, row.spans.get(), changes, actor.zone)
        groups = [group for group in MERGED_GROUPS if before.canonical(group) != after.canonical(group)]
        if groups:
            blocks.restate(row, after, groups, at=now or timezone.now())
            ports.calendar_writer().edited(row, groups)
    return row


def content_of(block: Block) -> EventContent:
    """Return what a single block says."""
    words = own_words(block.owner, block)
    when = when_of(block.spans.get())
    return EventContent(words.uid, when, words.title, words.place, words.notes, busy=Busy(block.busy))


def when_of(span: BlockSpan) -> When:
    """Return a span's time as content."""
    if span.kind == TimeKind.DATE:
        return When(TimeKind.DATE, date.fromisoformat(span.wall_start), date.fromisoformat(span.wall_end))
    if span.kind == TimeKind.FLOATING:
        return When(TimeKind.FLOATING, datetime.fromisoformat(span.wall_start), datetime.fromisoformat(span.wall_end))
    zone = ZoneInfo(span.zone or "UTC")
    return When(TimeKind.ZONED, span.start.astimezone(zone), span.end.astimezone(zone), span.zone or "UTC")


def times_of(span: BlockSpan, home: ZoneInfo) -> Times:
    """Return a span's time as the columns that forms and drags speak of."""
    zone = known_zone(span.zone) or home.key
    if span.kind == BlockSpan.Kind.DATE:
        first, last = date.fromisoformat(span.wall_start), date.fromisoformat(span.wall_end)
        return Times(all_day=True, start_date=first, end_date=last, zone=zone)
    return Times(start=span.start, end=span.end, zone=zone)


def _changed(before: EventContent, span: BlockSpan, changes: Mapping[str, Any], home: ZoneInfo) -> EventContent:
    title, place, notes = (changes.get(name, getattr(before, name)) for name in ("title", "place", "notes"))
    old = times_of(span, home)
    new = times.resolve({name: changes[name] for name in times.FIELDS & changes.keys()}, before=old, home=home)
    when = before.when if new == old else _when(new, span, home)
    return replace(before, title=title, place=place, notes=notes, when=when)


def _when(new: Times, span: BlockSpan, home: ZoneInfo) -> When:
    """Return the new time, in the zone that the event is in; a wall time stays one."""
    if new.start_date and new.end_date:
        return When(TimeKind.DATE, new.start_date, new.end_date)
    if new.start is None or new.end is None:
        raise Refused(_("An event in your calendar needs a time."))
    if span.kind == BlockSpan.Kind.FLOATING:
        start, end = (moment.astimezone(home).replace(tzinfo=None) for moment in (new.start, new.end))
        return When(TimeKind.FLOATING, start, end)
    zone = ZoneInfo(new.zone) if new.zone != "UTC" else UTC
    return When(TimeKind.ZONED, new.start.astimezone(zone), new.end.astimezone(zone), new.zone)
