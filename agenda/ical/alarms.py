"""Our own alarm in an event, beside whatever alarms others put there, which stay byte for byte (A69).

It is known by its UID, which follows from the event's: a phone that duplicates an event copies the alarm with it, and
what hangs in the copy is then not ours. Its properties would tell nothing, for phones copy those too.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID, uuid5

from agenda.ical.read import understood
from agenda.ical.write import body_of, stamped

_NAMES = UUID("2f0a5c0e-6c1b-4d55-9b0a-3a8d6c6f7a10")  # of all alarms that Halfpast ever makes
_TRIGGER = re.compile(r"-PT(\d{1,6})M|PT0[MS]", re.IGNORECASE)


def alarm_lines(uid: str, minutes: int) -> list[str]:
    """Return the content lines of our alarm for the event of that UID, so many minutes before its start."""
    trigger = f"-PT{minutes}M" if minutes > 0 else "PT0M"
    said = (f"UID:{alarm_uid(uid)}", "ACTION:DISPLAY", "DESCRIPTION:Reminder", f"TRIGGER:{trigger}")
    return ["BEGIN:VALARM", *said, "END:VALARM"]


def alarm_uid(uid: str) -> str:
    """Return the UID of our alarm in the event of that UID."""
    return str(uuid5(_NAMES, uid)).upper()


def alarm_of(text: str) -> int | None:
    """Return how many minutes before its start our alarm in this event rings; None when it has none of ours.

    One that its owner set on a phone to another kind of time counts as none. Raises as `read` does.
    """
    resource, content = understood(text)
    body = body_of(text, resource.place)
    for begin, end in body.alarms(alarm_uid(content.uid)):
        found = _TRIGGER.fullmatch(body.said_between(begin, end, "TRIGGER"))
        if found:
            return int(found[1] or 0)
    return None


def with_alarm(text: str, minutes: int | None, *, stamp: datetime) -> str:
    """Return text whose master has our alarm so many minutes before its start, or none of ours; nothing else changes.

    A text that already has it so is returned itself. Raises Unreadable and NotAnEvent as `patch` does.
    """
    resource, content = understood(text)
    if alarm_of(text) == minutes and minutes is not None:
        return text
    body = body_of(text, resource.place)
    for begin, end in reversed(body.alarms(alarm_uid(content.uid))):
        body.take_out(begin, end)
    if minutes is not None:
        body.add_to_master(alarm_lines(content.uid, minutes))
    return stamped(body, content, (), stamp) if body.changed else text
