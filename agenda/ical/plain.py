"""The fast path: a tokenizer for plain resources. It declines whatever it does not list."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from agenda.ical import lines, zones
from agenda.ical.vevent import MANY, SINGLE, TEXTS, Fields, Vevent, understand

#: Properties that say nothing to Halfpast.
_PASSED_OVER = frozenset(
    {"DTSTAMP", "CREATED", "SEQUENCE", "CLASS", "PRIORITY", "CATEGORIES", "URL", "GEO", "COMMENT", "CONTACT", "COLOR"}
    | {"RELATED-TO", "ATTACH", "RESOURCES", "REQUEST-STATUS", "IMAGE", "CONFERENCE"}
)
_OUTSIDE = re.compile(
    r"BEGIN:VCALENDAR\n(?:(?!BEGIN:|END:)[A-Za-z0-9-]+[;:][^\n]*\n)*"
    r"(?:BEGIN:VTIMEZONE\n(?:(?!BEGIN:V|END:V)[A-Za-z0-9-]+[;:][^\n]*\n)*END:VTIMEZONE\n)*"
)
_AFTER = re.compile(
    r"\n(?:BEGIN:VTIMEZONE\n(?:(?!BEGIN:V|END:V)[A-Za-z0-9-]+[;:][^\n]*\n)*END:VTIMEZONE\n)*END:VCALENDAR\n*"
)
_BEGIN, _END = "BEGIN:VEVENT\n", "\nEND:VEVENT"


class _Declined(Exception):
    """Something is not on the list: icalendar reads this resource."""


def events(text: str) -> list[Vevent] | None:
    """Return the VEVENTs of a plain resource, or None when the text holds anything out of the ordinary."""
    text = lines.unfold(text.replace("\r\n", "\n"))
    if "\r" in text:
        return None
    head = text.find(_BEGIN)
    tail = text.rfind(_END)
    if head < 0 or tail < head or not _OUTSIDE.fullmatch(text, 0, head):
        return None
    if not _AFTER.fullmatch(text, tail + len(_END)):
        return None
    try:
        bodies = text[head + len(_BEGIN) : tail].split("\nEND:VEVENT\nBEGIN:VEVENT\n")
        return [understand(_fields(body), _zone) for body in bodies]
    except (_Declined, ValueError, OverflowError):
        return None


def _zone(tzid: str) -> ZoneInfo:
    zone = zones.known(tzid)
    if zone is None:
        raise _Declined
    return zone


def _fields(body: str) -> Fields:
    """Return the lines of one VEVENT, alarms left out."""
    fields = Fields()
    single = fields.single
    content = iter(body.split("\n"))
    for line in content:
        head, colon, value = line.partition(":")
        name, semicolon, written = head.partition(";")
        name = name.upper()
        if name in SINGLE:
            if '"' in head:
                head, value = _quoted(line)
                written = head.partition(";")[2]
            if name in single or not colon:
                raise _Declined
            given = lines.parameters(";" + written) if semicolon else lines.NO_PARAMETERS
            single[name] = (lines.unescape(value) if name in TEXTS else value, given)
        elif name in MANY:
            if '"' in head:
                head, value = _quoted(line)
                written = head.partition(";")[2]
            given = lines.parameters(";" + written) if semicolon else lines.NO_PARAMETERS
            fields.many.setdefault(name, []).append((value, given))
        elif name == "BEGIN":
            _skip_alarm(value, content)
        elif not colon or not (name in _PASSED_OVER or name.startswith("X-")):
            raise _Declined
    return fields


def _quoted(line: str) -> tuple[str, str]:
    """Split a line with quoted parameters, which may hold colons and semicolons, into head and value."""
    found = _QUOTED.match(line)
    if found is None:
        raise _Declined
    return found[1], found[2]


_QUOTED = re.compile(r'([A-Za-z0-9-]+(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)


def _skip_alarm(value: str, content: object) -> None:
    if value != "VALARM":
        raise _Declined
    for line in content:  # type: ignore[attr-defined]
        if line == "END:VALARM":
            return
        if line.startswith(("BEGIN:", "END:")):
            raise _Declined
    raise _Declined
