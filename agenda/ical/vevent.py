"""One VEVENT: what its lines say (`Fields`, as either tokenizer found them), and what they mean (`Vevent`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agenda.content import TimeKind, When
from agenda.ical import zones
from agenda.ical.lines import NO_PARAMETERS
from agenda.ical.moments import NOTHING, FindZone, Moment, duration, later, like, moment
from agenda.ical.rules import canonical

Line = tuple[str, Mapping[str, str]]  # a value and its parameters

#: The properties a Vevent is made of. Text values arrive unescaped, the others as written.
TEXTS = frozenset({"UID", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "DURATION"})
SINGLE = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "LAST-MODIFIED", "SEQUENCE", "ORGANIZER"})
MANY = frozenset({"RRULE", "EXRULE", "RDATE", "EXDATE", "ATTENDEE"})

_DAY = timedelta(days=1)


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
    sequence: int
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
        sequence=_number_of(fields, "SEQUENCE"),
        rules=[canonical(value) for value, _ in many["RRULE"] if value] if "RRULE" in many else [],
        exclusion_rules=[canonical(value) for value, _ in many["EXRULE"] if value] if "EXRULE" in many else [],
        extra=[_extra(one, given, find) for one, given in _each(many, "RDATE")] if "RDATE" in many else [],
        excluded=[moment(one, given, find) for one, given in _each(many, "EXDATE")] if "EXDATE" in many else [],
        organiser=fields.single.get("ORGANIZER"),
        attendees=many.get("ATTENDEE", []),
    )


def _each(many: dict[str, list[Line]], name: str) -> Iterator[Line]:
    return ((one, given) for value, given in many[name] for one in value.split(",") if one)


def _length(start: Moment, end: Moment | None, written: str) -> tuple[timedelta, Moment]:
    """Return (nominal length, end): from DTEND, else DURATION, else a day for dates and nothing for times (A57)."""
    if end is not None:
        return _until(start, like(end, start))
    days, rest = duration(written) or (0, NOTHING)
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
    if nominal < NOTHING or (
        end.tzinfo and end.tzinfo is not zones.UTC and nominal < _DAY and _jumped(start, end) > nominal
    ):
        return NOTHING, start
    return nominal, end


def _jumped(start: datetime, end: datetime) -> timedelta:
    """Return how far the clock was put forward between two times of one zone."""
    return (end.utcoffset() or NOTHING) - (start.utcoffset() or NOTHING)


def _moment_of(fields: Fields, name: str, find: FindZone) -> Moment | None:
    line = fields.single.get(name)
    return moment(line[0], line[1], find) if line else None


def _instant_of(fields: Fields, name: str) -> datetime | None:
    """Return a stamp in UTC; a wall time is taken for UTC, what is illegible for absent."""
    value, given = fields.single.get(name, ("", NO_PARAMETERS))
    try:
        if len(value) == 16 and value[15] == "Z" and value[:8].isdigit():
            return datetime.fromisoformat(value).astimezone(UTC)
        found = moment(value, given, zones.known)
    except ValueError:
        return None
    if not isinstance(found, datetime):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _number_of(fields: Fields, name: str) -> int:
    """Return a whole number; what is illegible is nought."""
    line = fields.single.get(name)
    if line is None or line[0] == "0":
        return 0
    try:
        return int(line[0])
    except ValueError:
        return 0


def _extra(value: str, given: Mapping[str, str], find: FindZone) -> tuple[Moment, timedelta | None]:
    """Return an RDATE's start, and its length when it is a period `start/end` or `start/duration`.

    Periods of dates, which no standard knows, are out there: they are of midnights.
    """
    first, period, last = value.partition("/")
    if period and len(first) == 8:
        first, last = f"{first}T000000", f"{last}T000000" if len(last) == 8 and last.isdigit() else last
    start = moment(first, given, find)
    if not last or not isinstance(start, datetime):
        return start, None
    length = duration(last)
    end = later(start + timedelta(days=length[0]), length[1]) if length else like(moment(last, given, find), start)
    return start, _until(start, end)[0]
