"""The VTIMEZONE that goes with a TZID: iCloud refuses a time whose zone is not described in the text (A58)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from agenda.ical.rules import WEEKDAYS

_STEP = timedelta(days=7)  # no clock was ever changed twice within a week and meant it
_YEARS_TO_TRUST = 8  # a change on the same weekday of the month for so long is a rule

Change = tuple[timedelta, timedelta, str, datetime]  # offset before, offset after, name after, wall time before


@lru_cache(maxsize=512)
def describe(zone: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Return the lines of a VTIMEZONE that is right for these years, a year on both sides included."""
    place, begin = ZoneInfo(zone), datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = datetime(max(last_year + 2, first_year + _YEARS_TO_TRUST), 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    before = begin.astimezone(place)
    lines += _part(_offset(before), _offset(before), before.tzname() or "", "19700101T000000", "", daylight=False)
    changes = sorted(_changes(place, begin, end), key=itemgetter(0, 1, 2, 3))
    for (was, becomes, name), group in groupby(changes, key=itemgetter(0, 1, 2)):
        walls = [wall for *_, wall in group]
        lines += _part(was, becomes, name, _stamp(walls[0]), _repeats(walls, begin.year, end.year), becomes > was)
    return (*lines, "END:VTIMEZONE")


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[Change]:
    """Yield the changes of a zone's offset or name between two instants, found week by week."""
    moment, state = begin, _state(begin, zone)
    while moment < end:
        following = moment + _STEP
        said = _state(following, zone)
        if said != state:
            instant = _moment_of_change(moment, following, zone)
            before, after = (instant - timedelta(seconds=1)).astimezone(zone), instant.astimezone(zone)
            wall = (instant + _offset(before)).replace(tzinfo=None)
            yield _offset(before), _offset(after), after.tzname() or "", wall
        moment, state = following, said


def _moment_of_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    state = _state(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if _state(middle, zone) == state else (low, middle)
    return high.replace(microsecond=0)


def _state(instant: datetime, zone: ZoneInfo) -> tuple[timedelta, str | None]:
    local = instant.astimezone(zone)
    return _offset(local), local.tzname()


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)


def _repeats(walls: list[datetime], first_year: int, last_year: int) -> str:
    """Return the line that adds the later changes: a yearly rule where one fits them all, else their dates."""
    every_year = [wall.year for wall in walls] == list(range(first_year, last_year))
    months, weekdays, times = ({get(wall) for wall in walls} for get in (_month, datetime.weekday, datetime.time))
    if every_year and len(months) == len(weekdays) == len(times) == 1:
        month, weekday = walls[0].month, WEEKDAYS[walls[0].weekday()]
        nth = {(wall.day - 1) // 7 + 1 for wall in walls}
        if all((wall + timedelta(days=7)).month != wall.month for wall in walls):
            return f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=-1{weekday}"
        if len(nth) == 1:
            return f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={nth.pop()}{weekday}"
    return f"RDATE:{','.join(_stamp(wall) for wall in walls[1:])}" if walls[1:] else ""


def _month(wall: datetime) -> int:
    return wall.month


def _part(was: timedelta, becomes: timedelta, name: str, start: str, more: str, daylight: bool) -> list[str]:
    kind = "DAYLIGHT" if daylight else "STANDARD"
    lines = [f"BEGIN:{kind}", f"DTSTART:{start}"]
    lines += [more] if more else []
    lines += [f"TZOFFSETFROM:{_signed(was)}", f"TZOFFSETTO:{_signed(becomes)}"]
    return [*lines, *([f"TZNAME:{name}"] if name else []), f"END:{kind}"]


def _signed(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}" + (f"{seconds_left:02}" if seconds_left else "")


def _stamp(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"
