"""One VEVENT: what its lines say (`Fields`, as either tokenizer found them), and what they mean (`Vevent`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC as UTC_OFFSET
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from agenda.content import TimeKind, When
from agenda.ical import zones
from agenda.ical.lines import NO_PARAMETERS
from agenda.ical.rules import canonical

Moment = date  # a date, a datetime with a zone, or one without: the three kinds of time
Line = tuple[str, Mapping[str, str]]  # a value and its parameters
FindZone = Callable[[str], tzinfo | None]  # TZID → zone; None: read the wall time as floating

#: The properties a Vevent is made of. Text values arrive unescaped, the others as written.
TEXTS = frozenset({"UID", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "DURATION"})
SINGLE = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "LAST-MODIFIED", "ORGANIZER"})
MANY = frozenset({"RRULE", "EXRULE", "RDATE", "EXDATE", "ATTENDEE"})

_ODD_MOMENT = re.compile(r"(\d{8})(?:(T\d{4})(\d\d)?(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII | re.I
)
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


@dataclass(slots=True)
class Fields:
    """The lines of one VEVENT that matter: the first of a single property, all of the others."""

    texts: dict[str, str] = field(default_factory=dict)  # unescaped, without control characters
    single: dict[str, Line] = field(default_factory=dict)
    many: dict[str, list[Line]] = field(default_factory=dict)


@dataclass(slots=True)
class Vevent:
    """One VEVENT understood. Its end is resolved; `nominal` is its length in wall time, or in days."""

    uid: str
    title: str
    place: str
    description: str
    status: str
    transparent: bool
    start: Moment
    end: Moment
    nominal: timedelta
    recurrence_id: Moment | None
    modified: datetime | None
    rules: list[str]  # canonical
    exclusion_rules: list[str]
    extra: list[tuple[Moment, timedelta | None]]  # RDATE, with its own length when it is a period
    excluded: list[Moment]
    organiser: Line | None
    attendees: list[Line]

    @property
    def when(self) -> When:
        """Return start and end; times of a private zone as UTC instants."""
        return when(self.start, self.end)

    @property
    def recurring(self) -> bool:
        """True when the event repeats by itself."""
        return bool(self.rules or self.extra)


def when(start: Moment, end: Moment) -> When:
    """Return the time between two moments of one kind."""
    if not isinstance(start, datetime):
        return When(TimeKind.DATE, start, end)
    if start.tzinfo is None:
        return When(TimeKind.FLOATING, start, end)
    zone = start.tzinfo if isinstance(start.tzinfo, ZoneInfo) else zones.UTC
    if isinstance(end, datetime) and not (start.tzinfo is end.tzinfo is zone):
        start, end = start.astimezone(zone), end.astimezone(zone)
    return When(TimeKind.ZONED, start, end, zone.key)


def understand(fields: Fields, find: FindZone) -> Vevent:
    """Return the meaning of a VEVENT's lines. Raises ValueError when it has no legible start."""
    text, many = fields.texts.get, fields.many
    original = _moment_of(fields, "RECURRENCE-ID", find)
    start = _moment_of(fields, "DTSTART", find) or original
    if start is None:
        raise ValueError("no start")
    nominal, end = _length(start, _moment_of(fields, "DTEND", find), text("DURATION", ""))
    return Vevent(
        uid=text("UID", ""),
        title=text("SUMMARY", ""),
        place=text("LOCATION", ""),
        description=text("DESCRIPTION", ""),
        status=text("STATUS", "").strip().upper(),
        transparent=text("TRANSP", "").strip().upper() == "TRANSPARENT",
        start=start,
        end=end,
        nominal=nominal,
        recurrence_id=original,
        modified=_instant_of(fields, "LAST-MODIFIED"),
        rules=[canonical(value) for value, _ in many["RRULE"] if value] if "RRULE" in many else [],
        exclusion_rules=[canonical(value) for value, _ in many["EXRULE"] if value] if "EXRULE" in many else [],
        extra=[_extra(one, given, find) for one, given in _each(many, "RDATE")] if "RDATE" in many else [],
        excluded=[moment(one, given, find) for one, given in _each(many, "EXDATE")] if "EXDATE" in many else [],
        organiser=fields.single.get("ORGANIZER"),
        attendees=many.get("ATTENDEE", []),
    )


def _each(many: dict[str, list[Line]], name: str) -> Iterator[Line]:
    return ((one, given) for value, given in many[name] for one in value.split(",") if one)


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
    return datetime.fromisoformat(value).replace(tzinfo=zone)


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
        return 0, _NOTHING
    return weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds)


def later(start: datetime, rest: timedelta) -> datetime:
    """Return the moment that lies an exact time after another, in its zone."""
    if start.tzinfo is None or not rest:
        return start + rest
    return (start.astimezone(UTC_OFFSET) + rest).astimezone(start.tzinfo)


def like(other: Moment, model: Moment) -> Moment:
    """Return a moment in the kind of another: EXDATE, RECURRENCE-ID and DTEND may come in any form (A7.66, A7.67)."""
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
    return found.astimezone(UTC_OFFSET) if isinstance(found, datetime) and found.tzinfo else found


def slot_name(found: Moment) -> str:
    """Return a slot as text: "20261123T090000Z", "20261123T090000" or "20261123"."""
    if not isinstance(found, datetime):
        return found.isoformat().replace("-", "")
    name = found.isoformat()[:19].replace("-", "").replace(":", "")
    return name + "Z" if found.tzinfo else name


def _length(start: Moment, end: Moment | None, written: str) -> tuple[timedelta, Moment]:
    """Return (nominal length, end): from DTEND, else DURATION, else a day for dates and nothing for times (A6.57)."""
    if end is not None:
        return _until(start, like(end, start))
    days, rest = duration(written) or (0, _NOTHING)
    if not isinstance(start, datetime):
        days = max(1, days + -(-rest // _DAY))
        return timedelta(days=days), start + timedelta(days=days)
    end = later(start + timedelta(days=days), rest)
    return end.replace(tzinfo=None) - start.replace(tzinfo=None), end


def _until(start: Moment, end: Moment) -> tuple[timedelta, Moment]:
    """Return (nominal length, end), an end before the start put right: a day for dates, nothing for times."""
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return (end - start, end) if end > start else (_DAY, start + _DAY)
    if end.tzinfo is not start.tzinfo:
        end = end.astimezone(start.tzinfo)
    nominal = end - start  # of wall time: both are in one zone
    if nominal < _NOTHING or (
        end.tzinfo and end.tzinfo is not zones.UTC and nominal < _DAY and _jumped(start, end) > nominal
    ):
        return _NOTHING, start
    return nominal, end


def _jumped(start: datetime, end: datetime) -> timedelta:
    """Return how far the clock was put forward between two times of one zone."""
    return (end.utcoffset() or _NOTHING) - (start.utcoffset() or _NOTHING)


def _moment_of(fields: Fields, name: str, find: FindZone) -> Moment | None:
    line = fields.single.get(name)
    return moment(line[0], line[1], find) if line else None


def _instant_of(fields: Fields, name: str) -> datetime | None:
    """Return a stamp in UTC; a wall time is taken for UTC, what is illegible for absent."""
    value, given = fields.single.get(name, ("", NO_PARAMETERS))
    try:
        if len(value) == 16 and value[15] == "Z" and value[:8].isdigit():
            return datetime.fromisoformat(value).astimezone(UTC_OFFSET)
        found = moment(value, given, zones.known)
    except ValueError:
        return None
    if not isinstance(found, datetime):
        return None
    return found.astimezone(UTC_OFFSET) if found.tzinfo else found.replace(tzinfo=UTC_OFFSET)


def _extra(value: str, given: Mapping[str, str], find: FindZone) -> tuple[Moment, timedelta | None]:
    """Return an RDATE's start, and its length when it is a period `start/end` or `start/duration`."""
    first, _, last = value.partition("/")
    start = moment(first, given, find)
    if not last or not isinstance(start, datetime):
        return start, None
    length = duration(last)
    end = later(start + timedelta(days=length[0]), length[1]) if length else like(moment(last, given, find), start)
    return start, _until(start, end)[0]
