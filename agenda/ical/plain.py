"""The fast path: a tokenizer for plain resources. It declines whatever it does not list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
_QUOTED = re.compile(r'([A-Za-z0-9-]+(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)
_HEAD, _TAIL = "BEGIN:VEVENT\n", "\nEND:VEVENT"
_TEXT, _TIME, _MANY, _BEGIN, _PASS = range(5)
_KINDS = (
    dict.fromkeys(_PASSED_OVER, _PASS)
    | dict.fromkeys(SINGLE, _TIME)
    | dict.fromkeys(TEXTS, _TEXT)
    | dict.fromkeys(MANY, _MANY)
    | {"BEGIN": _BEGIN}
)


class _Declined(Exception):
    """Something is not on the list: icalendar reads this resource."""


def events(text: str) -> list[Vevent] | None:
    """Return the VEVENTs of a plain resource, or None when the text holds anything out of the ordinary."""
    text = lines.unfold(text.replace("\r\n", "\n"))
    if "\r" in text:
        return None
    head = text.find(_HEAD)
    tail = text.rfind(_TAIL)
    if head < 0 or tail < head or not _OUTSIDE.fullmatch(text, 0, head):
        return None
    if not _AFTER.fullmatch(text, tail + len(_TAIL)):
        return None
    try:
        bodies = text[head + len(_HEAD) : tail].split("\nEND:VEVENT\nBEGIN:VEVENT\n")
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
    single, many = fields.single, fields.many
    content = iter(body.split("\n"))
    for line in content:
        head, colon, value = line.partition(":")
        kind, given = _KINDS.get(head), lines.NO_PARAMETERS
        if kind is None:
            head, value, given = _with_parameters(line, head, value)
            kind = _KINDS.get(head, _PASS if head.startswith("X-") else None)
        if kind is None or not colon:
            raise _Declined
        if kind is _PASS:
            continue
        if kind is _MANY:
            many.setdefault(head, []).append((value, given))
        elif kind is _BEGIN:
            _skip_alarm(value, content)
        elif head in single:
            raise _Declined
        else:
            single[head] = (lines.unescape(value) if kind is _TEXT else value, given)
    return fields


def _with_parameters(line: str, head: str, value: str) -> tuple[str, str, Mapping[str, str]]:
    """Return (name, value, parameters) of a line with parameters, or in small letters; of X- properties the name."""
    if '"' in head and not head[:2].upper() == "X-":
        head, value = _quoted(line)
    name, semicolon, written = head.partition(";")
    name = name.upper()
    known = name in _KINDS and _KINDS[name] is not _PASS
    return name, value, lines.parameters(";" + written) if semicolon and known else lines.NO_PARAMETERS


def _quoted(line: str) -> tuple[str, str]:
    """Split a line with quoted parameters, which may hold colons and semicolons, into head and value."""
    found = _QUOTED.match(line)
    if found is None:
        raise _Declined
    return found[1], found[2]


def _skip_alarm(value: str, content: Iterator[str]) -> None:
    if value != "VALARM":
        raise _Declined
    for line in content:
        if line == "END:VALARM":
            return
        if line.startswith(("BEGIN:", "END:")):
            raise _Declined
    raise _Declined
