"""What the master of a series fills by itself: its rules and dates, without exceptions and overridden slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import zip_longest
from zoneinfo import ZoneInfo

from agenda.content import TimeKind, When
from agenda.ical import bounded
from agenda.ical.errors import TooMuch
from agenda.ical.moments import Moment, like, slot
from agenda.ical.resource import Resource
from agenda.ical.rules import Rule
from agenda.ical.vevent import Vevent, when
from agenda.ical.walk import wall_starts

MOST = 10_000  # spans that one resource may have in a window; every hour for a year is 8,760
MOST_RULES = 20  # of one resource, a single one of which may need the bounded child

_DAY = timedelta(days=1)

Occurrence = tuple[datetime, When, Moment]  # the instant of its start, its time, its slot


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, and the zone in which dates and wall times are read."""

    start: datetime
    end: datetime
    home: ZoneInfo

    def begin_if_held(self, span: When) -> datetime | None:
        """Return the instant a time begins when it reaches into the window; one without length counts by its start."""
        begin, finish = span.instants(self.home)
        return begin if begin < self.end and (finish > self.start or begin == finish >= self.start) else None

    def walls(self, zone: tzinfo, length: timedelta) -> tuple[datetime, datetime]:
        """Return wall times between which a start may matter, generously."""
        low = self.start.astimezone(zone).replace(tzinfo=None) - _DAY
        low = low - length if length < low - datetime.min else datetime.min
        return low, self.end.astimezone(zone).replace(tzinfo=None) + _DAY


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The slots of a series that the master does not fill."""

    slots: frozenset[Moment]  # taken out
    days: frozenset[date]  # taken out whole
    overridden: frozenset[Moment]

    @classmethod
    def of(cls, resource: Resource) -> Exceptions:
        """Return the exceptions of a resource."""
        first, out = resource.master.start, resource.master.excluded
        return cls(
            slots=frozenset(slot(one, first) for one in out),
            days=frozenset(one for one in out if not isinstance(one, datetime)),
            overridden=frozenset(slot(event.recurrence_id or event.start, first) for event in resource.overrides),
        )

    def spare(self, original: Moment, day: date) -> bool:
        """Tell whether the master fills a slot itself."""
        return not (
            (self.slots and original in self.slots)
            or (self.overridden and original in self.overridden)
            or (self.days and day in self.days)
        )


def occurrences(master: Vevent, exceptions: Exceptions, window: Window) -> tuple[Iterator[Occurrence], bool]:
    """Return the master's occurrences inside the window, in order, and whether none may come after it.

    Raises TooMuch.
    """
    walls, complete = _walls(master, window)
    return _times(master, walls, exceptions, window), complete


def _walls(master: Vevent, window: Window) -> tuple[dict[datetime, timedelta], bool]:
    """Return the wall times of a master's starts around the window with their lengths, and whether that is the end."""
    _refuse_many(master.rules + master.exclusion_rules)
    zone = _zone(master, window)
    longest = max([master.nominal, *(length for _, length in master.extra if length)])
    low, high = window.walls(zone, longest)
    first, complete = _wall(master.start, zone), True
    walls: dict[datetime, timedelta] = {}
    if _starts_within_its_rules(master, first, zone):
        walls[first] = master.nominal
    for written in master.rules:
        starts, ended = _follow(written, first, low, high, zone)
        complete = complete and ended
        walls.update(dict.fromkeys(starts, master.nominal))
    for start, length in master.extra:
        walls[_wall(_in_kind(start, master.start), zone)] = master.nominal if length is None else length
    for written in master.exclusion_rules:
        for start in _follow(written, first, low, high, zone)[0]:
            walls.pop(start, None)
    limit = window.end.astimezone(zone).replace(tzinfo=None)
    return walls, complete and all(wall < limit for wall in walls)


def _refuse_many(rules: list[str]) -> None:
    if len(rules) > MOST_RULES or sum(not _rule(written).plain for written in rules) > 1:
        raise TooMuch("The series has too many rules.")


def _rule(written: str) -> Rule:
    try:
        return Rule.read(written)
    except ValueError:
        raise TooMuch("The rule is broken.") from None


def _follow(written: str, first: datetime, low: datetime, high: datetime, zone: tzinfo) -> tuple[list[datetime], bool]:
    """Return (starts of one rule between two wall times, whether it ends before the later one)."""
    rule = _rule(written)
    last = _last(rule, zone)
    if last is not None and last < low:
        return [], True
    if not rule.plain:
        return bounded.wall_starts(rule.unlimited, last, first, low, high, most=MOST)
    reach = high if last is None else min(high, last)
    starts = list(wall_starts(rule, first, low, reach))  # all since the first where the rule counts
    counted_out = rule.count is not None and len(starts) >= rule.count
    return [start for start in starts if start >= low], counted_out or (last is not None and last <= high)


def _times(
    master: Vevent, walls: dict[datetime, timedelta], exceptions: Exceptions, window: Window
) -> Iterator[Occurrence]:
    """Yield (instant of the start, time, slot) of what the master fills inside the window, in order."""
    place = _zone(master, window)
    make = _maker(master, place)
    inside = [(wall, wall.replace(tzinfo=place)) for wall in sorted(walls)]
    following = [start.utcoffset() for _, start in inside[1:]]
    for (wall, start), next_offset in zip_longest(inside, following):
        begin = start.astimezone(UTC)
        if begin >= window.end:
            continue
        if next_offset != start.utcoffset():  # the clock changes after it, or jumps over it
            start = begin.astimezone(place)
        time_, original = make(wall, walls[wall], start, begin)
        if (begin >= window.start or window.begin_if_held(time_)) and exceptions.spare(original, wall.date()):
            yield begin, time_, original


Maker = Callable[[datetime, timedelta, datetime, datetime], tuple[When, Moment]]


def _maker(master: Vevent, place: tzinfo) -> Maker:
    """Return what makes (time, slot) of a wall time, its length, its start and that in UTC, in the master's kind."""
    if not isinstance(master.start, datetime):
        return lambda wall, length, start, begin: (
            When(TimeKind.DATE, wall.date(), wall.date() + length),
            wall.date(),
        )
    if master.start.tzinfo is None:
        return lambda wall, length, start, begin: (When(TimeKind.FLOATING, wall, wall + length), wall)
    if not isinstance(place, ZoneInfo):
        return lambda wall, length, start, begin: (when(start, start + length), begin)
    zone = place.key
    return lambda wall, length, start, begin: (When(TimeKind.ZONED, start, start + length, zone), begin)


def _zone(master: Vevent, window: Window) -> tzinfo:
    start = master.start
    return start.tzinfo if isinstance(start, datetime) and start.tzinfo else window.home


def _wall(moment: Moment, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _in_kind(extra: Moment, first: Moment) -> Moment:
    if isinstance(first, datetime) and not isinstance(extra, datetime):
        return datetime.combine(extra, first.time(), tzinfo=first.tzinfo)
    return like(extra, first)


def _starts_within_its_rules(master: Vevent, first: datetime, zone: tzinfo) -> bool:
    """Tell whether DTSTART counts: it does, matching its rule or not, but for a rule that ended before it."""
    lasts = [_last(_rule(written), zone) for written in master.rules]
    return not lasts or any(last is None or last >= first for last in lasts)


def _last(rule: Rule, zone: tzinfo) -> datetime | None:
    """Return the wall time of the last start that UNTIL allows."""
    try:
        return rule.last_wall(lambda instant: _wall(instant.replace(tzinfo=UTC), zone))
    except ValueError:
        raise TooMuch("The rule is broken.") from None
