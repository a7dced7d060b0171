"""What waits for its owner, item by item, with his own titles. Nothing here is ever shown to anybody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import User
from agenda.content import MERGED_GROUPS, FieldGroup, TimeKind, When
from agenda.ical.read import NotAnEvent, Unreadable, read
from agenda.models import Activity, Block, BlockSpan
from agenda.selectors.rows import BLOCK, activity_row
from agenda.services.block_edits import content_of
from agenda.titles import title_of
from agenda.visibility import view_of
from integrations.models import Conflict, HeldPlan, Link
from integrations.selectors.health import stuck
from integrations.services import answers

#: how many items of one sort a page lists
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What an event or activity looks like to its owner. `start`, `end` as in an agenda's row; None when unknown."""

    kind: str
    title: str = field(repr=False)
    start: date | None = None
    end: date | None = None
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `key` is its link's; `activity` leads to its page."""

    key: UUID
    look: Look
    reason: str
    calendar: str = field(repr=False)
    activity: UUID | None = None
    mails_guests: bool = False
    droppable: bool = False  # the change that would mail guests can be taken back


@dataclass(frozen=True, slots=True)
class Held:
    """One held plan with its first items; `count` is of all of them."""

    plan: HeldPlan
    count: int
    items: Sequence[Item]
    calendar: str = field(repr=False)

    @property
    def more(self) -> int:
        """Return how many are not listed."""
        return self.count - len(self.items)


@dataclass(frozen=True, slots=True)
class Side:
    """One field group of a conflict: what was kept aside, and what holds now."""

    group: FieldGroup
    kept: str | When = field(repr=False)
    current: str | When = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lost:
    """One version that lost a merge, beside the one that holds. `activity` leads to its page, when it has one."""

    conflict: Conflict
    title: str = field(repr=False)
    activity: UUID | None
    sides: Sequence[Side]
    restorable: bool


def held_plans(owner: User, first: int = 5) -> list[Held]:
    """Return the owner's open plans that have no answer yet, oldest first, each with its first items."""
    plans = _plans(owner).filter(closed_at=None, items__isnull=False, items__answer="")
    counted = plans.annotate(number=Count("items")).order_by("created_at")
    return [_held(owner, plan, plan.number, first) for plan in counted]


def held_plan(owner: User, key: UUID) -> Held:
    """Return one of the owner's open plans with its items; HeldPlan.DoesNotExist for any other."""
    plan = _plans(owner).get(pk=key, closed_at=None)
    return _held(owner, plan, plan.items.filter(answer="").count(), SHOWN)


def _plans(owner: User) -> QuerySet[HeldPlan]:
    return HeldPlan.objects.filter(connection__user=owner).select_related("connection__user", "calendar")


def _held(owner: User, plan: HeldPlan, count: int, shown: int) -> Held:
    items = _items(owner, _links(owner).filter(held=plan, answer=""))
    return Held(plan, count, items[:shown], plan.calendar.name.reveal())


def waiting(owner: User) -> list[Item]:
    """Return what stands still for a reason of its own: the owner can say or change something."""
    return _items(owner, _links(owner).filter(stuck()))


def quarantined(owner: User) -> list[Item]:
    """Return the events that could not be read."""
    return _items(owner, _links(owner).filter(state=Link.State.QUARANTINED))


def own_link(owner: User, key: UUID) -> Link:
    """Return one of the owner's own links; Link.DoesNotExist for any other."""
    return _links(owner).get(pk=key)


def own_conflict(owner: User, key: UUID) -> Conflict:
    """Return one of the owner's own kept versions; Conflict.DoesNotExist for any other."""
    return _conflicts(owner).get(pk=key)


def conflicts(owner: User) -> list[Lost]:
    """Return the versions that lost a merge in the last 30 days, newest first."""
    return [_lost(owner, one) for one in _conflicts(owner).order_by("-happened_at")[:SHOWN]]


def _conflicts(owner: User) -> QuerySet[Conflict]:
    mine = Conflict.objects.filter(connection__user=owner)
    return mine.select_related("connection__user", "activity__customer", "block__owner")


def _links(owner: User) -> QuerySet[Link]:
    spans = Prefetch("block__spans", queryset=BlockSpan.objects.order_by("start"))
    mine = Link.objects.filter(connection__user=owner).exclude(Q(state=Link.State.IGNORED) & Q(held=None))
    related = ("connection__user", "calendar", "activity__customer", "block__owner")
    return mine.select_related(*related).prefetch_related(spans).order_by("calendar_id", "pk")


def _items(owner: User, links: QuerySet[Link]) -> list[Item]:
    """Return at most `SHOWN` items, in the order of their times."""
    return sorted((_item(owner, link) for link in links[:SHOWN]), key=lambda item: str(item.look.start or ""))


def _item(owner: User, link: Link) -> Item:
    return Item(
        key=link.pk,
        look=_look(owner, link),
        reason=link.reason,
        calendar=link.calendar.name.reveal(),
        activity=link.activity_id if link.activity and link.activity.deleted_at is None else None,
        mails_guests=link.guests and bool(link.reason),
        droppable=answers.droppable(link),
    )


def _look(owner: User, link: Link) -> Look:
    if link.activity:
        row = activity_row(owner, owner, link.activity)
        return Look(row.kind, row.title, row.start, row.end, row.all_day)
    return _look_of_block(owner, link.block) if link.block else _look_of_text(link)


def _look_of_block(owner: User, block: Block) -> Look:
    span = next(iter(block.spans.all()), None)
    view = view_of(owner, block, span)
    title = view.title if view else ""
    if span is None:
        return Look(BLOCK, title)
    if span.kind == BlockSpan.Kind.DATE:
        return Look(BLOCK, title, date.fromisoformat(span.wall_start), date.fromisoformat(span.wall_end), all_day=True)
    return Look(BLOCK, title, span.start, span.end)


def _look_of_text(link: Link) -> Look:
    """Return what a resource without a local side says, as far as its text is kept and can be read."""
    try:
        content = read(link.text.reveal() if link.text else "")
    except NotAnEvent:
        return Look(BLOCK, "")
    except Unreadable as trouble:
        return _look_at("", trouble.when)
    return _look_at(content.title, content.when)


def _look_at(title: str, when: When | None) -> Look:
    if when is None:
        return Look(BLOCK, title)
    return Look(BLOCK, title, when.start, when.end, when.kind is TimeKind.DATE)


def _lost(owner: User, conflict: Conflict) -> Lost:
    current = said_now(conflict)
    sides = [Side(group, text, current[group]) for group, text in opened(conflict).items() if group in current]
    if conflict.activity:
        standing = conflict.activity.pk if conflict.activity.deleted_at is None else None
        return Lost(conflict, title_of(conflict.activity), standing, sides, restorable=bool(standing))
    view = view_of(owner, conflict.block) if conflict.block else None
    return Lost(conflict, view.title if view else "", None, sides, restorable=_is_single(conflict.block))


def _is_single(block: Block | None) -> bool:
    """Return whether a block can be written from here; what repeats is as its calendar says."""
    return block is not None and not block.recurring


def opened(conflict: Conflict) -> dict[FieldGroup, str | When]:
    """Return what the kept version says, group by group; for the owner alone."""
    said: dict[str, str] = json.loads(conflict.version.reveal())
    return {FieldGroup(group): _when(text) if group == FieldGroup.TIME else text for group, text in said.items()}


def said_now(conflict: Conflict) -> dict[FieldGroup, str | When]:
    """Return what the activity or event says now, by the same groups; its time only while it has one."""
    if conflict.activity:
        return _said_by(conflict.activity)
    if not _is_single(conflict.block) or conflict.block is None:
        return dict.fromkeys(MERGED_GROUPS, "")
    content = content_of(conflict.block)
    words = {FieldGroup.TITLE: content.title, FieldGroup.PLACE: content.place, FieldGroup.NOTES: content.notes}
    return {**words, FieldGroup.TIME: content.when}


def _said_by(activity: Activity) -> dict[FieldGroup, str | When]:
    row = {
        FieldGroup.TITLE: title_of(activity),
        FieldGroup.PLACE: activity.location or (activity.customer.address if activity.customer else ""),
        FieldGroup.NOTES: activity.description,
    }
    if activity.start_date and activity.end_date:
        return {**row, FieldGroup.TIME: When(TimeKind.DATE, activity.start_date, activity.end_date)}
    if activity.start and activity.end:
        return {**row, FieldGroup.TIME: When(TimeKind.ZONED, activity.start, activity.end, activity.zone)}
    return {**row}


def _when(text: str) -> When:
    kind, start, end = json.loads(text)
    parse = date.fromisoformat if kind == TimeKind.DATE else datetime.fromisoformat
    return When(TimeKind(kind), parse(start), parse(end))
