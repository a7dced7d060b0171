"""The fast path: a tokenizer for plain resources. It declines whatever it does not list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from agenda.ical import lines, zones
from agenda.ical.vevent import MANY, SINGLE, TEXTS, Fields, Line, Vevent, understand

#: Properties that say nothing to Halfpast.
_PASSED_OVER = frozenset(
    {"DTSTAMP", "CREATED", "CLASS", "PRIORITY", "CATEGORIES", "URL", "GEO", "COMMENT", "CONTACT", "COLOR"}
    | {"RELATED-TO", "ATTACH", "RESOURCES", "REQUEST-STATUS", "IMAGE", "CONFERENCE", "LINK", "CONCEPT", "REFID"}
)
_LINE = r"(?:[A-Za-z0-9-]+[;:]|[ \t])[^\r\n]*\r?\n"
_ZONES = rf"(?:BEGIN:VTIMEZONE\r?\n(?:(?!BEGIN:V|END:V){_LINE})*END:VTIMEZONE\r?\n)*"
_BEFORE = re.compile(rf"(?:BEGIN:VCALENDAR\r?\n(?:(?!BEGIN:|END:){_LINE})*)?{_ZONES}")
_AFTER = re.compile(rf"{_ZONES}(?:END:VCALENDAR)?(?:\r?\n)*")
_QUOTED = re.compile(r'([A-Za-z0-9-]+(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)
_ALARM = re.compile(r"\nBEGIN:VALARM(?:\n(?!BEGIN:|END:)[^\n]*)*\nEND:VALARM(?=\n|\Z)")
_HEAD, _TAIL = "BEGIN:VEVENT", "\nEND:VEVENT"
_BEGIN, _END = "BEGIN:VEVENT\n", "\nEND:VEVENT\n"
_TEXT, _SINGLE, _MANY, _NESTED, _PASS = range(5)
_KINDS = (
    dict.fromkeys(_PASSED_OVER, _PASS)
    | dict.fromkeys(SINGLE, _SINGLE)
    | dict.fromkeys(TEXTS, _TEXT)
    | dict.fromkeys(MANY, _MANY)
    | {"BEGIN": _NESTED}
)


class _Declined(Exception):
    """Something is not on the list: icalendar reads this resource."""


def events(text: str) -> list[Vevent] | None:
    """Return the VEVENTs of a plain resource, or None when the text holds anything out of the ordinary."""
    head, tail = text.find(_HEAD), text.rfind(_TAIL) + len(_TAIL)
    after = text.find("\n", tail) + 1
    if head < 0 or tail < head or not _is_plain_head(text[:head]) or not _AFTER.fullmatch(text, after):
        return None
    body = lines.unfold("\n".join(text[head:after].split("\r\n")))  # a third quicker than replace
    if "\r" in body or not body.endswith(_END):
        return None
    try:
        bodies = body[len(_BEGIN) : -len(_END)].split(_END + _BEGIN)
        return [understand(_fields(body), _zone) for body in bodies]
    except (_Declined, ValueError, OverflowError):
        return None


def _is_plain_head(head: str) -> bool:
    """Tell whether what stands before the events is plain; one without a calendar's name is looked at once."""
    return _is_known_head(head) if len(head) < 4_000 and "X-WR" not in head else bool(_BEFORE.fullmatch(head))


@lru_cache(maxsize=256)
def _is_known_head(head: str) -> bool:
    return bool(_BEFORE.fullmatch(head))


def _zone(tzid: str) -> ZoneInfo:
    zone = zones.known(tzid)
    if zone is None:
        raise _Declined
    return zone


def _fields(body: str) -> Fields:
    """Return the lines of one VEVENT, alarms left out."""
    texts: dict[str, str] = {}
    single: dict[str, Line] = {}
    many: dict[str, list[Line]] = {}
    if "BEGIN:VALARM" in body:
        body = _ALARM.sub("", f"\n{body}")[1:]
    kind_of, bare = _KINDS.get, lines.NO_PARAMETERS
    for line in body.split("\n"):
        head, colon, value = line.partition(":")
        kind, given = kind_of(head), bare
        if kind is None:
            if head[:2] != "X-":
                head, value, kind, given = _with_parameters(line, head, value)
            elif colon:
                continue
        if kind is None or kind is _NESTED or not colon:
            raise _Declined
        if kind is _TEXT:
            if head in texts or "ENCODING" in given:
                raise _Declined
            if not value.isprintable():
                value = lines.clean(value)
            texts[head] = lines.unescape(value) if "\\" in value else value
        elif kind is _SINGLE:
            if head in single:
                raise _Declined
            single[head] = (value, given)
        elif kind is _MANY:
            many.setdefault(head, []).append((value, given))
    return Fields(texts, single, many)


def _with_parameters(line: str, head: str, value: str) -> tuple[str, str, int | None, Mapping[str, str]]:
    """Return (name, value, kind, parameters) of a line with parameters or in small letters."""
    if '"' not in head and len(head) < 64 and head.startswith(("DT", "EXDATE", "RECURRENCE-ID")):
        name, kind, given = _time_head(head)
    else:
        if '"' in head:
            head, value = _quoted(line)
        name, kind, given = _split_head(head)
    return name, value, kind, given


def _split_head(head: str) -> tuple[str, int | None, Mapping[str, str]]:
    name, semicolon, written = head.partition(";")
    name = name.upper()
    kind = _KINDS.get(name, _PASS if name.startswith("X-") else None)
    given = lines.parameters(";" + written) if semicolon and kind not in (None, _PASS) else lines.NO_PARAMETERS
    return name, kind, given


_time_head = lru_cache(maxsize=1024)(_split_head)  # the same few zones, over and over; never anybody's name


def _quoted(line: str) -> tuple[str, str]:
    """Split a line with quoted parameters, which may hold colons and semicolons, into head and value."""
    found = _QUOTED.match(line)
    if found is None:
        raise _Declined
    return found[1], found[2]
