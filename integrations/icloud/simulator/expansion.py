"""A series as the server expands it: with odd properties that no standard knows (A48)."""

from __future__ import annotations

from integrations.icloud.simulator import lines
from integrations.icloud.simulator.lines import Line
from integrations.icloud.simulator.occurrences import Span, master_of, occurrences

_OWN = frozenset("DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID".split())
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//caldav.icloud.com//CALDAVJ 2632B168//EN\r\n"


def expanded(text: str, window: Span) -> str:
    """Return one event for each slot in the window."""
    master = master_of(text)
    if master is None or "DTSTART" not in master:
        return _HEAD + "END:VCALENDAR\r\n"
    kept, first = _master_lines(text)
    said = "".join(_event(kept, first, span) for span in occurrences(master, window))
    return f"{_HEAD}{said}END:VCALENDAR\r\n"


def _master_lines(text: str) -> tuple[list[Line], dict[str, str]]:
    """Return the master's lines that every slot repeats, and its start and rule."""
    events: list[list[Line]] = []
    for line in lines.read(text):
        if line.text.upper() == "BEGIN:VEVENT":
            events.append([])
        if "VEVENT" in line.inside:
            events[-1].append(line)
    master = next(one for one in events if not any(line.name == "RECURRENCE-ID" for line in one))
    own = {line.name: line.value for line in master if line.of_event() and line.name in _OWN}
    return [line for line in master if not (line.of_event() and line.name in _OWN)], own


def _event(kept: list[Line], own: dict[str, str], span: Span) -> str:
    start, end = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in (span.start, span.end))
    added = [f"DTSTART:{start}", f"DTEND:{end}", f"RECURRENCE-ID:{start}", f"DTSTAMP:{start}"]
    if "RRULE" in own:
        added += ["X-EXPANDED:True", f"X-MASTER-DTSTART:{own['DTSTART']}", f"X-MASTER-RRULE:{own['RRULE']}"]
    said = [kept[0], *(Line(text, kept[0].inside) for text in added), *kept[1:]]
    return lines.write(said)
