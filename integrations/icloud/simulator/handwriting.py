"""How an Apple device writes an event down: its own PRODID, X-APPLE properties, VTIMEZONEs (docs/icloud.md A65-A69)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

PRODID = "-//Apple Inc.//iPhone OS 26.1//EN"
#: what tells the parts of one divided series apart from other events (A65)
SERIES = "X-CALENDARSERVER-RECURRENCE-SET"
_EUROPE = ("BYMONTH=3;BYDAY=-1SU", "19810329T020000", "BYMONTH=10;BYDAY=-1SU", "19961027T030000")
_AMERICA = ("BYMONTH=3;BYDAY=2SU", "20070311T020000", "BYMONTH=11;BYDAY=1SU", "20071104T020000")
#: zone → its rules, standard offset, daylight offset, both names
_RULED = {
    "Europe/Brussels": (_EUROPE, "+0100", "+0200", "CET", "CEST"),
    "Europe/Amsterdam": (_EUROPE, "+0100", "+0200", "CET", "CEST"),
    "Europe/Paris": (_EUROPE, "+0100", "+0200", "CET", "CEST"),
    "America/New_York": (_AMERICA, "-0500", "-0400", "EST", "EDT"),
}
Moment = date | datetime


def new_uid() -> str:
    """Return a UID as Apple's devices make them: a UUID in capitals."""
    return str(uuid.uuid4()).upper()


def event(title: str, start: Moment, end: Moment, *, uid: str, now: datetime, **more: Any) -> icalendar.Event:
    """Return an event. Dates make it all-day, with the end exclusive; `more` are properties, with _ for -."""
    written = icalendar.Event()
    stamp = now.astimezone(UTC).replace(microsecond=0)
    for name in ("CREATED", "DTSTAMP", "LAST-MODIFIED"):
        written.add(name, stamp)
    written.add("UID", uid)
    written.add("SUMMARY", title)
    written.add("DTSTART", start)
    written.add("DTEND", end)
    written.add("SEQUENCE", 0)
    written.add("TRANSP", "OPAQUE" if isinstance(start, datetime) else "TRANSPARENT")
    written.add("X-APPLE-TRAVEL-ADVISORY-BEHAVIOR", "AUTOMATIC")
    written.add("X-APPLE-CREATOR-IDENTITY", "com.apple.mobilecal")
    written.add("X-APPLE-CREATOR-TEAM-IDENTITY", "0000000000")
    for name, value in more.items():
        put(written, name.replace("_", "-"), value)
    return written


def put(written: icalendar.Component, name: str, value: Any) -> None:
    """Set a property over what is there; a text for RRULE is taken apart first."""
    written.pop(name, None)
    written.add(name, icalendar.vRecur.from_ical(value) if name == "RRULE" and isinstance(value, str) else value)


def in_zone(written: icalendar.Event, name: str, zone: str) -> None:
    """Write a property that holds an instant in another zone's form; a date is left alone."""
    moment = written.decoded(name)
    if isinstance(moment, datetime) and moment.tzinfo:
        put(written, name, moment.astimezone(ZoneInfo(zone)))


def touch(written: icalendar.Event, now: datetime) -> None:
    """Stamp an event that a device has just changed."""
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        put(written, name, now.astimezone(UTC).replace(microsecond=0))
    put(written, "SEQUENCE", int(written.get("SEQUENCE", 0)) + 1)


def alarm(minutes: int, *, default: bool = False) -> icalendar.Alarm:
    """Return an alarm so many minutes before the start; a default one is marked as the device's own addition (A69)."""
    written, uid = icalendar.Alarm(), new_uid()
    written.add("ACTION", "DISPLAY")
    written.add("DESCRIPTION", "Reminder")
    written.add("TRIGGER", timedelta(minutes=-minutes))
    written.add("UID", uid)
    written.add("X-WR-ALARMUID", uid)
    if default:
        written.add("X-APPLE-DEFAULT-ALARM", "TRUE")
        written.add("X-APPLE-LOCAL-DEFAULT-ALARM", "TRUE")
    return written


def resource(*parts: icalendar.Component, prodid: str = PRODID) -> bytes:
    """Return the whole file: a series' master and its changed occurrences, or one event, with the zones it names."""
    whole = icalendar.Calendar()
    whole.add("CALSCALE", "GREGORIAN")
    whole.add("PRODID", prodid)
    whole.add("VERSION", "2.0")
    zones = sorted({name for part in parts for name in _zones_in(part)})
    for component in (*map(_zone, zones), *parts):
        whole.add_component(component)
    return bytes(whole.to_ical())


def events(text: bytes) -> list[icalendar.Event]:
    """Return the events of a file; the master of a series first. ValueError when it cannot be read."""
    found = [part for part in icalendar.Calendar.from_ical(text).walk("VEVENT") if isinstance(part, icalendar.Event)]
    return sorted(found, key=lambda part: "RECURRENCE-ID" in part)


def _zones_in(part: icalendar.Component) -> Iterator[str]:
    for _name, value in part.property_items(recursive=True):
        tzid = getattr(value, "params", {}).get("TZID")
        if tzid:
            yield str(tzid)


@lru_cache(maxsize=64)
def _zone(name: str) -> icalendar.Timezone:
    """Return the VTIMEZONE of a zone."""
    if name not in _RULED:
        return icalendar.Timezone.from_tzinfo(ZoneInfo(name), tzid=name)
    rules, standard, daylight, winter, summer = _RULED[name]
    spring, spring_from, autumn, autumn_from = rules
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    lines += _turn("DAYLIGHT", standard, daylight, spring, spring_from, summer)
    lines += _turn("STANDARD", daylight, standard, autumn, autumn_from, winter)
    zone = icalendar.Timezone.from_ical("\r\n".join([*lines, "END:VTIMEZONE"]))
    assert isinstance(zone, icalendar.Timezone)  # noqa: S101 - it was written so
    return zone


def _turn(kind: str, before: str, after: str, rule: str, since: str, name: str) -> list[str]:
    """Write down when the clocks change one way."""
    facts = [f"TZOFFSETFROM:{before}", f"RRULE:FREQ=YEARLY;{rule}", f"DTSTART:{since}", f"TZNAME:{name}"]
    return [f"BEGIN:{kind}", *facts, f"TZOFFSETTO:{after}", f"END:{kind}"]
