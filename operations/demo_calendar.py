"""The demo's calendars, written straight into Radicale's folder before it starts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

_CALENDARS = {"Halfpast": "#2f6fde", "Personal": "#8e8e93", "Family": "#63c132"}
_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Brussels\r\n"
    "BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nDTSTART:19810329T020000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nDTSTART:19961027T030000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def write(folder: Path, users: list[str], today: date) -> None:
    """Write each user's calendars below `folder`, once: what is there is left alone."""
    for user in users:
        for name, colour in _CALENDARS.items():
            calendar = folder / "collection-root" / user / name.lower()
            if calendar.exists():
                continue
            calendar.mkdir(mode=0o700, parents=True)
            for lines in _events(name, today):
                uid = str(uuid.uuid4())
                (calendar / f"{uid}.ics").write_bytes(_resource(uid, lines).encode())
            _describe(calendar, name, colour)


def _describe(calendar: Path, name: str, colour: str) -> None:
    properties = {
        "tag": "VCALENDAR",
        "D:displayname": name,
        "ICAL:calendar-color": colour,
        "C:supported-calendar-component-set": "VEVENT",
    }
    (calendar / ".Radicale.props").write_text(json.dumps(properties))


def _resource(uid: str, lines: list[str]) -> str:
    """Return one event as a file."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Halfpast//Demo//EN"]
    body = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(head) + "\r\n" + (_ZONE if "TZID=" in "".join(lines) else "") + "\r\n".join(body)


def _events(calendar: str, today: date) -> Iterator[list[str]]:
    """Yield the events of one calendar, around the week of `today`."""
    monday = today - timedelta(days=today.weekday())
    if calendar == "Personal":
        yield from _personal(monday)
    if calendar == "Family":
        yield from _family(monday)


def _personal(monday: date) -> Iterator[list[str]]:
    for week in range(6):
        start = monday + timedelta(weeks=week)
        yield _timed("Dentist" if week % 2 else "Physiotherapist", start, 1, "09:00", "09:45", "LOCATION:Mechelen")
        yield _timed("Lunch with Sofie", start, 3, "12:15", "13:30", "STATUS:TENTATIVE")
        yield _timed("Guitar lesson", start, 4, "17:30", "18:30")
    yield _timed("Gym", monday, 0, "07:00", "08:00", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR")
    yield _timed("Podcast on the train", monday, 2, "08:15", "08:50", "TRANSP:TRANSPARENT")
    yield _dates("City trip to Ghent", monday + timedelta(days=12), 2)


def _family(monday: date) -> Iterator[list[str]]:
    yield _timed("Pick up the children", monday, 1, "16:00", "16:30", "RRULE:FREQ=WEEKLY;BYDAY=TU,TH")
    yield _dates("Mum's birthday", monday + timedelta(days=3), 1, "TRANSP:TRANSPARENT", "RRULE:FREQ=YEARLY")
    yield _timed("Parents' evening", monday, 9, "19:00", "21:00", "LOCATION:School")
    yield _dates("School holiday", monday + timedelta(days=21), 5)


def _timed(title: str, monday: date, day: int, start: str, end: str, *more: str) -> list[str]:
    """Return an event at Brussels wall times, `day` days after `monday`."""
    on = f"{monday + timedelta(days=day):%Y%m%d}"
    first, last = (f"TZID=Europe/Brussels:{on}T{at.replace(':', '')}00" for at in (start, end))
    return [f"SUMMARY:{title}", f"DTSTART;{first}", f"DTEND;{last}", *more]


def _dates(title: str, first: date, days: int, *more: str) -> list[str]:
    """Return an all-day event of so many days."""
    end = first + timedelta(days=days)
    return [f"SUMMARY:{title}", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}", *more]
