"""Events as clients send them."""

from __future__ import annotations

ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Brussels\r\n"
    "BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nDTSTART:19810329T020000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nDTSTART:19961027T030000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
START, END = "DTSTART:20261201T100000Z", "DTEND:20261201T110000Z"
ORGANISER = "ORGANIZER;CN=Alice:mailto:alice@icloud.example"
GUEST = "ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION:mailto:bob@example.com"


def event(uid: str = "one", *lines: str, start: str = START, end: str = END, before: str = "", kind: str = "VEVENT"):
    """Return an event; `before`: what stands in the calendar in front of it. An empty start or end is left out."""
    said = [f"UID:{uid}", "DTSTAMP:20261101T100000Z", start, end, *lines]
    return calendar(before + component(*said, kind=kind))


def component(*lines: str, kind: str = "VEVENT") -> str:
    return "\r\n".join([f"BEGIN:{kind}", *filter(None, lines), f"END:{kind}", ""])


def calendar(*inside: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\n{''.join(inside)}END:VCALENDAR\r\n"
