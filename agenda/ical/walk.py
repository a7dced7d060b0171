"""A rule walked on wall times, as far as a window reaches and under a budget. No zones here."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from agenda.ical.errors import TooMuch
from agenda.ical.rules import Rule

BUDGET = 50_000  # days and periods looked at for one rule, some 50 ms

Period = tuple[date, list[date]]  # where it begins, and its days that fit


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
