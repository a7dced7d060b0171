"""A zone that only its VTIMEZONE defines: read from the text, bounded, and never kept beyond the resource it came in.

icalendar would cache such a zone for the whole process under its name, where the next owner's resource would find it,
and would follow whatever rule it holds for ever.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime, timedelta, tzinfo

from agenda.ical import zones
from agenda.ical.errors import TooMuch
from agenda.ical.rules import Rule
from agenda.ical.walk import wall_starts

_ZONE = re.compile(r"^BEGIN:VTIMEZONE\n(.*?)^END:VTIMEZONE$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_PART = re.compile(r"^BEGIN:(?:STANDARD|DAYLIGHT)\n(.*?)^END:(?:STANDARD|DAYLIGHT)$", re.M | re.DOTALL | re.IGNORECASE)
_LINE = re.compile(r"^([A-Za-z-]+)(?:;[^:\n]*)?:(.*)$", re.MULTILINE)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_HORIZON = datetime(2100, 1, 1)
_DEAREST = 2000  # steps that one part's rule may take; a yearly rule from 1601 takes 500


class PrivateZone(tzinfo):
    """Offsets by wall time, from the onsets of a VTIMEZONE's parts."""

    def __init__(self, onsets: list[tuple[datetime, timedelta, timedelta]]) -> None:
        """Take (wall time of the onset, offset before, offset after), at least one."""
        self._onsets = sorted(onsets, key=lambda onset: onset[0])
        self._walls = [wall for wall, _, _ in self._onsets]
        self._instants = [wall - before for wall, before, _ in self._onsets]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Return the offset at a wall time; in a gap the one before it, in a fold the one that `fold` asks for."""
        if moment is None:
            return self._onsets[-1][2]
        wall = moment.replace(tzinfo=None)
        position = bisect_right(self._walls, wall) - 1
        if position < 0:
            return self._onsets[0][1]
        onset, before, after = self._onsets[position]
        if wall < onset + (after - before):  # in the gap
            return after if moment.fold else before
        return self._before_the_next(position, wall, moment.fold)

    def _before_the_next(self, position: int, wall: datetime, fold: int) -> timedelta:
        """Return the offset of a stretch, whose last hour exists twice when the next part sets clocks back."""
        offset = self._onsets[position][2]
        if fold and position + 1 < len(self._onsets):
            onset, before, after = self._onsets[position + 1]
            if after < before and wall >= onset - (before - after):
                return after
        return offset

    def fromutc(self, moment: datetime) -> datetime:
        """Return a UTC time as a time here."""
        instant = moment.replace(tzinfo=None)
        position = bisect_right(self._instants, instant) - 1
        offset = self._onsets[position][2] if position >= 0 else self._onsets[0][1]
        return (instant + offset).replace(tzinfo=self)

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Return None: a VTIMEZONE's parts do not say how much of their offset is summer time."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Return None: a private zone's name means nothing outside its text."""
        return None


def read_zones(text: str) -> dict[str, tzinfo]:
    """Return TZID → zone for each VTIMEZONE in text (unfolded, plain breaks) whose name IANA does not know."""
    found: dict[str, tzinfo] = {}
    for body in _ZONE.findall(text):
        said = {name.upper(): value.strip() for name, value in reversed(_LINE.findall(_PART.sub("", body)))}
        tzid = said.get("TZID", "")
        zone = zones.known(tzid) or zones.known(said.get("X-LIC-LOCATION", "")) or _private(body)
        if tzid and zone is not None:
            found.setdefault(tzid, zone)
    return found


def _private(body: str) -> PrivateZone | None:
    onsets = [onset for part in _PART.findall(body) for onset in _onsets(part)]
    return PrivateZone(onsets) if onsets else None


def _onsets(part: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """Return the onsets of one STANDARD or DAYLIGHT part; of a rule too dear or broken only its first."""
    said: dict[str, list[str]] = {}
    for name, value in _LINE.findall(part):
        said.setdefault(name.upper(), []).append(value.strip())
    try:
        first = _wall(said["DTSTART"][0])
        before, after = _offset(said["TZOFFSETFROM"][0]), _offset(said["TZOFFSETTO"][0])
        walls = {first} | {_wall(one) for value in said.get("RDATE", ()) for one in value.split(",")}
        for rule in said.get("RRULE", ()):
            walls.update(_by_rule(rule, first, before))
    except (KeyError, ValueError):
        return []
    return [(wall, before, after) for wall in walls]


def _by_rule(written: str, first: datetime, before: timedelta) -> list[datetime]:
    try:
        rule = Rule.read(written)
        if not rule.plain:
            return []
        limit = rule.last_wall(lambda instant: instant.replace(tzinfo=None) + before)
        return list(wall_starts(rule, first, first, min(limit or _HORIZON, _HORIZON), budget=_DEAREST))
    except (TooMuch, ValueError):
        return []


def _wall(value: str) -> datetime:
    return datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007


def _offset(value: str) -> timedelta:
    found = _OFFSET.fullmatch(value)
    if found is None:
        raise ValueError("not an offset")
    sign, hours, minutes, seconds = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -size if sign == "-" else size
