"""What a person does on a telephone: events are written anew, with titles that keep their tag."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_PROPERTY = {"title": "SUMMARY", "place": "LOCATION", "notes": "DESCRIPTION"}
_FENCE = "— Halfpast: please write above this line"


def stamp(moment: datetime) -> str:
    """Return an instant as iCalendar writes it."""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def event(uid: str, title: str, start: datetime, *, kind: str, now: datetime) -> str:
    """Return a new event's text. `kind`: single, series, all day, past."""
    end = start + timedelta(hours=1)
    if kind == "all day":
        times = [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}"]
    else:
        times = [f"DTSTART:{stamp(start)}", f"DTEND:{stamp(end)}"]
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//phone//EN", "BEGIN:VEVENT", f"UID:{uid}"),
        *(f"DTSTAMP:{stamp(now)}", f"LAST-MODIFIED:{stamp(now)}", *times, f"SUMMARY:{title}"),
        *(["RRULE:FREQ=WEEKLY;COUNT=6"] if kind == "series" else []),
        *("X-PHONE-KEEPS:this", "END:VEVENT", "END:VCALENDAR"),
    ]
    return "\r\n".join(lines) + "\r\n"


def said(text: str, name: str) -> str:
    """Return the value of the first property of this name in the event, or ""."""
    inside = _unfolded(text).partition("BEGIN:VEVENT")[2]
    found = re.search(rf"^{name}(?:;[^:\r\n]*)?:(.*)$", inside, re.MULTILINE)
    return found[1].strip() if found else ""


def start_of(text: str) -> datetime | None:
    """Return when an event starts that says so in UTC, else None."""
    value = said(text, "DTSTART")
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if value.endswith("Z") else None


def reworded(text: str, group: str, word: str, now: datetime) -> str:
    """Return the text with one field group saying `word`; notes keep what stands below the line."""
    name = _PROPERTY[group]
    if group == "notes":
        old = said(text, name)
        below = old[old.index(_FENCE) :] if _FENCE in old else ""
        word = f"{word}\\n\\n{below}" if below else word
    return _set(_set(text, name, f"{name}:{word}"), "LAST-MODIFIED", f"LAST-MODIFIED:{stamp(now)}")


def moved(text: str, start: datetime, now: datetime) -> str:
    """Return the text with the event an hour long from `start` on (or on that day, if it is an all-day event)."""
    if "DTSTART;VALUE=DATE:" in text:
        times = (f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}")
    else:
        times = (f"DTSTART:{stamp(start)}", f"DTEND:{stamp(start + timedelta(hours=1))}")
    text = _set(_set(text, "DTSTART", times[0]), "DTEND", times[1])
    return _set(text, "LAST-MODIFIED", f"LAST-MODIFIED:{stamp(now)}")


def repeated(text: str, now: datetime) -> str:
    """Return the text as a weekly series of four."""
    text = _set(text, "RRULE", "RRULE:FREQ=WEEKLY;COUNT=4")
    return _set(text, "LAST-MODIFIED", f"LAST-MODIFIED:{stamp(now)}")


def _unfolded(text: str) -> str:
    return re.sub(r"\r?\n[ \t]", "", text).replace("\r\n", "\n")


def _set(text: str, name: str, line: str) -> str:
    """Replace a property of the event, or add it at its end."""
    head, mark, rest = _unfolded(text).partition("BEGIN:VEVENT")
    body, end, tail = rest.partition("END:VEVENT")
    found = re.compile(rf"^{name}[;:].*$", re.MULTILINE)
    body = found.sub(lambda _: line, body, count=1) if found.search(body) else f"{body}{line}\n"
    return (head + mark + body + end + tail).replace("\n", "\r\n")
