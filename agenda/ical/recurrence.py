"""Series → spans inside a window: rules walked in wall time, then given their zone, exceptions and overrides."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from agenda.content import Busy, Expansion, Span, one_line
from agenda.ical import fence
from agenda.ical.errors import NotAnEvent, TooMuch, Unreadable
from agenda.ical.moments import slot, slot_name
from agenda.ical.occurrences import MOST, Exceptions, Window, occurrences
from agenda.ical.read import LONGEST_NOTES, LONGEST_TITLE, addresses, busy_of, declined_by
from agenda.ical.resource import Resource, parse, salvage
from agenda.ical.vevent import Vevent

__all__ = ["NotAnEvent", "TooMuch", "Unreadable", "expand", "expand_parsed"]


def expand(text: str, *, start: datetime, end: datetime, home: ZoneInfo, me: frozenset[str] = frozenset()) -> Expansion:
    """Return the spans of a resource that lie in [start, end), in order; cancelled and declined ones are left out.

    Dates and wall times are read in `home`. A single event gives one span. `complete` is False when the series may go
    on after the window. Raises TooMuch when the work or the number of spans passes its limit (under 2 s in all),
    NotAnEvent and Unreadable as `read` does.
    """
    return expand_parsed(parse(text), text, start=start, end=end, home=home, me=me)


def expand_parsed(
    resource: Resource, text: str, *, start: datetime, end: datetime, home: ZoneInfo, me: frozenset[str] = frozenset()
) -> Expansion:
    """Return what `expand` does for a text that was parsed already: large ones are dear to parse."""
    window = Window(start.astimezone(UTC), end.astimezone(UTC), home)
    try:
        return _expanded(resource, window, addresses(me))
    except TooMuch:
        raise
    except Exception as broken:  # one bad item never stops a run (fault row 28)
        raise Unreadable("The series could not be understood.", salvage(text)) from broken


def _expanded(resource: Resource, window: Window, mine: frozenset[str]) -> Expansion:
    exceptions = Exceptions.of(resource)
    own, complete = _own_spans(resource, exceptions, window, mine)
    others, all_inside = _override_spans(resource, exceptions, window, mine)
    found = sorted(own + others, key=itemgetter(0))
    if len(found) > MOST:
        raise TooMuch("The series has too many occurrences.")
    return Expansion(tuple(span for _, span in found), complete and all_inside)


Begun = tuple[datetime, Span]  # a span and the instant it begins


def _own_spans(
    resource: Resource, exceptions: Exceptions, window: Window, mine: frozenset[str]
) -> tuple[list[Begun], bool]:
    """Return what the master draws, and whether it draws nothing after the window."""
    if resource.orphaned:
        return [], True
    master, named = resource.master, resource.recurring
    found, complete = occurrences(master, exceptions, window)
    if master.status == "CANCELLED" or declined_by(master, mine):
        return [], complete
    busy = busy_of(master, mine)
    return [(begin, Span(time, slot_name(place) if named else "", busy)) for begin, time, place in found], complete


def _override_spans(
    resource: Resource, exceptions: Exceptions, window: Window, mine: frozenset[str]
) -> tuple[list[Begun], bool]:
    """Return what the overrides draw, by their own times, and whether they draw nothing after the window."""
    found: list[Begun] = []
    complete = True
    for event in resource.overrides:
        place = slot(event.recurrence_id or event.start, resource.master.start)
        if event.status == "CANCELLED" or declined_by(event, mine) or place in exceptions.slots:
            continue
        complete = complete and event.when.instants(window.home)[0] < window.end
        begin = window.begin_if_held(event.when)
        if begin is not None:
            found.append((begin, _override(event, resource.master, slot_name(place), busy_of(event, mine))))
    return found, complete


def _override(event: Vevent, master: Vevent, original: str, busy: Busy) -> Span:
    """Return the span of an override, with what it says otherwise than its master."""
    notes, usual = (fence.split(one.description)[0][:LONGEST_NOTES] for one in (event, master))
    return Span(
        when=event.when,
        recurrence_id=original,
        busy=busy,
        title=None if event.title == master.title else one_line(event.title[:LONGEST_TITLE]),
        place=None if event.place == master.place else event.place[:LONGEST_TITLE],
        notes=None if notes == usual else notes,
    )
