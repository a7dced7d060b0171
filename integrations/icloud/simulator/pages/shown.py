"""What an iPhone's calendar shows: the occurrences of a stretch of days, each with its place in the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from integrations.icloud.simulator import handwriting, series
from integrations.icloud.simulator.handwriting import Moment
from integrations.icloud.simulator.phone import Item, Phone

Own = Callable[[str], bool]  # whether an address is the owner's


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event on one day, in the phone's zone. `slot` is what tells it from the others of its series."""

    item: Item
    title: str
    place: str
    start: Moment
    end: Moment  # exclusive
    slot: Moment
    repeats: bool
    mark: Literal["", "maybe", "off"]  # tentative; declined or cancelled

    @property
    def all_day(self) -> bool:
        """Return whether it has dates and no times."""
        return not isinstance(self.start, datetime)

    @property
    def address(self) -> str:
        """Return which occurrence it is, as it stands in an address."""
        return self.slot.isoformat()

    def touches(self, day: date) -> bool:
        """Return whether it can be seen on a day."""
        first = self.start.date() if isinstance(self.start, datetime) else self.start
        if isinstance(self.end, datetime):
            last = (self.end - timedelta(seconds=1)).date() if self.end > self.start else self.end.date()
        else:
            last = self.end - timedelta(days=1)
        return first <= day <= max(first, last)


def between(phone: Phone, zone: ZoneInfo, first: date, days: int) -> list[Occurrence]:
    """Return what is shown on so many days: whole days first, then by time. What cannot be read is left out."""
    start = datetime.combine(first, time(), zone)
    end, own = start + timedelta(days=days), phone.account.owns_address
    found = [one for item in phone.items() for one in _of(item, own, zone, start, end)]
    return sorted(found, key=lambda one: (not one.all_day, str(one.start), one.title))


def _of(item: Item, own: Own, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Occurrence]:
    read = _read(item.resource.text)
    if read is None:
        return
    master, query = read
    try:
        events = query.between(start, end)
    except Exception:  # noqa: BLE001 - whatever a client may have stored, the page is shown
        return
    for event in events:
        yield _shown(item, own, master, event, zone)


@lru_cache(maxsize=2_000)
def _read(text: bytes) -> tuple[icalendar.Event, Any] | None:
    """Return the master of a file and what finds its occurrences, or None when it cannot be read."""
    try:
        return handwriting.events(text)[0], recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    except (ValueError, IndexError):
        return None


def _shown(item: Item, own: Own, master: icalendar.Event, event: icalendar.Event, zone: ZoneInfo) -> Occurrence:
    slot = event.decoded("RECURRENCE-ID", event.start)
    return Occurrence(
        item,
        str(event.get("SUMMARY", "")) or "New Event",
        str(event.get("LOCATION", "")),
        local(event.start, zone),
        local(event.end, zone),
        slot,
        series.is_series(master),
        _mark(event, own),
    )


def _mark(event: icalendar.Event, own: Own) -> Literal["", "maybe", "off"]:
    """Return what the event's status, or its owner's own answer, makes of it."""
    said = {str(guest.params.get("PARTSTAT", "")) for guest in event.attendees if own(str(guest))}
    said.add(str(event.get("STATUS", "")))
    if said & {"DECLINED", "CANCELLED"}:
        return "off"
    return "maybe" if said & {"TENTATIVE", "NEEDS-ACTION"} else ""


def local(moment: Moment, zone: ZoneInfo) -> Moment:
    """Return a moment as the phone's clock has it; dates stay dates, floating times are its own."""
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
