"""Text → EventContent: what an event says, for its owner."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from agenda.content import Busy, EventContent, one_line
from agenda.ical import fence, zones
from agenda.ical.errors import NotAnEvent, Unreadable
from agenda.ical.moments import Moment, slot, slot_name
from agenda.ical.resource import Resource, parse, salvage
from agenda.ical.vevent import Vevent

LONGEST_TITLE = 5_000  # characters of a title or place that are kept
LONGEST_NOTES = 100_000

__all__ = ["NotAnEvent", "Unreadable", "busy_of", "declined_by", "read"]


def read(text: str, *, me: frozenset[str] = frozenset()) -> EventContent:
    """Return what the resource says: the single event, or the master of a series.

    `me`: the owner's own calendar addresses, by which his answer to an invitation is found. Raises NotAnEvent when
    there is no VEVENT, Unreadable (with the time, if that was legible) for anything that cannot be understood.
    """
    return understood(text, me)[1]


def understood(text: str, me: frozenset[str] = frozenset()) -> tuple[Resource, EventContent]:
    """Return the resource and what it says, as `read` does."""
    resource = parse(text)
    try:
        return resource, content_of(resource, me)
    except Exception as broken:  # one bad item never stops a run (fault row 28)
        raise Unreadable("The event could not be understood.", salvage(text)) from broken


def content_of(resource: Resource, me: frozenset[str]) -> EventContent:
    """Return the content of a parsed resource."""
    master, others, mine = resource.master, resource.overrides, addresses(me) if me else me
    events = (master, *others)
    notes, inside = fence.split(master.description)
    return EventContent(
        uid=master.uid,
        when=master.when,
        title=one_line(master.title[:LONGEST_TITLE]),
        place=master.place[:LONGEST_TITLE],
        notes=notes[:LONGEST_NOTES],
        fence=inside[:LONGEST_NOTES],
        busy=busy_of(master, mine),
        cancelled=master.status == "CANCELLED",
        declined=declined_by(master, mine),
        series=series_of(resource, mine) if resource.recurring else "",
        guests=max([len(event.attendees) for event in events]) if others else len(master.attendees),
        invitation=invites(master, mine),
        modified=max([event.modified for event in events if event.modified], default=None)
        if others
        else master.modified,
    )


def busy_of(event: Vevent, mine: frozenset[str]) -> Busy:
    """Return what the event does to its owner's availability; an invitation he has not accepted is tentative."""
    if event.transparent:
        return Busy.FREE
    waiting = invites(event, mine) and _answer(event, mine) in ("TENTATIVE", "NEEDS-ACTION")
    return Busy.TENTATIVE if waiting or event.status == "TENTATIVE" else Busy.BUSY


def declined_by(event: Vevent, mine: frozenset[str]) -> bool:
    """Tell whether the owner himself has declined."""
    return _answer(event, mine) == "DECLINED"


def invites(event: Vevent, mine: frozenset[str]) -> bool:
    """Tell whether somebody else organises the event; an owner without known addresses organises none."""
    return event.organiser is not None and not _is_mine(*event.organiser, mine)


def addresses(me: frozenset[str]) -> frozenset[str]:
    """Return calendar addresses in the one form in which they are compared."""
    return frozenset(_address(one) for one in me)


def _address(written: str) -> str:
    return written.strip().lower().removeprefix("mailto:").rstrip("/")


def _is_mine(value: str, given: object, mine: frozenset[str]) -> bool:
    mail = given.get("EMAIL", "") if hasattr(given, "get") else ""
    return _address(value) in mine or bool(mail and _address(mail) in mine)


def _answer(event: Vevent, mine: frozenset[str]) -> str:
    if not mine:
        return ""
    for value, given in event.attendees:
        if _is_mine(value, given, mine):
            return given.get("PARTSTAT", "NEEDS-ACTION").upper()
    return ""


def series_of(resource: Resource, mine: frozenset[str]) -> str:
    """Return rules, exceptions and overrides in one order, without what servers change by themselves."""
    master = resource.master
    said = {
        "zone": _zone_of(master.start),
        "rules": sorted(master.rules),
        "not": sorted(master.exclusion_rules),
        "also": sorted({_extra(start, length, master) for start, length in master.extra}),
        "except": sorted({slot_name(slot(one, master.start)) for one in master.excluded}),
        "overrides": [_override(event, master, mine) for event in resource.overrides],
    }
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False, sort_keys=True)


def _extra(start: Moment, length: timedelta | None, master: Vevent) -> str:
    name = slot_name(slot(start, master.start))
    return name if length is None else f"{name}/{length.total_seconds():.0f}"


def _override(event: Vevent, master: Vevent, mine: frozenset[str]) -> list[str]:
    notes = "\n".join(line.rstrip() for line in fence.split(event.description)[0].split("\n")).strip()
    original = slot_name(slot(event.recurrence_id or event.start, master.start))
    gone = "cancelled" if event.status == "CANCELLED" else "declined" if declined_by(event, mine) else ""
    return [
        original,
        event.when.canonical(),
        one_line(event.title).strip(),
        event.place.strip(),
        notes,
        busy_of(event, mine),
        gone,
    ]


def _zone_of(start: Moment) -> str:
    """Return what decides on later occurrences' instants: the zone's name, a private one's offsets over two years."""
    if not isinstance(start, datetime) or start.tzinfo is None:
        return ""
    name = zones.name_of(start.tzinfo)
    if name:
        return name
    months = (datetime(start.year + ahead, month, 1, tzinfo=start.tzinfo) for ahead in (0, 1) for month in range(1, 13))
    return ",".join(f"{(month.utcoffset() or timedelta(0)).total_seconds():.0f}" for month in months)
