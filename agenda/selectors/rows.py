"""One row of an agenda, as a value: what one viewer sees of one occurrence on one owner's agenda."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from agenda.models import Activity, Block, BlockSpan, BusyState
from agenda.services.refusals import conversion_refusal, edit_refusal
from agenda.services.rights import may_edit
from agenda.titles import title_of
from agenda.visibility import override, view_of

BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Row:
    """`start` and `end` are dates (end exclusive) when `all_day`, else UTC instants; both None: not scheduled.

    A colleague's block has no `id`, no `link_state` and the title "Busy". The repr shows no content.
    """

    id: str | None
    kind: str
    title: str = field(repr=False)
    start: date | None
    end: date | None
    all_day: bool
    busy: str
    link_state: str | None
    owner_id: UUID
    mine: bool  # on the viewer's own agenda
    place: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)
    customer: str = field(default="", repr=False)
    calendar: str = field(default="", repr=False)
    done: bool = False
    editable: bool = False  # the viewer may edit and delete it
    leavable: bool = False  # the viewer takes part in what somebody else answers for
    repeats: bool = False  # one of several occurrences
    thing_id: UUID | None = None  # of the activity, or of the viewer's own block
    refusal: str = ""  # own blocks: why it cannot be converted
    changeable: bool = False  # own blocks: the event itself may be changed, if its calendar admits it
    revision: int | None = None  # activities and own blocks: what a change must be based on


def activity_id(activity: Activity, span: BlockSpan | None = None) -> str:
    """Return the opaque id of an activity's row; of a later occurrence when `span` is given."""
    return _joined(activity.kind, activity.pk, span)


def block_id(block: Block, span: BlockSpan | None = None) -> str:
    """Return the opaque id of one row of a block."""
    return _joined(BLOCK, block.pk, span)


def _joined(kind: str, key: UUID, span: BlockSpan | None) -> str:
    occurrence = re.sub(r"[^0-9A-Za-z]", "", span.recurrence_id) if span else ""
    return "-".join(filter(None, [kind, key.hex, occurrence]))


def activity_row(viewer: User, owner: User, activity: Activity, link_state: str | None = "none") -> Row:
    """Return the row of an activity on `owner`'s agenda. The caller has asked visibility about the owner."""
    return Row(
        id=activity_id(activity),
        kind=activity.kind,
        title=title_of(activity),
        start=activity.start_date if activity.all_day else activity.start,
        end=activity.end_date if activity.all_day else activity.end,
        all_day=activity.all_day,
        busy=BusyState.BUSY.value,
        link_state=link_state,
        owner_id=owner.pk,
        mine=owner.pk == viewer.pk,
        place=activity.location or (activity.customer.address if activity.customer else ""),
        notes=activity.description,
        customer=activity.customer.name if activity.customer else "",
        done=activity.status == Activity.Status.DONE,
        editable=may_edit(viewer, activity),
        leavable=owner.pk == viewer.pk and activity.responsible_id != viewer.pk,
        thing_id=activity.pk,
        revision=activity.revision,
    )


def span_row(viewer: User, owner: User, span: BlockSpan, link_state: str | None = "none") -> Row | None:
    """Return the row of one span on `owner`'s agenda, or None when the viewer sees nothing of it."""
    if span.block is not None:
        return _block_row(viewer, owner, span.block, span, link_state)
    return _occurrence_row(viewer, owner, span, link_state)


def _block_row(viewer: User, owner: User, block: Block, span: BlockSpan, link_state: str | None) -> Row | None:
    view = view_of(viewer, block, span)
    if view is None:
        return None
    start, end = _bounds(owner, span)
    return Row(
        id=block_id(block, span) if view.own else None,
        kind=BLOCK,
        title=view.title,
        start=start,
        end=end,
        all_day=span.kind == BlockSpan.Kind.DATE,
        busy=view.busy,
        link_state=link_state if view.own else None,
        owner_id=owner.pk,
        mine=view.own,
        place=view.place,
        notes=view.notes,
        calendar=view.calendar,
        repeats=view.own and block.recurring,
        thing_id=block.pk if view.own else None,
        refusal=conversion_refusal(block, [span]) if view.own else "",
        changeable=view.own and not edit_refusal(block, [span]),
        revision=block.revision if view.own else None,
    )


def _occurrence_row(viewer: User, owner: User, span: BlockSpan, link_state: str | None) -> Row | None:
    """Return the row of a later time of an activity that its owner made repeat on a phone: read-only."""
    if span.activity is None:
        return None
    first = activity_row(viewer, owner, span.activity, link_state)
    own = override(viewer, span)
    start, end = _bounds(owner, span)
    return Row(
        id=activity_id(span.activity, span),
        kind=first.kind,
        title=own.get("title") or first.title,
        start=start,
        end=end,
        all_day=span.kind == BlockSpan.Kind.DATE,
        busy=first.busy,
        link_state=link_state,
        owner_id=owner.pk,
        mine=first.mine,
        place=own.get("place", first.place),
        notes=own.get("notes", first.notes),
        customer=first.customer,
        repeats=True,
        thing_id=first.thing_id,
    )


def _bounds(owner: User, span: BlockSpan) -> tuple[date, date]:
    """Return the dates of an all-day span, else its instants."""
    if span.kind == BlockSpan.Kind.DATE:
        return date.fromisoformat(span.wall_start), date.fromisoformat(span.wall_end)
    return span.start, span.end


def sort_key(row: Row, owner: User) -> tuple[datetime, bool, datetime, str, str]:
    """Return what rows are sorted by: start (all-day first), end, title, owner."""
    start, end = instant_of(row.start, owner), instant_of(row.end, owner)
    return start, not row.all_day, end, row.title, str(row.owner_id)


def instant_of(moment: date | None, owner: User) -> datetime:
    """Return an instant for comparing: a date begins at midnight of its owner."""
    if isinstance(moment, datetime):
        return moment
    day = moment or date.max
    return datetime(day.year, day.month, day.day, tzinfo=owner.zone)
