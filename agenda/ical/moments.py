"""Values that say when: DATE and DATE-TIME, DURATION, and the slots of a series."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from agenda.ical import zones

Moment = date  # a date, a datetime with a zone, or one without: the three kinds of time
FindZone = Callable[[str], tzinfo | None]  # TZID → zone; None: read the wall time as floating

_ODD_MOMENT = re.compile(r"(\d{8})(?:(T\d{4})(\d\d)?(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII | re.I
)
NOTHING = timedelta(0)


def moment(value: str, given: Mapping[str, str], find: FindZone) -> Moment:
    """Return the date, instant or wall time that a DATE or DATE-TIME value says; eight digits are a date."""
    zone: tzinfo | None = None
    if len(value) == 16 and value[15] == "Z":
        zone, value = zones.UTC, value[:15]
    elif "TZID" in given:
        zone = find(given["TZID"])
    if len(value) != 15 or value[8] != "T" or not (value[:8].isdigit() and value[9:].isdigit()):
        return _odd_moment(value, given, find)
    if given and given.get("VALUE") == "DATE":
        return date.fromisoformat(value[:8])
    return datetime.combine(date.fromisoformat(value[:8]), _clock(value[9:], zone))


@lru_cache(maxsize=4096)
def _clock(value: str, zone: tzinfo | None) -> time:
    """Return a time of day in its zone; there are few, and making one costs more than looking it up."""
    return time.fromisoformat(value).replace(tzinfo=zone)


def _odd_moment(value: str, given: Mapping[str, str], find: FindZone) -> Moment:
    """Return the date of a value, or its moment with blanks around it, small letters, no seconds, or a leap second."""
    if len(value) == 8 and value.isdigit():
        return date.fromisoformat(value)
    found = _ODD_MOMENT.fullmatch(value.strip().upper())
    if found is None:
        raise ValueError("not a date or time")
    day, clock, second, utc = found.groups()
    clock = f"{clock}{min(int(second or 0), 59):02}{utc}" if clock else ""
    return moment(day + clock, given, find)


def duration(value: str) -> tuple[int, timedelta] | None:
    """Return (nominal days, exact rest) of a DURATION value, negative ones as nothing; None when it is none."""
    found = _DURATION.fullmatch(value.strip())
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    if found[1] == "-":
        return 0, NOTHING
    return weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds)


def later(start: datetime, rest: timedelta) -> datetime:
    """Return the moment that lies an exact time after another, in its zone."""
    if start.tzinfo is None or not rest:
        return start + rest
    return (start.astimezone(UTC) + rest).astimezone(start.tzinfo)


def like(other: Moment, model: Moment) -> Moment:
    """Return a moment in the kind of another: EXDATE, RECURRENCE-ID and DTEND may come in any form (A66, A67)."""
    if not isinstance(model, datetime):
        return other.date() if isinstance(other, datetime) else other
    if not isinstance(other, datetime):
        return datetime(other.year, other.month, other.day, tzinfo=model.tzinfo)
    if model.tzinfo is None:
        return other.replace(tzinfo=None)
    return other if other.tzinfo else other.replace(tzinfo=model.tzinfo)


def slot(original: Moment, first: Moment) -> Moment:
    """Return the slot of a series that a RECURRENCE-ID or EXDATE names: a date, a wall time, or an instant in UTC.

    `first` is the series' start; a date in a series of times means the occurrence of that day.
    """
    if isinstance(first, datetime) and not isinstance(original, datetime):
        original = datetime.combine(original, first.time(), tzinfo=first.tzinfo)
    found = like(original, first)
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else found


def slot_name(found: Moment) -> str:
    """Return a slot as text: "20261123T090000Z", "20261123T090000" or "20261123"."""
    if not isinstance(found, datetime):
        return found.isoformat().replace("-", "")
    name = found.isoformat()[:19].replace("-", "").replace(":", "")
    return name + "Z" if found.tzinfo else name
