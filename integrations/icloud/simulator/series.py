"""What Apple's devices do to an event or a series, on the events of one file (docs/icloud.md A64-A69).

The first of the events is the master, the others its changed occurrences. Everything here changes the events it is
given; moments are dates or datetimes as `handwriting` takes them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from dateutil.rrule import rrulestr

from integrations.icloud.simulator import handwriting
from integrations.icloud.simulator.handwriting import Moment

Events = list[icalendar.Event]
_NAMES = {"title": "SUMMARY", "place": "LOCATION", "notes": "DESCRIPTION", "repeats": "RRULE"}


def change(event: icalendar.Event, changes: Mapping[str, Any]) -> None:
    """Change an event: title, place, notes, repeats, start, end, or any property by its name (with _ for -).

    A start alone takes the end along; None takes a property out.
    """
    length = event.duration
    for name, value in changes.items():
        if name not in ("start", "end"):
            _set(event, _NAMES.get(name, name.upper().replace("_", "-")), value)
    start = changes.get("start", event.start)
    end = changes.get("end", start + length)
    if "start" in changes or "end" in changes:
        event.pop("DURATION", None)
        _set(event, "DTSTART", start)
        _set(event, "DTEND", end)


def _set(event: icalendar.Event, name: str, value: Any) -> None:
    if value is None:
        event.pop(name, None)
    else:
        handwriting.put(event, name, value)


def in_form_of(event: icalendar.Event, occurrence: Moment) -> Moment:
    """Return an occurrence as the master writes its own start: a date, in its zone, in UTC, or floating."""
    start = event.start
    if not isinstance(start, datetime):
        return occurrence.date() if isinstance(occurrence, datetime) else occurrence
    if not isinstance(occurrence, datetime):
        return datetime.combine(occurrence, start.timetz())
    if start.tzinfo is None:
        return occurrence.replace(tzinfo=None)
    return occurrence.astimezone(start.tzinfo)


def leave_out(events: Events, occurrence: Moment) -> Events:
    """Delete one occurrence: an EXDATE, and its change if it had one."""
    slot = in_form_of(events[0], occurrence)
    events[0].add("EXDATE", slot)
    return [events[0], *(one for one in events[1:] if slot_of(events[0], one) != slot)]


def override(events: Events, occurrence: Moment, changes: Mapping[str, Any]) -> Events:
    """Change one occurrence alone."""
    slot = in_form_of(events[0], occurrence)
    for one in events[1:]:
        if slot_of(events[0], one) == slot:
            change(one, changes)
            return events
    made = deepcopy(events[0])
    for name in ("RRULE", "EXDATE", "RDATE"):
        made.pop(name, None)
    change(made, {"start": slot})
    change(made, changes)
    made.add("RECURRENCE-ID", slot)
    return [*events, made]


def end_before(events: Events, occurrence: Moment) -> Events:
    """Delete an occurrence and all that follow."""
    slot = in_form_of(events[0], occurrence)
    rule = _rule_of(events[0])
    rule.pop("COUNT", None)
    rule["UNTIL"] = [_just_before(slot)]
    handwriting.put(events[0], "RRULE", rule)
    return [events[0], *(one for one in events[1:] if _orderly(slot_of(events[0], one)) < _orderly(slot))]


def divide(events: Events, occurrence: Moment, changes: Mapping[str, Any]) -> tuple[Events, Events]:
    """Change an occurrence and all that follow: the old series ends, a new one with a new UID begins (A65)."""
    slot = in_form_of(events[0], occurrence)
    later = deepcopy(events)
    _relate(events[0], later[0])
    _start_at(later, slot, changes)
    return end_before(events, occurrence), later


def _start_at(later: Events, slot: Moment, changes: Mapping[str, Any]) -> None:
    """Make a copy of a series begin at `slot`, changed; what was changed or left out before falls away."""
    master, begun = later[0], later[0].start
    rule = _rule_of(master)
    if "COUNT" in rule:
        rule["COUNT"] = [rule["COUNT"][0] - _count_before(master, slot)]
        handwriting.put(master, "RRULE", rule)
    change(master, {"start": slot})
    change(master, changes)
    shift, uid = master.start - slot, handwriting.new_uid()
    left_out = [out for out in master.exdates if _orderly(out) >= _orderly(slot)]
    master.pop("EXDATE", None)
    for out in left_out:
        master.add("EXDATE", out + shift)
    kept = [one for one in later[1:] if _orderly(_slot(begun, one)) > _orderly(slot)]
    for one in kept:
        handwriting.put(one, "RECURRENCE-ID", _slot(begun, one) + shift)
    later[1:] = kept
    for one in later:
        handwriting.put(one, "UID", uid)


def _rule_of(master: icalendar.Event) -> icalendar.vRecur:
    """Return a copy of a series' rule."""
    return icalendar.vRecur(master["RRULE"])


def _count_before(master: icalendar.Event, slot: Moment) -> int:
    """Return how many occurrences of the rule lie before `slot`."""
    start = _naive(master.start)
    text = bytes(_rule_of(master).to_ical()).decode()  # type: ignore[no-untyped-call]
    rule = rrulestr(text, dtstart=start)
    return sum(1 for one in rule if one < _naive(slot))


def _relate(earlier: icalendar.Event, later: icalendar.Event) -> None:
    """Tie the two parts of a series that is divided; one that was divided before keeps its tie."""
    if "RELATED-TO" not in earlier:
        tie = str(uuid.uuid4()).upper()
        for part in (earlier, later):
            part.add("RELATED-TO", tie, parameters={"RELTYPE": handwriting.SERIES})


def change_zone(event: icalendar.Event, zone: str, *, same_instant: bool = False) -> None:
    """Put an event into another zone: at the same clock there, or the same instant in another form."""
    for name in ("DTSTART", "DTEND"):
        moment = event.decoded(name, None)
        if isinstance(moment, datetime):
            there = ZoneInfo(zone)
            handwriting.put(event, name, moment.astimezone(there) if same_instant else moment.replace(tzinfo=there))


def acknowledge(event: icalendar.Event, now: datetime) -> None:
    """Dismiss the alarms: they are stamped, nothing else changes."""
    for alarm in event.walk("VALARM"):
        handwriting.put(alarm, "ACKNOWLEDGED", now.astimezone(UTC).replace(microsecond=0))


def slot_of(master: icalendar.Event, changed: icalendar.Event) -> Moment:
    """Return which occurrence a changed one replaces, in the form of the master."""
    return in_form_of(master, changed.decoded("RECURRENCE-ID"))


def _slot(begun: Moment, changed: icalendar.Event) -> Moment:
    moment: Moment = changed.decoded("RECURRENCE-ID")
    zone = begun.tzinfo if isinstance(begun, datetime) else None
    return moment.astimezone(zone) if isinstance(moment, datetime) and zone else moment


def _just_before(slot: Moment) -> Moment:
    """Return the last moment before `slot`, as UNTIL has it: a date, or in UTC."""
    if not isinstance(slot, datetime):
        return slot - timedelta(days=1)
    earlier = slot - timedelta(seconds=1)
    return earlier.astimezone(UTC) if slot.tzinfo else earlier


def _orderly(moment: Moment) -> float:
    """Return something to compare moments of one series by."""
    return (_naive(moment) if not getattr(moment, "tzinfo", None) else _as_datetime(moment)).timestamp()


def _naive(moment: Moment) -> datetime:
    return _as_datetime(moment).replace(tzinfo=None)


def _as_datetime(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)


def is_series(event: icalendar.Event) -> bool:
    """Return whether an event repeats."""
    return "RRULE" in event or "RDATE" in event
