"""What is done on the phone's pages: an event added, changed, moved, deleted, answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.handwriting import Moment
from integrations.icloud.simulator.pages.form import EventForm, NotGood
from integrations.icloud.simulator.pages.shown import Occurrence, between
from integrations.icloud.simulator.phone import Phone


def find(phone: Phone, zone: ZoneInfo, calendar: str, name: str, slot: str) -> Occurrence | None:
    """Return an occurrence by its address, or None when it is gone."""
    try:
        day = date.fromisoformat(slot[:10])
    except ValueError:
        return None
    nearby = between(phone, zone, day - timedelta(days=60), 120)  # a changed occurrence may lie far from its slot
    here = (one for one in nearby if one.item.name == name and one.item.calendar.id == calendar)
    return next((one for one in here if one.address == slot), None)


def writable(phone: Phone) -> list[Collection]:
    """Return the calendars that an event may be put into."""
    return [one for one in phone.calendars if one.writable]


def _chosen(phone: Phone, id: str) -> Collection:
    found = next((one for one in writable(phone) if one.id == id), None)
    if found is None:
        raise NotGood("Choose a calendar that can be changed.")
    return found


def add(phone: Phone, form: EventForm, zone: ZoneInfo) -> None:
    """Add an event; NotGood when the form makes no sense."""
    start, end = form.span(zone)
    changes = form.changes()
    phone.create(_chosen(phone, form.calendar), changes.pop("title"), start, end, **_said(changes))


def _said(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}


def form_of(occurrence: Occurrence, zone: ZoneInfo) -> EventForm:
    """Return the form as it stands for an occurrence."""
    events = occurrence.item.events
    changed = (one for one in events[1:] if one.decoded("RECURRENCE-ID") == occurrence.slot)
    form = EventForm.of(next(changed, events[0]), occurrence.item.calendar.id, zone, occurrence.start, occurrence.end)
    form.scope = "this" if occurrence.repeats else "all"
    return form


def act(phone: Phone, occurrence: Occurrence, form: EventForm, what: str, zone: ZoneInfo) -> None:
    """Do what a button of the event's page says: "delete", an answer (a PARTSTAT), or save; NotGood as in `add`."""
    if not occurrence.item.calendar.writable:
        raise NotGood("This calendar can only be read.")
    if what == "delete":
        remove(phone, occurrence, form.scope)
    elif what in ("ACCEPTED", "TENTATIVE", "DECLINED"):
        phone.answer(occurrence.item, what)
    else:
        save(phone, occurrence, form, zone)


def save(phone: Phone, occurrence: Occurrence, form: EventForm, zone: ZoneInfo) -> None:
    """Change an event as the form says, and move it when another calendar was chosen; NotGood as in `add`."""
    calendar, item = _chosen(phone, form.calendar), occurrence.item
    changes = _changes(occurrence, form, zone)
    if changes and form.scope == "this" and occurrence.repeats:
        phone.override(item, occurrence.slot, **changes)
    elif changes and form.scope == "future" and occurrence.repeats:
        phone.split_series(item, occurrence.slot, **changes)
    elif changes:
        phone.edit(item, **_for_all(occurrence, changes))
    if calendar is not item.calendar:
        phone.drag(item, calendar)


def _changes(occurrence: Occurrence, form: EventForm, zone: ZoneInfo) -> dict[str, Any]:
    """Return what differs from how it stood."""
    before = form_of(occurrence, zone)
    old = before.changes()
    changes = {name: value for name, value in form.changes().items() if value != old[name]}
    if occurrence.repeats and form.scope == "this":
        changes.pop("repeats", None)
    if form.span(zone) != before.span(zone):
        start, end = (_as_written(moment, occurrence) for moment in form.span(zone))
        changes |= {"start": start, "end": end}
    return changes


def _as_written(moment: Moment, occurrence: Occurrence) -> Moment:
    """Return a moment in the zone that the event itself is written in."""
    written = occurrence.item.events[0].start
    if isinstance(moment, datetime) and isinstance(written, datetime):
        return moment.astimezone(written.tzinfo) if written.tzinfo else moment.replace(tzinfo=None)
    return moment


def _for_all(occurrence: Occurrence, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes that were made on one occurrence as changes of the whole series."""
    if not (occurrence.repeats and "start" in changes):
        return changes
    master, slot = occurrence.item.events[0], occurrence.slot
    same_kind = isinstance(changes["start"], datetime) == isinstance(slot, datetime)
    if not same_kind:
        raise NotGood("Between all-day and timed, change all future events instead.")
    begun = master.start + (changes["start"] - slot)
    return changes | {"start": begun, "end": begun + (changes["end"] - changes["start"])}


def remove(phone: Phone, occurrence: Occurrence, scope: str) -> None:
    """Delete an event: this one, this and all that follow, or all."""
    first = occurrence.slot == occurrence.item.events[0].start
    if occurrence.repeats and scope == "this":
        phone.delete_occurrence(occurrence.item, occurrence.slot)
    elif occurrence.repeats and scope == "future" and not first:
        phone.delete_future(occurrence.item, occurrence.slot)
    else:
        phone.delete(occurrence.item)
