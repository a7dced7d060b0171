"""A calendar resource: one UID, its master and its overrides, read by the fast path or else by the careful one."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import NamedTuple

from agenda.content import When
from agenda.ical import careful, plain, zones
from agenda.ical.errors import NotAnEvent, Unreadable
from agenda.ical.lines import NO_PARAMETERS, unfold, with_plain_breaks
from agenda.ical.moments import Moment, like, moment, slot, slot_name
from agenda.ical.vevent import Vevent, when

LARGEST = 4_000_000  # characters without attachments, with which iCloud allows 20 MB (A33)

_LARGE = 1_000_000  # above it attachments go first, for they are most of the text
_ATTACHMENT = re.compile(r"\nATTACH[;:][^\n]*+\n(?:[ \t][^\n]*+\n)*+")
_START = re.compile(r"^DTSTART([;][^:\n]*)?:(\d{8}(?:T\d{6}Z?)?)[ \t]*$", re.MULTILINE)
_END = re.compile(r"^DTEND([;][^:\n]*)?:(\d{8}(?:T\d{6}Z?)?)[ \t]*$", re.MULTILINE)
_TZID = re.compile(r';TZID="?([^";:]+)', re.IGNORECASE)


class Resource(NamedTuple):
    """Master and overrides. Without a master the first override that stands is put in its place: `orphaned`."""

    master: Vevent
    overrides: tuple[Vevent, ...] = ()  # in the order of their slots
    orphaned: bool = False
    place: int = 0  # of the master among the VEVENTs of the text

    @property
    def recurring(self) -> bool:
        """True for a series."""
        return self.orphaned or bool(self.overrides) or self.master.recurring


def parse(text: str) -> Resource:
    """Return the resource that text holds. Raises NotAnEvent and Unreadable, and nothing else."""
    if len(text) > _LARGE:
        text = _ATTACHMENT.sub("\n", text)
    if len(text) > LARGEST:
        raise Unreadable("The event is larger than 4 MB without its attachments.", salvage(text))
    events = plain.events(text)
    if events is None:
        events = _carefully(text)
    if not events:
        raise NotAnEvent("There is no event in this item.")
    return assemble(events)


def assemble(events: list[Vevent]) -> Resource:
    """Return the resource that some VEVENTs make.

    Of several masters, and of several overrides of one slot, the one with the highest SEQUENCE counts, else the last.
    """
    if len(events) == 1 and events[0].recurrence_id is None:
        return Resource(events[0])
    masters = [event for event in events if event.recurrence_id is None]
    first = _latest(masters) if masters else events[0]
    places = {id(event): place for place, event in enumerate(events)}
    overriding = sorted((event for event in events if event.recurrence_id is not None), key=attrgetter("sequence"))
    by_slot = {_slot(event, first): event for event in overriding}
    overrides = tuple(by_slot[name] for name in sorted(by_slot))
    if masters:
        return Resource(first, overrides, place=places[id(first)])
    stand_in = next((event for event in overrides if event.status != "CANCELLED"), overrides[0])
    return Resource(stand_in, overrides, orphaned=True, place=places[id(stand_in)])


def _latest(masters: list[Vevent]) -> Vevent:
    """Return the newest version of the first master, others of its UID being older ones that somebody left."""
    same = [event for event in masters if event.uid == masters[0].uid]
    return max(reversed(same), key=attrgetter("sequence"))


def _slot(event: Vevent, first: Vevent) -> str:
    return slot_name(slot(event.recurrence_id or event.start, first.start))


def _carefully(text: str) -> list[Vevent]:
    try:
        events = careful.events(text)
    except Exception as broken:  # whatever a parser does with hostile text: one item, never the run (fault row 28)
        raise Unreadable("The event is not valid iCalendar and could not be read.", salvage(text)) from broken
    if not events and "BEGIN:VCALENDAR" not in text.upper():
        raise Unreadable("The item is not an iCalendar text.")
    return events


def salvage(text: str) -> When | None:
    """Return the time of the first VEVENT of a broken text, as far as single lines can tell; None when they cannot."""
    body = unfold(with_plain_breaks(text[:200_000])).partition("BEGIN:VEVENT")[2]
    start, end = _legible(_START, body), _legible(_END, body)
    if start is None:
        return None
    try:
        found = when(start, like(end, start) if end is not None else start)
        return found if found.start < found.end else None
    except (TypeError, ValueError, OverflowError):
        return None


def _legible(pattern: re.Pattern[str], body: str) -> Moment | None:
    found = pattern.search(body)
    if found is None:
        return None
    tzid = _TZID.search(found[1] or "")
    given = {"TZID": tzid[1]} if tzid else NO_PARAMETERS
    try:
        return moment(found[2], given, zones.known)
    except (ValueError, OverflowError):
        return None
