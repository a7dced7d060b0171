"""A diary: events of one person as files, in his own zone, around a given week."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from integrations.icloud.simulator import handwriting

Person = tuple[str, str]  # name, address


@dataclass(frozen=True, slots=True)
class Event:
    """One file of a calendar. `delivered`: an invitation that iCloud itself brought."""

    name: str
    text: bytes
    delivered: bool = False


@dataclass(slots=True)
class Diary:
    """Writes down what one person has, in his own zone, around the week of `today`."""

    owner: Person
    today: date
    zone: str = "Europe/Brussels"
    _count: int = field(default=0, repr=False)

    @property
    def monday(self) -> date:
        """Return the first day of the week."""
        return self.today - timedelta(days=self.today.weekday())

    def at(self, day: int, clock: str, zone: str = "") -> datetime:
        """Return a wall time, `day` days after Monday."""
        on = datetime.combine(self.monday + timedelta(days=day), time.fromisoformat(clock))
        return on.replace(tzinfo=ZoneInfo(zone or self.zone))

    def uid(self) -> str:
        """Return the next UID: the same in each run for the same owner."""
        self._count += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.owner[1]}/{self._count}")).upper()

    def timed(self, title: str, day: int, start: str, end: str, **more: Any) -> Event:
        """Return an event at wall times."""
        return self.file(self.written(title, self.at(day, start), self.at(day, end), **more))

    def days(self, title: str, day: int, count: int, **more: Any) -> Event:
        """Return an all-day event of so many days."""
        first = self.monday + timedelta(days=day)
        return self.file(self.written(title, first, first + timedelta(days=count), **more))

    def written(self, title: str, start: date, end: date, *, uid: str = "", **more: Any) -> icalendar.Event:
        """Return an event, not in a file yet; it was made some weeks ago."""
        made = datetime.combine(self.monday - timedelta(days=20), time(9), UTC)
        return handwriting.event(title, start, end, uid=uid or self.uid(), now=made, **more)

    def file(self, *parts: icalendar.Event, delivered: bool = False) -> Event:
        """Return a file; it is named by its UID, as Apple's devices do."""
        return Event(f"{parts[0]['UID']}.ics", handwriting.resource(*parts), delivered)

    def invitation(self, event: icalendar.Event, organiser: Person, answer: str, *others: Person) -> icalendar.Event:
        """Add an organiser, other guests who come, and the owner with his answer (a PARTSTAT)."""
        event.add("ORGANIZER", address(organiser))
        event.add("ATTENDEE", address(organiser, PARTSTAT="ACCEPTED", ROLE="CHAIR"))
        for one in others:
            event.add("ATTENDEE", address(one, PARTSTAT="ACCEPTED", ROLE="REQ-PARTICIPANT"))
        if self.owner != organiser:
            event.add("ATTENDEE", address(self.owner, PARTSTAT=answer, ROLE="REQ-PARTICIPANT"))
        return event


def address(person: Person, **parameters: str) -> icalendar.vCalAddress:
    """Return an ORGANIZER's or ATTENDEE's value."""
    name, address = person
    written = icalendar.vCalAddress(f"mailto:{address}")
    facts = {"CN": name, "EMAIL": address, **({"CUTYPE": "INDIVIDUAL"} if parameters else {}), **parameters}
    for key, value in facts.items():
        written.params[key] = value
    return written
