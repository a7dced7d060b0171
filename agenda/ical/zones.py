"""TZID → zone. A name that IANA knows wins over whatever VTIMEZONE comes with it; a private one's offsets are used."""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

UTC = ZoneInfo("UTC")
_DISTANCE = re.compile(r"(?:UTC|GMT) ?([+-])(\d{1,2})(?::?00)?", re.ASCII | re.IGNORECASE)
_LONGEST = 200  # no zone's name is longer; a longer TZID is not worth a cache entry
_UTC_NAMES = frozenset({"utc", "z", "gmt", "zulu", "uct", "universal", "etc/utc", "etc/gmt", "etc/uct", "etc/zulu"})


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return lower-case name → IANA name, Windows names included."""
    names = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}
    return names | {name.lower(): name for name in available_timezones()}


def known(tzid: str) -> ZoneInfo | None:
    """Return the zone that a TZID names: IANA, IANA behind a path prefix, or Windows; None for a private name."""
    return _known(tzid) if len(tzid) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _known(tzid: str) -> ZoneInfo | None:
    name = tzid.strip().strip('"').lower()
    if name in _UTC_NAMES:
        return UTC
    parts = name.strip("/").split("/")
    tails = range(len(parts)) if name.startswith("/") else range(max(1, len(parts) - 1))
    for tail in tails:  # "/mozilla.org/20050126_1/Europe/Brussels": the longest tail that is a name
        zone = _names().get("/".join(parts[tail:]))
        if zone is not None:
            return UTC if zone.lower() in _UTC_NAMES else ZoneInfo(zone)
    return None


def by_offset(tzid: str) -> ZoneInfo | None:
    """Return the zone of a name that says nothing but a distance from UTC in whole hours: "UTC+11", "GMT-03:00"."""
    found = _DISTANCE.fullmatch(tzid.strip()[:_LONGEST])
    if found is None:
        return None
    sign = "-" if found[1] == "+" else "+"  # these names count the other way round
    return _known(f"Etc/GMT{sign}{int(found[2])}")


def name_of(zone: tzinfo) -> str:
    """Return the IANA name of a zone, or "" for a private one."""
    return zone.key if isinstance(zone, ZoneInfo) else ""
