"""RRULE: read, and written in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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
    plain: bool  # walk.wall_starts can walk it; any other goes to the bounded child

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
    """Return an RRULE value in its one form; what is no rule only in capitals, its parts in order."""
    try:
        return Rule.read(written).canonical
    except ValueError:
        return ";".join(sorted(part.strip() for part in written.upper().split(";")))


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
