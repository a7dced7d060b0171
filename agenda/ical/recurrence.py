"""Series → spans inside a window: rules walked in wall time, then given their zone, exceptions and overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice, zip_longest
from zoneinfo import ZoneInfo

from agenda.content import Busy, Expansion, Span, TimeKind, When
from agenda.ical import bounded, fence
from agenda.ical.errors import NotAnEvent, TooMuch, Unreadable
from agenda.ical.read import LONGEST_NOTES, LONGEST_TITLE, addresses, busy_of, declined_by
from agenda.ical.resource import Resource, parse, salvage
from agenda.ical.rules import Rule, wall_starts
from agenda.ical.vevent import Moment, Vevent, like, slot, slot_name, when

MOST = 10_000  # spans that one resource may have in a window; every hour for a year is 8,760
MOST_RULES = 20  # of one resource, a single one of which may need the bounded child

_DAY = timedelta(days=1)

__all__ = ["NotAnEvent", "TooMuch", "Unreadable", "expand"]


def expand(text: str, *, start: datetime, end: datetime, home: ZoneInfo, me: frozenset[str] = frozenset()) -> Expansion:
    """Return the spans of a resource that lie in [start, end), in order; cancelled and declined ones are left out.

    Dates and wall times are read in `home`. A single event gives one span. `complete` is False when the series may go
    on after the window. Raises TooMuch when the work or the number of spans passes its limit (under 2 s in all),
    NotAnEvent and Unreadable as `read` does.
    """
    resource = parse(text)
    window = _Window(start.astimezone(UTC), end.astimezone(UTC), home)
    try:
        return _expanded(resource, window, addresses(me))
    except TooMuch:
        raise
    except Exception as broken:  # one bad item never stops a run (fault row 28)
        raise Unreadable("The series could not be understood.", salvage(text)) from broken


@dataclass(frozen=True, slots=True)
class _Window:
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
class _Exceptions:
    """The slots of a series that the master does not fill."""

    slots: frozenset[Moment]  # taken out
    days: frozenset[date]  # taken out whole
    overridden: frozenset[Moment]

    @classmethod
    def of(cls, resource: Resource) -> _Exceptions:
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


def _expanded(resource: Resource, window: _Window, mine: frozenset[str]) -> Expansion:
    master, complete = resource.master, True
    exceptions = _Exceptions.of(resource)
    found: list[tuple[datetime, Span]] = []
    if not resource.orphaned:
        walls, complete = _walls(master, window)
        if master.status != "CANCELLED" and not declined_by(master, mine):
            name_it, busy = resource.recurring, busy_of(master, mine)
            found = [
                (begin, Span(time_, slot_name(original) if name_it else "", busy))
                for begin, time_, original in _times(master, walls, exceptions, window)
            ]
    for event in resource.overrides:
        original = slot(event.recurrence_id or event.start, master.start)
        if event.status == "CANCELLED" or declined_by(event, mine) or original in exceptions.slots:
            continue
        complete = complete and event.when.instants(window.home)[0] < window.end
        begin_ = window.begin_if_held(event.when)
        if begin_ is not None:
            found.append((begin_, _override(event, master, slot_name(original), busy_of(event, mine))))
    if len(found) > MOST:
        raise TooMuch("The series has too many occurrences.")
    found.sort(key=lambda pair: pair[0])
    return Expansion(tuple(span for _, span in found), complete)


def _override(event: Vevent, master: Vevent, original: str, busy: Busy) -> Span:
    """Return the span of an override, with what it says otherwise than its master."""
    notes, usual = (fence.split(one.description)[0][:LONGEST_NOTES] for one in (event, master))
    return Span(
        when=event.when,
        recurrence_id=original,
        busy=busy,
        title=None if event.title == master.title else event.title[:LONGEST_TITLE],
        place=None if event.place == master.place else event.place[:LONGEST_TITLE],
        notes=None if notes == usual else notes,
    )


def _walls(master: Vevent, window: _Window) -> tuple[dict[datetime, timedelta], bool]:
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
    starts = list(islice(wall_starts(rule, first, low, reach), MOST + 1))
    if len(starts) > MOST and rule.count is None:
        raise TooMuch("The series has too many occurrences.")
    counted_out = rule.count is not None and len(starts) >= rule.count
    return [start for start in starts if start >= low], counted_out or (last is not None and last <= high)


def _times(
    master: Vevent, walls: dict[datetime, timedelta], exceptions: _Exceptions, window: _Window
) -> Iterator[tuple[datetime, When, Moment]]:
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


def _zone(master: Vevent, window: _Window) -> tzinfo:
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
