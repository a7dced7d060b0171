"""Time zones as a person chooses them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

_NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Return (IANA name, label) for every zone named after a place, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_NOT_PLACES))
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(places)))


def choices_with(current: str) -> tuple[tuple[str, str], ...]:
    """Return the same with the zone that is in use, whatever it is called."""
    known = choices()
    return known if any(name == current for name, _ in known) else ((current, current), *known)
