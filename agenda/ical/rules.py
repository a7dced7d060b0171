"""RRULE: read, written in one canonical form, and walked on wall times as far as a window reaches. No zones here."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from agenda.ical.errors import TooMuch

BUDGET = 50_000  # days and periods looked at for one rule, some 50 ms

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLAIN_PARTS = {
    "DAILY": {"BYMONTH", "BYDAY"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "MONTHLY": {"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
}
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_FREQUENCIES = frozenset(_PLAIN_PARTS) | {"HOURLY", "MINUTELY", "SECONDLY"}
_LONGEST = 4_000  # characters; all 366 days of a year by their numbers are 1,500
_LONGEST_STEP = 1_000_000
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """One recurrence rule. `canonical` has its parts in order and its defaults left out."""

    canonical: str
    frequency: str
    interval: int
    count: int | None
    until: str
    months: tuple[int, ...]
    month_days: tuple[int, ...]
    days: tuple[tuple[int, int], ...]  # (ordinal or 0, weekday)
    positions: tuple[int, ...]
    week_start: int
    unlimited: str  # as canonical, without UNTIL
    plain: bool  # wall_starts can walk it; any other goes to the bounded child

    @classmethod
    def read(cls, written: str) -> Rule:
        """Return the rule of an RRULE value. Raises ValueError when it is none, INTERVAL=0 among them."""
        return _read(written) if len(written) < _LONGEST_KEPT else cls.parse(written)

    @classmethod
    def parse(cls, written: str) -> Rule:
        """Return the rule as `read` does, worked out anew."""
        if len(written) > _LONGEST:
            raise ValueError("not a rule")
        parts = _parts(written)
        frequency = parts.get("FREQ", "")
        interval, count = int(parts.get("INTERVAL", "1")), parts.get("COUNT", "")
        if frequency not in _FREQUENCIES or not 1 <= interval <= _LONGEST_STEP:
            raise ValueError("not a rule")
        days = _days(parts.get("BYDAY", ""))
        return cls(
            canonical=_canonical(parts),
            frequency=frequency,
            interval=interval,
            count=max(1, int(count)) if count and not count.startswith("-") else None,
            until=parts.get("UNTIL", ""),
            months=_numbers(parts, "BYMONTH", 1, 12),
            month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
            days=days,
            positions=_numbers(parts, "BYSETPOS", -366, 366),
            week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
            unlimited=_canonical({name: value for name, value in parts.items() if name != "UNTIL"}),
            plain=_is_plain(frequency, parts, days),
        )

    def last_wall(self, to_wall: Callable[[datetime], datetime]) -> datetime | None:
        """Return the wall time that UNTIL allows as the last start (a date: that whole day), None without UNTIL.

        Raises ValueError when UNTIL is no time.
        """
        if not self.until:
            return None
        found = _UNTIL.fullmatch(self.until)
        if found is None:
            raise ValueError("not a rule")
        moment = datetime.fromisoformat(f"{found[1]}T{found[2] or '235959'}")
        try:
            return to_wall(moment) if found[3] else moment
        except OverflowError:  # in the last hours of year 9999
            return None


_LONGEST_KEPT = 200  # characters
_read = lru_cache(maxsize=1024)(Rule.parse)  # most series share a few rules


def canonical(written: str) -> str:
    """Return an RRULE value in its one form; what is no rule only in capitals."""
    try:
        return Rule.read(written).canonical
    except ValueError:
        return written.strip().upper()


def _parts(written: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in written.strip().rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name.upper() in parts:
            raise ValueError("not a rule")
        parts[name.strip().upper()] = value.strip().upper()
    return parts


def _canonical(parts: dict[str, str]) -> str:
    defaults = {("INTERVAL", "1"), ("WKST", "MO")}
    sorted_values = ((name, ",".join(sorted(value.split(",")))) for name, value in parts.items())
    return ";".join(f"{name}={value}" for name, value in sorted(sorted_values) if (name, value) not in defaults)


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> tuple[int, ...]:
    numbers = tuple(sorted({int(number) for number in parts[name].split(",")})) if parts.get(name) else ()
    if any(number == 0 or not least <= number <= most for number in numbers):
        raise ValueError("not a rule")
    return numbers


def _days(value: str) -> tuple[tuple[int, int], ...]:
    found = [_DAY.fullmatch(day.strip()) for day in value.split(",")] if value else []
    if any(day is None for day in found):
        raise ValueError("not a rule")
    return tuple(sorted({(int(day[1] or 0), WEEKDAYS.index(day[2])) for day in found if day}))


def _is_plain(frequency: str, parts: dict[str, str], days: tuple[tuple[int, int], ...]) -> bool:
    ordinals = any(ordinal for ordinal, _ in days)
    if frequency not in _PLAIN_PARTS or (ordinals and frequency in ("DAILY", "WEEKLY")):
        return False
    return set(parts) <= _PLAIN_PARTS[frequency] | _ALWAYS


def wall_starts(
    rule: Rule, first: datetime, low: datetime, high: datetime, *, budget: int = BUDGET
) -> Iterator[datetime]:
    """Yield the starts from `low` to `high` (both included) of a plain rule that begins at `first`, in order.

    A rule without COUNT starts near `low`, however long ago it began. Raises TooMuch when the budget is used up.
    """
    counted, at = 0, first.time()
    low = first if rule.count is not None else max(low, first)
    for day in _dates(rule, first.date(), low.date(), high.date(), budget):
        start = datetime.combine(day, at)
        if start < first:
            continue
        counted += 1
        if start > high or (rule.count is not None and counted > rule.count):
            return
        yield start


def _dates(rule: Rule, first: date, low: date, high: date, budget: int) -> Iterator[date]:
    for begin, candidates in _PERIODS[rule.frequency](rule, first, low):
        budget -= 1 + len(candidates)
        if begin > high:
            return
        if budget < 0:
            raise TooMuch("The rule takes too long to follow.")
        yield from candidates


Period = tuple[date, list[date]]


def _daily(rule: Rule, first: date, low: date) -> Iterator[Period]:
    wanted = {weekday for _, weekday in rule.days}
    day, step = _skip(first, low, rule.interval), timedelta(days=rule.interval)
    while True:
        fits = (not wanted or day.weekday() in wanted) and (not rule.months or day.month in rule.months)
        yield day, [day] if fits else []
        day = _plus(day, step)


def _weekly(rule: Rule, first: date, low: date) -> Iterator[Period]:
    week = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
    offsets = sorted({(weekday - rule.week_start) % 7 for _, weekday in rule.days} or {(first - week).days})
    steps = [timedelta(days=offset) for offset in offsets]
    week, step = _skip(week, low - timedelta(days=6), 7 * rule.interval), timedelta(weeks=rule.interval)
    while True:
        days = [_plus(week, offset) for offset in steps]
        yield week, [day for day in days if day.month in rule.months] if rule.months else days
        week = _plus(week, step)


def _monthly(rule: Rule, first: date, low: date) -> Iterator[Period]:
    number, target = first.year * 12 + first.month - 1, low.year * 12 + low.month - 1
    number += max(0, target - number) // rule.interval * rule.interval
    default = () if rule.days or rule.month_days else (first.day,)
    while number < 9999 * 12:
        year, month = divmod(number, 12)
        fits = not rule.months or month + 1 in rule.months
        days = _of_month(rule, year, month + 1, default) if fits else []
        yield date(year, month + 1, 1), _at_positions(days, rule.positions)
        number += rule.interval
    yield date.max, []


def _yearly(rule: Rule, first: date, low: date) -> Iterator[Period]:
    year = first.year + max(0, low.year - first.year) // rule.interval * rule.interval
    months, default = rule.months, () if rule.days or rule.month_days else (first.day,)
    if not months:
        months = tuple(range(1, 13)) if rule.days or rule.month_days else (first.month,)
    by_year = bool(rule.days) and not rule.months and any(ordinal for ordinal, _ in rule.days)
    while year < 9999:
        if by_year:
            days = [day for day in _weekdays_of_year(rule, year) if _fits_month_days(day, rule.month_days)]
        else:
            days = [day for month in months for day in _of_month(rule, year, month, default)]
        yield date(year, 1, 1), _at_positions(days, rule.positions)
        year += rule.interval
    yield date.max, []


_PERIODS: dict[str, Callable[[Rule, date, date], Iterator[Period]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _skip(first: date, low: date, step: int) -> date:
    """Return the last of first, first + step, … (days) that is not after `low`, at least `first`."""
    return first + timedelta(days=max(0, (low - first).days) // step * step)


def _plus(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        return date.max


def _of_month(rule: Rule, year: int, month: int, default: tuple[int, ...]) -> list[date]:
    length = calendar.monthrange(year, month)[1]
    if rule.days:
        days: Iterable[int] = sorted(set(_weekdays_of_month(rule, year, month, length)))
    else:
        days = sorted({number if number > 0 else length + 1 + number for number in rule.month_days or default})
    found = [date(year, month, day) for day in days if 1 <= day <= length]
    return [day for day in found if _fits_month_days(day, rule.month_days)] if rule.days else found


def _weekdays_of_month(rule: Rule, year: int, month: int, length: int) -> Iterator[int]:
    begins = date(year, month, 1).weekday()
    for ordinal, weekday in rule.days:
        all_of_it = range(1 + (weekday - begins) % 7, length + 1, 7)
        yield from _nth(all_of_it, ordinal)


def _weekdays_of_year(rule: Rule, year: int) -> list[date]:
    begins, length = date(year, 1, 1), 366 if calendar.isleap(year) else 365
    numbers: set[int] = set()
    for ordinal, weekday in rule.days:
        numbers.update(_nth(range((weekday - begins.weekday()) % 7, length, 7), ordinal))
    return [begins + timedelta(days=number) for number in sorted(numbers)]


def _nth(days: range, ordinal: int) -> range:
    if not ordinal:
        return days
    position = ordinal - 1 if ordinal > 0 else len(days) + ordinal
    return days[position : position + 1] if 0 <= position < len(days) else days[:0]


def _fits_month_days(day: date, month_days: tuple[int, ...]) -> bool:
    if not month_days:
        return True
    length = calendar.monthrange(day.year, day.month)[1]
    return day.day in month_days or day.day - length - 1 in month_days


def _at_positions(days: list[date], positions: tuple[int, ...]) -> list[date]:
    if not positions:
        return days
    found = {days[number - 1 if number > 0 else number] for number in positions if abs(number) <= len(days)}
    return sorted(found)
