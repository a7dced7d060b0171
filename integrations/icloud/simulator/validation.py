"""What iCloud refuses to store, and with which odd status (A24, A55 to A58, A67)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar

from integrations.icloud.simulator import lines
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.lines import Line
from integrations.icloud.simulator.occurrences import Component
from integrations.icloud.simulator.refusal import Refused

LONGEST_UID = 64
MOST_GUESTS = 300
_HOLDERS = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
_STAMPS = frozenset({"DTSTAMP", "CREATED", "LAST-MODIFIED"})
_GOOD_NAME = re.compile(r"[A-Za-z0-9@._~+=-]+")


def check_name(name: str, habits: Habits) -> None:
    """Refuse a resource's name with characters that the server does not like (A56)."""
    if habits.odd_names == "refused" and not _GOOD_NAME.fullmatch(name):
        raise Refused(404)


def check_text(text: str, collection: Collection, habits: Habits) -> str:
    """Return the UID of a text that may be stored in a collection; raise the refusal that it gets otherwise."""
    read = lines.read(text)
    calendar = _parsed(text, read)
    _check_kind(read, collection, habits)
    _check_values(read, habits)
    uid = _uid(read, habits)
    _check_zones(read)
    for event in calendar.walk("VEVENT"):
        _check_times(event, habits)
        _check_zone_of_series(event, calendar, habits)
    return uid


def _parsed(text: str, read: list[Line]) -> Component:
    """Return the text as components; 400 with a page when it is no iCalendar (A58)."""
    begun = [line.text.upper() for line in read if line.text.upper().startswith("BEGIN:")]
    ended = [line.text.upper() for line in read if line.text.upper().startswith("END:")]
    if not read or begun[:1] != ["BEGIN:VCALENDAR"] or len(begun) != len(ended) or any(not one.name for one in read):
        raise Refused(400, html=True)
    try:
        return Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError):
        raise Refused(400, html=True) from None


def _check_kind(read: list[Line], collection: Collection, habits: Habits) -> None:
    if any(line.name == "METHOD" and line.inside == ("VCALENDAR",) for line in read):
        raise Refused(habits.unnamed_refusal)
    kinds = {kind for line in read for kind in line.inside[1:2] if kind in _HOLDERS}
    if not kinds:
        raise Refused(400, html=True)
    if kinds - set(collection.components or ("VEVENT",)):
        raise Refused(403)  # tasks among events, and journals (A24)


def _check_values(read: list[Line], habits: Habits) -> None:
    for line in read:
        if line.of_event() and line.name == "STATUS" and line.value != line.value.upper():
            raise Refused(403)
        if line.inside[-1:] and line.inside[-1] in _HOLDERS and line.name in _STAMPS and not line.value.endswith("Z"):
            raise Refused(habits.unnamed_refusal)
    if sum(line.of_event() and line.name == "ATTENDEE" for line in read) > MOST_GUESTS:
        raise Refused(403)


def _uid(read: list[Line], habits: Habits) -> str:
    uids = {line.value.strip() for line in read if line.name == "UID" and line.inside[-1] in _HOLDERS}
    if len(uids) != 1:
        raise Refused(habits.unnamed_refusal)
    uid = uids.pop()
    if len(uid) > LONGEST_UID:
        raise Refused(404)
    return uid


def _check_zones(read: list[Line]) -> None:
    described = {line.value.strip() for line in read if line.name == "TZID" and line.inside[-1] == "VTIMEZONE"}
    named = {line.parameters["TZID"] for line in read if "TZID=" in line.text.upper() and "TZID" in line.parameters}
    if named - described:
        raise Refused(400)


def _check_times(event: Component, habits: Habits) -> None:
    if "DTSTART" not in event:
        raise Refused(400, html=True)
    if "DTEND" not in event and "DURATION" not in event:
        raise Refused(habits.no_end)
    all_day = not hasattr(event["DTSTART"].dt, "hour")
    if all_day and "DTEND" not in event and habits.day_with_duration == "404":
        raise Refused(404)


def _check_zone_of_series(event: Component, calendar: Component, habits: Habits) -> None:
    """Refuse a series whose VTIMEZONE says something else than its well-known name (A58)."""
    name = event["DTSTART"].params.get("TZID", "")
    if "RRULE" not in event or name not in available_timezones():
        return
    wall = event["DTSTART"].dt.replace(tzinfo=None)
    for zone in _zones(calendar, name):
        if wall.replace(tzinfo=zone.to_tz(lookup_tzid=False)).utcoffset() != ZoneInfo(name).utcoffset(wall):
            raise Refused(habits.unnamed_refusal)


def _zones(calendar: Component, name: str) -> Iterator[Component]:
    yield from (zone for zone in calendar.walk("VTIMEZONE") if zone.get("TZID") == name)
