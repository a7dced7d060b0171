"""An iPhone on the same account: it writes through the world's doors, as Apple's devices do over theirs (C15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import icalendar

from integrations.icloud.simulator import handwriting, series
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.diary import address
from integrations.icloud.simulator.handwriting import Moment
from integrations.icloud.simulator.series import Events
from integrations.icloud.simulator.world import World


@dataclass(frozen=True, slots=True)
class Item:
    """Where an event is: its calendar and the name of its file there."""

    calendar: Collection
    name: str

    @property
    def resource(self) -> Resource:
        """Return what is stored; KeyError when it is gone."""
        return self.calendar.resources[self.name]

    @property
    def text(self) -> str:
        """Return the text that is stored."""
        return self.resource.text.decode()

    @property
    def events(self) -> Events:
        """Return the master and the changed occurrences."""
        return handwriting.events(self.resource.text)


class Phone:
    """Somebody's iPhone. `default_alarm`: minutes before the start, added to what it makes; None adds none."""

    def __init__(self, world: World, account: Account, *, default_alarm: int | None = None) -> None:
        """Sign in."""
        self.world, self.account, self.default_alarm = world, account, default_alarm

    @property
    def now(self) -> datetime:
        """Return the time on the phone."""
        return datetime.fromtimestamp(self.world.clock(), UTC)

    # looking

    @property
    def calendars(self) -> list[Collection]:
        """Return the calendars with events, in the account's order."""
        found = [one for one in self.account.collections.values() if one.kind == "calendar"]
        return sorted((one for one in found if one.components in (None, ("VEVENT",))), key=lambda one: one.order)

    def items(self) -> list[Item]:
        """Return every event of every calendar."""
        with self.world.lock:
            return [Item(calendar, name) for calendar in self.calendars for name in calendar.resources]

    def find(self, title: str) -> Item:
        """Return the event of this title; LookupError when there is none."""
        for item in self.items():
            if any(str(event.get("SUMMARY", "")) == title for event in item.events):
                return item
        raise LookupError(title)

    # single events

    def create(self, calendar: Collection, title: str, start: Moment, end: Moment, **more: Any) -> Item:
        """Add an event; `more` as `series.change` takes it. Dates make it all-day, with the end exclusive."""
        event = handwriting.event(title, start, end, uid=handwriting.new_uid(), now=self.now)
        series.change(event, more)
        if self.default_alarm is not None:
            event.add_component(handwriting.alarm(self.default_alarm, default=True))
        return self._store(calendar, f"{event['UID']}.ics", [event])

    def edit(self, item: Item, **changes: Any) -> Item:
        """Change an event, or a whole series; `changes` as `series.change` takes them."""
        return self._rewrite(item, lambda events: _first(events, lambda event: series.change(event, changes)))

    def delete(self, item: Item) -> None:
        """Delete an event, or a whole series."""
        self.world.delete(item.calendar, item.name)

    def drag(self, item: Item, to: Collection) -> Item:
        """Move an event to another calendar: deleted here and stored there in the same second, under the same UID."""
        with self.world.lock:
            there = item.resource
            self.world.delete(item.calendar, item.name)
            self.world.put(to, item.name, there.text, delivered=there.delivered)
            return Item(to, item.name)

    def duplicate(self, item: Item) -> Item:
        """Copy an event, into the same calendar."""
        events, uid = item.events, handwriting.new_uid()
        for event in events:
            handwriting.put(event, "UID", uid)
            handwriting.touch(event, self.now)
        return self._store(item.calendar, f"{uid}.ics", events)

    def change_zone(self, item: Item, zone: str, *, same_instant: bool = False) -> Item:
        """Put an event into another time zone: at the same clock there, or at the same instant."""

        def change(event: icalendar.Event) -> None:
            series.change_zone(event, zone, same_instant=same_instant)

        return self._rewrite(item, lambda events: _first(events, change))

    # series

    def delete_occurrence(self, item: Item, occurrence: Moment) -> Item:
        """Delete one occurrence of a series."""
        return self._rewrite(item, lambda events: series.leave_out(events, occurrence))

    def delete_future(self, item: Item, occurrence: Moment) -> Item:
        """Delete an occurrence and all that follow."""
        return self._rewrite(item, lambda events: series.end_before(events, occurrence))

    def override(self, item: Item, occurrence: Moment, **changes: Any) -> Item:
        """Change one occurrence alone."""
        return self._rewrite(item, lambda events: series.override(events, occurrence, changes))

    def split_series(self, item: Item, occurrence: Moment, **changes: Any) -> Item:
        """Change an occurrence and all that follow; return the new series."""
        with self.world.lock:
            earlier, later = series.divide(item.events, occurrence, changes)
            self._rewrite(item, lambda _events: earlier)
            return self._store(item.calendar, f"{later[0]['UID']}.ics", later)

    # alarms

    def add_default_alarm(self, item: Item, minutes: int = 15) -> Item:
        """Add the device's own alarm, as it does by itself when it shows an event (A69)."""
        return self._rewrite(
            item,
            lambda events: _first(events, lambda one: one.add_component(handwriting.alarm(minutes, default=True))),
            edited=False,
        )

    def acknowledge(self, item: Item) -> Item:
        """Dismiss the event's alarms."""
        return self._rewrite(
            item, lambda events: _first(events, lambda one: series.acknowledge(one, self.now)), edited=False
        )

    # people

    def invite(self, item: Item, *guests: str) -> Item:
        """Invite people by address; iCloud mails them."""

        def add(event: icalendar.Event) -> None:
            own = (self.account.full_name, self.account.apple_id)
            if "ORGANIZER" not in event:
                event.add("ORGANIZER", address(own))
                event.add("ATTENDEE", address(own, PARTSTAT="ACCEPTED", ROLE="CHAIR"))
            for guest in guests:
                name = guest.partition("@")[0]
                event.add("ATTENDEE", address((name, guest), PARTSTAT="NEEDS-ACTION", RSVP="TRUE"))

        return self._rewrite(item, lambda events: _first(events, add))

    def answer(self, item: Item, partstat: str) -> Item:
        """Answer an invitation: ACCEPTED, TENTATIVE or DECLINED; iCloud tells the organiser."""

        def say(event: icalendar.Event) -> None:
            for guest in event.attendees:
                if self.account.owns_address(str(guest)):
                    guest.params["PARTSTAT"] = partstat

        return self._rewrite(item, lambda events: _first(events, say), edited=False)

    def receive(self, calendar: Collection, organiser: str, title: str, start: Moment, end: Moment) -> Item:
        """Let somebody else invite the owner: iCloud delivers it into a calendar."""
        event = handwriting.event(title, start, end, uid=handwriting.new_uid(), now=self.now)
        host = (organiser.partition("@")[0], organiser)
        event.add("ORGANIZER", address(host))
        event.add("ATTENDEE", address(host, PARTSTAT="ACCEPTED", ROLE="CHAIR"))
        own = (self.account.full_name, self.account.apple_id)
        event.add("ATTENDEE", address(own, PARTSTAT="NEEDS-ACTION", RSVP="TRUE"))
        return self._store(calendar, f"{event['UID']}.ics", [event], delivered=True)

    # writing

    def _rewrite(self, item: Item, change: Callable[[Events], Events], *, edited: bool = True) -> Item:
        """Read, change and store an event; `edited`: the person changed it, not the device."""
        with self.world.lock:
            events = change(item.events)
            for event in events if edited else ():
                handwriting.touch(event, self.now)
            return self._store(item.calendar, item.name, events)

    def _store(self, calendar: Collection, name: str, events: Events, *, delivered: bool = False) -> Item:
        self.world.put(calendar, name, handwriting.resource(*events), delivered=delivered)
        return Item(calendar, name)


def _first(events: Events, change: Callable[[icalendar.Event], None]) -> Events:
    """Change the master."""
    change(events[0])
    return events
