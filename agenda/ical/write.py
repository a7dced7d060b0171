"""EventContent → text: a new resource, or a patch that leaves every byte of what it does not own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from agenda.content import Busy, EventContent, FieldGroup, TimeKind, When
from agenda.ical import fence, zones
from agenda.ical.body import Body
from agenda.ical.lines import escape, fold
from agenda.ical.read import Unreadable, read, understood
from agenda.ical.vtimezone import describe

PRODUCT = "-//Halfpast//Halfpast Agenda//EN"
LONGEST_UID = 64  # iCloud answers 404 to longer ones (A56)

_STATUS = {Busy.TENTATIVE: "TENTATIVE"}


def new_event(content: EventContent, *, stamp: datetime, alarm: Collection[str] = ()) -> str:
    """Return a resource with this single event: CRLF, folded, its zone described, an end always (A57, A58, D13).

    `alarm`: the content lines of an alarm (`alarms.alarm_lines`), none without it.
    Raises ValueError for a series (its rules cannot be written from content) and for an empty or too long UID.
    """
    if content.recurring:
        raise ValueError("A series cannot be written anew from its content.")
    if not 0 < len(content.uid) <= LONGEST_UID:
        raise ValueError(f"A UID has 1 to {LONGEST_UID} characters.")
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"),
        *(_zone_lines(content.when, content.when.zone) if _has_own_zone(content.when) else ()),
        *("BEGIN:VEVENT", f"UID:{escape(content.uid)}"),
        *(f"{name}:{_utc(stamp)}" for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED")),
        *_time_lines(content.when, ""),
        *(line for line in (_text_line("SUMMARY", content.title), _text_line("LOCATION", content.place)) if line),
        *(line for line in (_text_line("DESCRIPTION", fence.join(content.notes, content.fence)),) if line),
        f"STATUS:{'CANCELLED' if content.cancelled else _STATUS.get(content.busy, 'CONFIRMED')}",
        f"TRANSP:{'TRANSPARENT' if content.busy is Busy.FREE else 'OPAQUE'}",
        *("SEQUENCE:0", *alarm, "END:VEVENT", "END:VCALENDAR"),
    ]
    return "".join(f"{physical}\r\n" for line in lines for physical in fold(line))


def patch(text: str, content: EventContent, groups: Collection[FieldGroup], *, stamp: datetime) -> str:
    """Return text with these groups of the master VEVENT as `content` says, everything else byte for byte.

    TIME means start and end. A group that the text already says stays as it is written, and a text that says all of
    them is returned itself. Raises Unreadable and NotAnEvent as `read` does, Unreadable also where a broken text would
    come out as something else, and ValueError for the time of a series.
    """
    resource, now = understood(text)
    changed = [group for group in groups if now.canonical(group) != content.canonical(group)]
    if not changed:
        return text
    body = body_of(text, resource.place)
    retimed = FieldGroup.TIME in changed and now.when.canonical() != content.when.canonical()
    if retimed:
        _retime(body, now, content.when)
    if FieldGroup.TITLE in changed:
        body.put_text("SUMMARY", _value(content.title))
    if FieldGroup.PLACE in changed:
        body.put_text("LOCATION", _value(content.place))
    if FieldGroup.NOTES in changed or FieldGroup.FENCE in changed:
        notes = content.notes if FieldGroup.NOTES in changed else now.notes
        inside = content.fence if FieldGroup.FENCE in changed else now.fence
        body.put_text("DESCRIPTION", _value(fence.join(notes, inside)))
    return stamped(body, now, changed, stamp) if body.changed else text


def stamped(body: Body, before: EventContent, changed: Collection[FieldGroup], stamp: datetime) -> str:
    """Return a changed text with its new stamps, once it says of all other groups what it said `before`.

    Raises Unreadable where it does not.
    """
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        body.put(name, f"{name}:{_utc(stamp)}")
    return _checked(body.text(), before, changed)


def body_of(text: str, place: int) -> Body:
    """Return a text to be changed, `place` telling which VEVENT is the master. Raises Unreadable."""
    try:
        return Body(text, place)
    except OverflowError:
        raise Unreadable("The event is too large to be changed from here: change it in your calendar.") from None
    except IndexError:
        raise Unreadable("The event is not valid iCalendar and cannot be changed.") from None


def _checked(text: str, before: EventContent, changed: Collection[FieldGroup]) -> str:
    """Return a patched text, once it says of all other groups what it said before."""
    after = read(text)
    groups = [group for group in FieldGroup if group not in changed and group is not FieldGroup.TIME]
    kept = after.uid == before.uid and all(after.canonical(group) == before.canonical(group) for group in groups)
    if not kept or (FieldGroup.TIME not in changed and after.when.canonical() != before.when.canonical()):
        raise Unreadable("The event is not valid iCalendar and cannot be changed safely.", before.when)
    return text


def _retime(body: Body, now: EventContent, when: When) -> None:
    if now.recurring:
        raise ValueError("The time of a series is not changed from here.")
    tzid = body.parameter("DTSTART", "TZID")
    found = zones.known(tzid) if tzid else None
    kept = tzid if found is not None and zones.name_of(found) == when.zone else ""
    start, end = _time_lines(when, kept)
    named = kept or when.zone
    if "TZID" in start + end and not body.describes(named):
        body.add_before_events(_zone_lines(when, named))
    body.put("DTSTART", start)
    body.put("DURATION", "")
    body.put("DTEND", end)
    body.put("SEQUENCE", f"SEQUENCE:{body.number('SEQUENCE') + 1}")


def _text_line(name: str, value: str) -> str:
    """Return a property, or nothing for an empty value."""
    return f"{name}:{_value(value)}" if value.strip() else ""


def _value(text: str) -> str:
    return escape(text) if text.strip() else ""


def _time_lines(when: When, tzid: str) -> tuple[str, str]:
    """Return DTSTART and DTEND, in the TZID given or else the zone's own name."""
    if when.kind is TimeKind.DATE:
        return f"DTSTART;VALUE=DATE:{_day(when.start)}", f"DTEND;VALUE=DATE:{_day(when.end)}"
    if when.kind is TimeKind.FLOATING:
        return f"DTSTART:{_wall(when.start)}", f"DTEND:{_wall(when.end)}"
    if not tzid and not _has_own_zone(when):
        return f"DTSTART:{_utc(when.start)}", f"DTEND:{_utc(when.end)}"
    return _zoned("DTSTART", when.start, when.zone, tzid), _zoned("DTEND", when.end, when.zone, tzid)


def _has_own_zone(when: When) -> bool:
    """Tell whether a time is written in a zone: not in UTC, nor where an hour exists twice and this is the second."""
    if when.kind is not TimeKind.ZONED or when.zone in ("", "UTC"):
        return False
    return not any(_local(moment, when.zone).fold for moment in (when.start, when.end))


def _zoned(name: str, moment: date, zone: str, tzid: str) -> str:
    local = _local(moment, zone)
    if local.fold:  # the second of a doubled hour can only be said in UTC
        return f"{name}:{_utc(local)}"
    written = tzid or zone
    quoted = f'"{written}"' if set(written) & set(":;,") else written
    return f"{name};TZID={quoted}:{_wall(local)}"


def _local(moment: date, zone: str) -> datetime:
    if not isinstance(moment, datetime):
        raise ValueError("A zoned time is an instant.")
    return moment.astimezone(UTC).astimezone(ZoneInfo(zone))


def _zone_lines(when: When, tzid: str) -> list[str]:
    """Return the VTIMEZONE of a time, under the name that the time is written with."""
    lines = describe(when.zone, when.start.year, when.end.year)
    return [f"TZID:{tzid}" if line.startswith("TZID:") else line for line in lines]


def _utc(moment: date) -> str:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("An instant needs a zone.")
    return f"{_wall(moment.astimezone(UTC))}Z"


def _wall(moment: date) -> str:
    if not isinstance(moment, datetime):
        raise ValueError("A time of day is needed.")
    return moment.replace(tzinfo=None, microsecond=0).isoformat().replace("-", "").replace(":", "")


def _day(moment: date) -> str:
    return f"{moment.year:04}{moment.month:02}{moment.day:02}"
