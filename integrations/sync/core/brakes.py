"""The brakes: too much of one kind at once is held for the owner, item by item; everything else goes on.

Looked at before any absence is proven, so that a held wave costs no request. A listing that is merely shorter needs
no brake of its own: every deletion that passes here is done only after its own href answered 404 or 410.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from agenda.content import FieldGroup
from integrations.sync.core.actions import Action, CreateLocal, DeleteLocal, DeleteRemote, Merge, Side, UpdateLocal

K = TypeVar("K", bound=Hashable)


class HoldReason(StrEnum):
    """Which brake holds; the values are those of `HeldPlan.Reason`."""

    DELETIONS = "deletions"
    SHRUNKEN = "shrunken"
    MOVES = "moves"
    CREATIONS = "creations"


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned action, with what the brakes must know of it."""

    link: str
    calendar: str
    action: Action
    asked: bool = False  # somebody asked for this deletion in Halfpast
    answered: bool = False  # it was held, and the owner said: apply
    time_shift: float | None = None  # by how many seconds a remote change moves the start; None: no such change
    looks_like_duplicate: bool = False  # what would be created equals an item that is linked already


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """What the brakes must know of one calendar."""

    links: int = 0  # links with a local thing at the start of this run, what is planned to go included
    deleted_last_24h: int = 0  # deletions done in the last 24 hours that nobody asked for here
    lost_everything: bool = False  # a full listing of this run names none of its links any more


@dataclass(frozen=True, slots=True)
class Hold:
    """These links of one calendar wait for the owner."""

    calendar: str
    reason: HoldReason
    links: tuple[str, ...]


def limit(links: int) -> int:
    """Return how many at once still pass in a calendar of so many links: 20 %, at least 5, at most 25."""
    return min(max(5, links // 5), 25)


def check(planned: Sequence[Planned], calendars: Mapping[str, CalendarFacts]) -> list[Hold]:
    """Return what must wait. What the owner has answered, or somebody asked for here, is never among it."""
    holds: list[Hold] = []
    for calendar, items in _grouped(planned, lambda item: item.calendar).items():
        facts = calendars.get(calendar, CalendarFacts())
        unanswered = [item for item in items if not item.answered]
        holds += [*_deletions(calendar, unanswered, facts), *_moves(calendar, unanswered, facts)]
        holds += _creations(calendar, unanswered, facts)
    return holds


def _deletions(calendar: str, items: Iterable[Planned], facts: CalendarFacts) -> Iterable[Hold]:
    """Count on both sides, and what the last 24 hours took away, against the calendar as it was before them."""
    going = [item for item in items if not item.asked and isinstance(item.action, DeleteLocal | DeleteRemote)]
    losing = [item for item in going if isinstance(item.action, DeleteLocal)]
    before = facts.links + facts.deleted_last_24h
    if facts.lost_everything and facts.links >= 2 and losing:
        yield _hold(calendar, HoldReason.SHRUNKEN, losing)
        going = [item for item in going if item not in losing]
    if going and len(going) + facts.deleted_last_24h > limit(before):
        yield _hold(calendar, HoldReason.DELETIONS, going)


def _moves(calendar: str, items: Iterable[Planned], facts: CalendarFacts) -> Iterable[Hold]:
    """Hold many that a remote change moves by the same time: a zone gone wrong looks like that."""
    moved = [item for item in items if item.time_shift and _takes_time(item.action)]
    waves = _grouped(moved, lambda item: item.time_shift).values()
    held = [item for wave in waves if len(wave) > limit(facts.links) for item in wave]
    if held:
        yield _hold(calendar, HoldReason.MOVES, held)


def _takes_time(action: Action) -> bool:
    match action:
        case UpdateLocal(groups=groups):
            return FieldGroup.TIME in groups
        case Merge(winners=winners):
            return winners.get(FieldGroup.TIME) == Side.REMOTE
    return False


def _creations(calendar: str, items: Iterable[Planned], facts: CalendarFacts) -> Iterable[Hold]:
    twins = [item for item in items if item.looks_like_duplicate and isinstance(item.action, CreateLocal)]
    if len(twins) > limit(facts.links):
        yield _hold(calendar, HoldReason.CREATIONS, twins)


def _hold(calendar: str, reason: HoldReason, items: Iterable[Planned]) -> Hold:
    return Hold(calendar, reason, tuple(item.link for item in items))


def _grouped(items: Iterable[Planned], key: Callable[[Planned], K]) -> dict[K, list[Planned]]:
    groups: dict[K, list[Planned]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
