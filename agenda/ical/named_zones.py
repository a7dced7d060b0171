"""The zones that a text names: each is to be described in it before it is sent (docs/icloud.md A58, A68, D13)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agenda.ical import zones
from agenda.ical.vtimezone import describe

_FOLD = re.compile(r"\r*\n[ \t]")
_NAMED = re.compile(r"""^[A-Z-]+(?:;[^:;\r\n"]*)*?;TZID=("[^"\r\n]+"|[^":;\r\n]+)""", re.MULTILINE | re.IGNORECASE)
_DESCRIBED = re.compile(r"^TZID(?:;[^:\r\n]*)?:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)
_YEAR = re.compile(r"^DTSTART[^:\r\n]*:(\d{4})", re.MULTILINE | re.IGNORECASE)
_EVENT = re.compile(r"^BEGIN:VEVENT", re.MULTILINE | re.IGNORECASE)
#: the years that a description is made for, whatever a text says
FIRST_YEAR, LAST_YEAR = 1970, 2200


def described(text: str) -> str:
    """Return a text with a VTIMEZONE before its first event for every zone that it names and leaves undescribed.

    A server may leave them out of its reports, and refuses them missing in what it is sent. A name that nobody knows
    stays as it is.
    """
    begun = _EVENT.search(text)
    if begun is None:
        return text
    head, events = text[: begun.start()], text[begun.start() :]
    ending = "\r\n" if "\r\n" in text else "\n"
    missing = [f"{line}{ending}" for tzid in _undescribed(text) for line in _description(events, tzid)]
    return "".join([head, *missing, events])


def lacks_a_zone(text: str) -> bool:
    """Return whether a text names a zone that nobody knows and leaves it undescribed: its times cannot be told."""
    if "VTIMEZONE" in text or ";TZID=" not in text:
        return False
    return any(zones.known(tzid) is None for tzid in _undescribed(text))


def _undescribed(text: str) -> Iterator[str]:
    if "TZID" not in text.upper():
        return
    plain = _FOLD.sub("", text)
    known = {found.strip() for found in _DESCRIBED.findall(plain)}
    named = dict.fromkeys(found.strip('"') for found in _NAMED.findall(plain))
    yield from (tzid for tzid in named if tzid.strip() not in known)


def _description(events: str, tzid: str) -> list[str]:
    """Return the VTIMEZONE of a zone under the name that these events use; nothing for a name that nobody knows."""
    zone = zones.known(tzid)
    if zone is None:
        return []
    years = [int(year) for year in _YEAR.findall(events)]
    first, last = (min(max(year, FIRST_YEAR), LAST_YEAR) for year in (min(years, default=0), max(years, default=0)))
    lines = describe(zones.name_of(zone), first, last)
    return [f"TZID:{tzid}" if line.startswith("TZID:") else line for line in lines]
