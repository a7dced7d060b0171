"""Events whose text is wrong, odd, rewritten or huge, in reports and in GET alike."""

from __future__ import annotations

import re
from collections.abc import Callable

from integrations.icloud.simulator import handwriting
from integrations.icloud.simulator.kinds import multistatus
from integrations.icloud.simulator.kinds.kind import Shelf, Values, with_body
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()
_SOURCE = re.compile(r"^(DTSTART|DTEND|DTSTAMP|RRULE|UID)([^:\r\n]*):([^\r\n]*)\r?\n", re.MULTILINE)


def _each(change: Callable[[str, Values], str]) -> Callable[[Answer, Request, Values], Answer]:
    """Return what changes every event's text."""

    def altered(answer: Answer, _request: Request, values: Values) -> Answer:
        if "calendar" in answer.header("Content-Type"):
            return with_body(answer, change(answer.body.decode(), values).encode())
        return with_body(answer, multistatus.with_texts(answer.body, lambda text: change(text, values)))

    return altered


def _in_event(text: str, change: Callable[[str], str]) -> str:
    """Change the events alone, not the zones in front of them."""
    head, begin, event = text.partition("BEGIN:VEVENT")
    return head + change(begin + event) if begin else text


def _put(text: str, name: str, line: str) -> str:
    """Put another line in place of a property of the events."""
    return _in_event(
        text, lambda event: re.sub(rf"^{name}[;:][^\r\n]*(\r?\n[ \t][^\r\n]*)*", line, event, flags=re.MULTILINE)
    )


def _add(text: str, *lines: str) -> str:
    """Add lines to the first event, behind its UID."""
    extra = "".join(f"{line}\r\n" for line in lines)
    return _in_event(
        text,
        lambda event: re.sub(r"^(UID:[^\r\n]*\r?\n)", lambda uid: uid[1] + extra, event, count=1, flags=re.MULTILINE),
    )


def _bad_fold(text: str, _values: Values) -> str:
    """Break a long line without the blank that would make it a fold (as X-APPLE-STRUCTURED-LOCATION was met, A69)."""
    return _add(text, 'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Rozebroe', 'ken":geo:51.05,3.75')


def _without_zones(text: str, _values: Values) -> str:
    return re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r?\n", "", text, flags=re.DOTALL)


def _moved_zone(text: str, _values: Values) -> str:
    """Give each RECURRENCE-ID another zone's form of the same instant (A66)."""
    events = handwriting.events(text.encode())
    for event in events[1:]:
        handwriting.in_zone(event, "RECURRENCE-ID", "America/New_York")
    return handwriting.resource(*events).decode() if len(events) > 1 else text


def _orphan(text: str, _values: Values) -> str:
    """Turn the event into an override of a series that is not there."""
    start = next(
        (found for found in _SOURCE.finditer(text.partition("BEGIN:VEVENT")[2]) if found[1] == "DTSTART"), None
    )
    return _add(_put(text, "RRULE", "X-WAS-RRULE:1"), f"RECURRENCE-ID{start[2]}:{start[3]}") if start else text


def _end_first(text: str, _values: Values) -> str:
    return _put(text, "DTEND", "DTEND:19990101T000000Z")


def _huge(text: str, values: Values) -> str:
    return _add(text, "DESCRIPTION:" + "x" * values.get("size", 5_000_000))


def _rewritten(text: str, _values: Values) -> str:
    """Return the text as a device writes it anew: other order, other PRODID, default alarm (A59)."""
    events = handwriting.events(text.encode())
    for event in events:
        if not event.walk("VALARM"):
            event.add_component(handwriting.alarm(15, default=True))
    return (
        handwriting.resource(*events, prodid="-//caldav.icloud.com//CALDAVJ 2316B30//EN").decode() if events else text
    )


shelf.altered("ical-bad-fold", "a long line is broken without the blank of a fold", _each(_bad_fold))
shelf.altered("ical-no-zone", "TZIDs are used and no VTIMEZONE explains them", _each(_without_zones))
shelf.altered("ical-moved-zone", "RECURRENCE-ID is written in another zone than DTSTART", _each(_moved_zone))
shelf.altered("ical-orphan", "an override comes without its master", _each(_orphan))
shelf.altered("ical-two-stamps", "DTSTAMP stands twice", _each(lambda text, _v: _add(text, "DTSTAMP:20200101T000000Z")))
shelf.altered("ical-end-first", "DTEND lies before DTSTART", _each(_end_first))
shelf.altered(
    "ical-count-until",
    "RRULE has COUNT and UNTIL",
    _each(lambda text, _v: _put(text, "RRULE", "RRULE:FREQ=DAILY;COUNT=5;UNTIL=20301231T000000Z")),
)
shelf.altered(
    "ical-bomb",
    "RRULE repeats every second for ever",
    _each(lambda text, _v: _add(_put(text, "RRULE", "X-WAS-RRULE:1"), "RRULE:FREQ=SECONDLY")),
)
shelf.altered(
    "ical-nonsense",
    "the text is no calendar at all",
    _each(lambda _text, _v: "Dear customer,\r\nyour calendar is out of office.\r\n"),
)
shelf.altered(
    "ical-cut", "the text stops in the middle of the event", _each(lambda text, _v: text[: text.rfind("DTSTART") + 12])
)
shelf.altered("ical-bom", "a byte order mark stands in front of the text", _each(lambda text, _v: "\ufeff" + text))
shelf.altered("huge-event", "a description of `size` (5,000,000) characters", _each(_huge))
shelf.altered("rewritten", "every text is written anew: order, PRODID, an alarm", _each(_rewritten))
