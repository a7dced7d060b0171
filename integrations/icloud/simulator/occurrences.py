"""When an event takes place, as far as a query needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

Component = Any  # icalendar's types do not tell which property has which value
_MOST = 2_000  # occurrences looked at


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC. An open end lies in the far future or past."""

    start: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """Return whether two stretches overlap, or one without length lies in the other (RFC 4791 §9.9)."""
        return (self.start < other.end and self.end > other.start) or other.start <= self.start < other.end


def master_of(text: str) -> Component | None:
    """Return the event that is not an override: an override that was moved is found by its old slot alone (A47)."""
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except ValueError:
        return None
    return next((event for event in events if "RECURRENCE-ID" not in event), None)


def occurrences(master: Component, window: Span) -> Iterator[Span]:
    """Yield the slots of a series, or the one of a single event, that lie in a window."""
    start, length = utc(master["DTSTART"].dt), _length(master)
    for slot in islice(_slots(master, start), _MOST):
        span = Span(slot, slot + length)
        if span.start >= window.end:
            return
        if span.meets(window):
            yield span


def _slots(master: Component, start: datetime) -> Iterator[datetime]:
    if "RRULE" not in master:
        yield start
        return
    rule = rrulestr(master["RRULE"].to_ical().decode(), dtstart=_wall(master), ignoretz=True)
    zone = getattr(master["DTSTART"].dt, "tzinfo", None) or UTC
    skipped = {utc(one.dt) for one in _excluded(master)}
    slots = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in rule)
    yield from (slot for slot in slots if slot not in skipped)


def _excluded(master: Component) -> Iterator[Any]:
    found = master.get("EXDATE", [])
    for group in found if isinstance(found, list) else [found]:
        yield from group.dts


def _wall(master: Component) -> datetime:
    start = master["DTSTART"].dt
    return start.replace(tzinfo=None) if isinstance(start, datetime) else datetime(start.year, start.month, start.day)


def _length(master: Component) -> timedelta:
    if "DTEND" in master:
        return utc(master["DTEND"].dt) - utc(master["DTSTART"].dt)
    return master["DURATION"].dt if "DURATION" in master else timedelta(0)


def utc(moment: date) -> datetime:
    """Return a date or time in UTC; dates and floating times are taken for UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
