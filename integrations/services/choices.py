"""Choices: which calendars a connection uses and how, changed while it lives. Everything linked keeps its link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from agenda.models import Activity
from integrations.models import Connection, Detail, Link, ProviderAccount, RemoteCalendar
from integrations.services import copies, imports
from integrations.services.connect import ConnectRefused
from integrations.services.enlist import enlist_all
from integrations.services.imports import ImportRefused

KINDS = Activity.Kind


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner wants from now on, and what becomes of the copies that are there."""

    push_to: RemoteCalendar | None
    imports: Collection[RemoteCalendar]
    push_tasks: bool = False
    push_calls: bool = False
    detail: str = Detail.FULL
    alert: int | None = None  # minutes
    all_day: Mapping[UUID, str] = field(default_factory=dict)  # calendar id → AllDay
    remove: frozenset[str] = frozenset()  # kinds whose copies are taken out, where they are not pushed any more
    move: bool = False  # copies that lie ahead move along to another target
    write_anew: bool = False  # copies that are there follow a change of the detail


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a wish does to what is there already, in numbers. All zero: nothing has to be asked."""

    blocks: int = 0  # that go from the agenda
    dropped: Mapping[str, int] = field(default_factory=dict)  # kind → copies of what is no longer pushed
    movable: int = 0
    staying: int = 0  # past ones, and those with guests
    rewritable: int = 0

    @property
    def asks(self) -> bool:
        """Return whether the owner has something to answer or to know before it is done."""
        return bool(self.blocks or self.dropped or self.movable or self.rewritable)


def consequence(connection: Connection, wish: Wish, now: datetime) -> Consequence:
    """Return what `wish` would do to what is there. Nothing is changed."""
    target = wish.push_to
    changed = target is not None and connection.push_to_id not in (None, target.pk)
    standing = copies.standing(connection)
    dropped = {kind: standing.filter(activity__kind=kind).count() for kind in _no_longer_pushed(connection, wish)}
    return Consequence(
        blocks=Link.objects.filter(calendar__in=_left_out(connection, wish), block__isnull=False).count(),
        dropped={kind: number for kind, number in dropped.items() if number},
        movable=copies.movable(connection, target, now).count() if target and changed else 0,
        staying=copies.staying(connection, target, now).count() if target and changed else 0,
        rewritable=standing.exclude(detail=wish.detail).count() if wish.detail != connection.detail else 0,
    )


def _left_out(connection: Connection, wish: Wish) -> list[RemoteCalendar]:
    chosen = {calendar.pk for calendar in wish.imports}
    return [calendar for calendar in connection.calendars.filter(imported=True) if calendar.pk not in chosen]


def _no_longer_pushed(connection: Connection, wish: Wish) -> list[str]:
    before, after = _pushed(connection), _pushed(wish)
    return [kind for kind in KINDS.values if kind in before and kind not in after]


def _pushed(said: Connection | Wish) -> set[str]:
    if said.push_to is None:
        return set()
    switched = {KINDS.TASK.value: said.push_tasks, KINDS.CALL.value: said.push_calls}
    return {KINDS.MEETING.value, *(kind for kind, on in switched.items() if on)}


def change(connection: Connection, wish: Wish, *, actor: User, now: datetime) -> int:
    """Do what the owner wishes, and return how many items move to another calendar.

    A run under way stops before its next write, and the next one goes by the new choices. Nothing is sent from here.
    ConnectRefused when nothing is chosen, or the target is read-only.
    """
    _require_possible(wish)
    try:
        with transaction.atomic():
            moved = _change(_locked(connection), wish, now)
            audit.record(actor, "connection.changed", target=str(connection.pk), details={"moved": moved})
    except ImportRefused as refusal:
        raise ConnectRefused(str(refusal)) from refusal
    connection.refresh_from_db()
    return moved


def _require_possible(wish: Wish) -> None:
    if not (wish.push_to or wish.imports):
        raise ConnectRefused(_("Choose a calendar to push to or one to import from."))
    if wish.push_to and not wish.push_to.writable:
        raise ConnectRefused(_("“%s” is read-only: choose another calendar to push to.") % wish.push_to.name.reveal())


def _locked(connection: Connection) -> Connection:
    """Return the row, once the run under way has ended its transaction: the account is what both of them lock first."""
    ProviderAccount.objects.select_for_update().get(pk=connection.account_id)
    rows = Connection.objects.select_for_update(of=("self",))
    return rows.select_related("user__company", "grant", "account", "push_to").get(pk=connection.pk)


def _change(row: Connection, wish: Wish, now: datetime) -> int:
    dropped, before = _no_longer_pushed(row, wish), row.push_to_id
    newly = _pushed(wish) - _pushed(row)
    _imports(row, wish)
    _store(
        row,
        push_to=wish.push_to,
        push_tasks=wish.push_tasks,
        push_calls=wish.push_calls,
        detail=wish.detail,
        alert=wish.alert,
    )
    copies.keep_after_all(row, newly)
    copies.remove(row, wish.remove & {*dropped})
    if wish.write_anew:
        copies.write_anew(row)
    moved = _retarget(row, wish, before, now)
    enlist_all(row)
    return moved


def _imports(row: Connection, wish: Wish) -> None:
    chosen = {calendar.pk for calendar in wish.imports}
    for calendar in _with_owner(row, row.calendars.all()):
        if calendar.imported and calendar.pk not in chosen:
            imports.take_out(calendar)
        elif calendar.pk in chosen and not calendar.imported:
            imports.bring_in(calendar)
        if wish.all_day.get(calendar.pk, calendar.all_day) != calendar.all_day:
            imports.rule_whole_days(calendar, wish.all_day[calendar.pk])


def _with_owner(row: Connection, calendars: Iterable[RemoteCalendar]) -> list[RemoteCalendar]:
    found = list(calendars)
    for calendar in found:
        calendar.connection = row
    return found


def _store(row: Connection, **choices: object) -> None:
    """Save the choices; whoever works by the old ones learns from the generation that they are old."""
    Connection.objects.filter(pk=row.pk).update(**choices, generation=F("generation") + 1)
    for name, value in choices.items():
        setattr(row, name, value)


def _retarget(row: Connection, wish: Wish, before: UUID | None, now: datetime) -> int:
    """Let what is pushed next go to the new target, and what is there move along if that is wished."""
    target = wish.push_to
    if before in (None, target.pk if target else None):
        return 0
    if target and wish.move:
        return copies.move(row, target, now)
    copies.stay(row, target)
    return 0
