"""A block becomes an activity that colleagues see, and becomes private again. The owner's doing alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import ports, signals
from agenda.content import EventContent, Span, TimeKind, When
from agenda.models import Activity, Attendance, Block, BlockSpan
from agenda.services import activities, attendance, blocks, news
from agenda.services.incoming import PLACE_LENGTH, TITLE_LENGTH
from agenda.services.refusals import Refused, conversion_refusal
from agenda.services.times import known_zone
from agenda.visibility import open_block

KINDS = (Activity.Kind.MEETING, Activity.Kind.TASK)


def refusal(block: Block) -> str:
    """Return why this block cannot be converted, in a sentence, or ""."""
    if block.hidden_by is not None and block.hidden_by.deleted_at is None:
        return _("This event has been converted already.")
    return conversion_refusal(block, list(block.spans.all()[:2]))


def convert(
    actor: User,
    block: Block,
    kind: str,
    *,
    show_notes: bool = False,
    title: str | None = None,
    clock: Callable[[], datetime] = timezone.now,
) -> Activity:
    """Make the owner's block a meeting or a task, whose title, place and time colleagues then see.

    Where the event itself may be written it is linked as it stands, and the block goes. Otherwise an independent copy
    is made and the block hidden behind it. Raises Refused with the reason, or ValidationError for another kind.
    """
    if block.owner_id != actor.pk:
        raise Refused(_("Only its owner can convert a private event."))
    if kind not in KINDS:
        raise ValidationError({"kind": _("A private event becomes a meeting or a task.")})
    with transaction.atomic():
        block = Block.objects.select_for_update(of=("self",)).select_related("owner", "hidden_by").get(pk=block.pk)
        if reason := refusal(block):
            raise Refused(reason)
        activity = activities.create(actor, kind, clock=clock, **_fields(actor, block, kind, show_notes, title))
        _settle(block, activity)
    return activity


def _fields(actor: User, block: Block, kind: str, show_notes: bool, title: str | None) -> dict[str, Any]:
    view = open_block(actor, block)
    span = block.spans.get()
    fields = {
        "title": (title or view.title)[:TITLE_LENGTH],
        "location": view.place[:PLACE_LENGTH],
        "description": view.notes if show_notes else "",
        **_times(span, actor.zone),
    }
    return {**fields, "due": _day(span, actor.zone)} if kind == Activity.Kind.TASK else fields


def _times(span: BlockSpan, home: ZoneInfo) -> dict[str, Any]:
    """Return the time columns of a block's only span."""
    if span.kind == BlockSpan.Kind.DATE:
        first, last = date.fromisoformat(span.wall_start), date.fromisoformat(span.wall_end)
        return {"all_day": True, "start_date": first, "end_date": last}
    # RFC 5545 lets an event end when it starts; an activity takes a minute at least.
    end = span.end if span.end > span.start else span.start + timedelta(minutes=1)
    return {"start": span.start, "end": end, "zone": known_zone(span.zone) or home.key}


def _day(span: BlockSpan, home: ZoneInfo) -> date:
    """Return the date a task made of this is due: its own."""
    if span.kind == BlockSpan.Kind.DATE:
        return date.fromisoformat(span.wall_start)
    return span.start.astimezone(home).date()


def _settle(block: Block, activity: Activity) -> None:
    """Let the activity take the block's place."""
    if ports.sync_status().conversion_mode(block) == "copy":
        blocks.hide(block, activity)
        return
    signals.replaced.send(sender=Block, old=block, new=activity)
    blocks.delete_many([block])


def may_be_private_again(actor: User, activity: Activity) -> bool:
    """Return whether `make_private` would work: this is the actor's own event, or stands for one."""
    return activity.responsible_id == actor.pk and activity.deleted_at is None and stands_for_event(actor, activity)


def stands_for_event(owner: User, activity: Activity) -> bool:
    """Return whether an event in a calendar of `owner` was converted into this."""
    return _hidden(owner, activity).exists() or bool(ports.sync_status().converted_in_place(owner, [activity.pk]))


def _hidden(owner: User, activity: Activity) -> QuerySet[Block]:
    return Block.objects.filter(owner=owner, hidden_by=activity)


def make_private(actor: User, activity: Activity, *, now: datetime | None = None) -> Block:
    """Undo a conversion: the event is a grey block again and colleagues see no more of it than "Busy".

    Nothing is deleted in the owner's calendar but a copy that was made for the activity.
    """
    if not may_be_private_again(actor, activity):
        raise Refused(_("Only the owner of a converted event can make it private again."))
    return give_back(actor, activity, by=actor, at=now or timezone.now())


def give_back(owner: User, activity: Activity, *, by: User, at: datetime) -> Block:
    """Make the owner's event private again, whoever asked; the caller has checked that it is his."""
    with transaction.atomic():
        activity = Activity.objects.select_for_update().get(pk=activity.pk)
        news.forgotten(activity)
        block = _hidden(owner, activity).select_related("owner").first()
        if block is None:
            return _back_in_place(owner, activity, by=by, at=at)
        _bury(activity, by=by, at=at)
        block.hidden_by = None
    return block


def _back_in_place(owner: User, activity: Activity, *, by: User, at: datetime) -> Block:
    """Make the block anew and hand it the activity's place."""
    content, calendar = _content(owner, activity)
    span = Span(content.when, busy=content.busy)
    (block,) = blocks.create_many([blocks.BlockDraft(owner, content, calendar, [span])])
    signals.replaced.send(sender=Activity, old=activity, new=block)
    try:
        with transaction.atomic():
            Activity.objects.get(pk=activity.pk).delete()
    except ProtectedError:  # colleagues' copies hang on it: the sync takes those away first
        _bury(activity, by=by, at=at)
    return block


def _content(owner: User, activity: Activity) -> tuple[EventContent, str]:
    """Return what the event says, with what was changed here since, and its calendar's name."""
    behind = ports.sync_status().event_behind(owner, activity)
    content, calendar = behind or (EventContent(uid="", when=_when(activity)), "")
    return (
        replace(
            content,
            when=_when(activity),
            title=activity.title,
            place=activity.location,
            notes=activity.description or content.notes,
        ),
        calendar,
    )


def _when(activity: Activity) -> When:
    if activity.start_date and activity.end_date:
        return When(TimeKind.DATE, activity.start_date, activity.end_date)
    if activity.start is None or activity.end is None:
        raise Refused(_("Schedule this again before you make it private."))
    zone = ZoneInfo(activity.zone)
    return When(TimeKind.ZONED, activity.start.astimezone(zone), activity.end.astimezone(zone), activity.zone)


def _bury(activity: Activity, *, by: User, at: datetime) -> None:
    """Put what was shown for a private event in the trash without its words, for good: nobody takes part any more."""
    activity.title, activity.description, activity.location = _("Private"), "", ""
    activity.changes.all().delete()
    everybody = Attendance.objects.filter(activity=activity).values_list("user_id", flat=True)
    attendance.end(activity, list(everybody), at=at, by=by)
    activities.trash(activity, at=at, by=by)
