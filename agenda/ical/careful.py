"""The careful path: what is complicated or broken, read by icalendar.

It gets the VEVENTs alone, without alarms and time zones: an alarm it dislikes would cost the event, and it keeps zones
for the whole process (see privatezone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from icalendar import Component
from icalendar.prop import vBroken

from agenda.ical import lines, zones
from agenda.ical.privatezone import Zones
from agenda.ical.quoted import unquoted
from agenda.ical.vevent import MANY, SINGLE, TEXTS, Fields, Vevent, understand

LARGEST = 600_000  # characters for icalendar, which takes about a second for them

_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_TZID = re.compile(r";TZID=", re.IGNORECASE)  # hidden, or icalendar would look the zone up itself
_COLON = re.compile(r';TZID=([^";:]+:[^";]*?)(?=:\d{8}(?:[T,]|$))', re.IGNORECASE)  # "GMT+01:00", not quoted
_WANTED = SINGLE | TEXTS | MANY


def events(text: str) -> list[Vevent]:
    """Return the VEVENTs of a resource, none when it has none. Raises whatever a hopeless text makes happen."""
    text = unquoted(lines.unfold(lines.with_plain_breaks(text)))
    body = "".join(f"{line}\n" for line in _wanted_lines(text))
    if not body:
        return []
    if len(body) > LARGEST:
        raise ValueError("too large")
    # Bytes, because icalendar takes a short str for the path of a file to read.
    calendar = Component.from_ical(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n".encode(errors="replace"))
    private = Zones(text)
    return [
        understand(_fields(event), lambda tzid: zones.known(tzid) or private.get(tzid) or zones.by_offset(tzid))
        for event in _events_of(calendar)
    ]


def _events_of(calendar: Component) -> list[Component]:
    return [component for component in calendar.subcomponents if component.name == "VEVENT"]


def _wanted_lines(text: str) -> Iterator[str]:
    """Yield the lines of VEVENTs that matter, without what is nested in them; an unended VEVENT ends with the text."""
    inside, nested = False, 0
    for line in text.split("\n"):
        upper = line[:16].upper().strip()
        if not inside:
            inside = upper == "BEGIN:VEVENT"
            if inside:
                yield "BEGIN:VEVENT"
        elif upper.startswith("BEGIN:"):
            nested += 1
        elif upper.startswith("END:"):
            inside = nested > 0 and upper not in ("END:VEVENT", "END:VCALENDAR")
            nested = nested - 1 if inside else 0
            if not inside:
                yield "END:VEVENT"
        elif not nested:
            name = _NAME.match(line)
            if name and name[0].upper() in _WANTED:
                yield line if name[0].upper() in TEXTS else _TZID.sub(";X-TZID=", _COLON.sub(r';TZID="\1"', line))
    if inside:
        yield "END:VEVENT"


def _fields(event: Component) -> Fields:
    fields = Fields()
    for name, value in _properties(event):
        given = _parameters(value)
        if name in MANY:
            fields.many.setdefault(name, []).append((_as_written(value), given))
        elif name in TEXTS:
            fields.texts.setdefault(name, lines.clean(_as_written(value) if name == "DURATION" else str(value)))
        elif name in SINGLE:
            fields.single.setdefault(name, (_as_written(value), given))
    return fields


def _properties(event: Component) -> Iterator[tuple[str, Any]]:
    for name, found in event.items():
        for value in found if isinstance(found, list) else [found]:
            yield name, value


def _parameters(value: Any) -> Mapping[str, str]:
    given = getattr(value, "params", None) or {}
    said = {"TZID" if name.upper() == "X-TZID" else name.upper(): value for name, value in given.items()}
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in said.items()}


def _as_written(value: Any) -> str:
    """Return a value's text; of one that icalendar found broken its raw text, which it would escape."""
    written = str(value) if isinstance(value, vBroken) else value.to_ical()
    return written.decode() if isinstance(written, bytes) else str(written)
