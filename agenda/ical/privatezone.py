"""A zone that only its VTIMEZONE defines: read from the text, bounded, and never kept beyond the resource it came in.

icalendar would cache such a zone for the whole process under its name, where the next owner's resource would find it,
and would follow whatever rule it holds for ever.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from agenda.ical import zones
from agenda.ical.errors import TooMuch
from agenda.ical.rules import Rule
from agenda.ical.walk import wall_starts

MOST = 8  # private zones that one resource may use; they are defined for one or two
_LONGEST = 50_000  # characters; a zone with a part for each year of a century has 15,000
_MOST_RULES = 40  # of one zone that are followed; of others only their first onset counts

_ZONE = re.compile(r"^(BEGIN|END):VTIMEZONE[ \t]*$", re.MULTILINE | re.IGNORECASE)
_PART = re.compile(r"^(BEGIN|END):(?:STANDARD|DAYLIGHT)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"^([A-Za-z-]+)(?:;[^:\n]*)?:(.*)$", re.MULTILINE)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_BEGIN, _HORIZON = datetime(1970, 1, 1), datetime(2100, 1, 1)
_DEAREST = 1_000  # steps that one part's rule may take; a yearly rule takes 130


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


class Zones:
    """The zones that a text (unfolded, plain breaks) describes, each read when it is asked for."""

    def __init__(self, text: str) -> None:
        """Find the descriptions; the first of a name counts."""
        self._bodies: dict[str, str] = {}
        self._read: dict[str, tzinfo | None] = {}
        for body in _between(_ZONE, text):
            tzid = _own(body).get("TZID", "")
            if tzid:
                self._bodies.setdefault(tzid, body)

    def get(self, tzid: str) -> tzinfo | None:
        """Return the zone of a name that IANA does not know, None when it is not described.

        Raises TooMuch when the text uses more than `MOST` of them.
        """
        if tzid not in self._bodies:
            return None
        if tzid not in self._read:
            if len(self._read) >= MOST:
                raise TooMuch("The event uses too many time zones of its own.")
            body = self._bodies[tzid]
            self._read[tzid] = zones.known(_own(body).get("X-LIC-LOCATION", "")) or _private(body)
        return self._read[tzid]


def _between(mark: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield what stands between each BEGIN and the next END, in one pass over the text."""
    begin = -1
    for found in mark.finditer(text):
        if found[1].upper() == "END":
            if begin >= 0:
                yield text[begin : found.start()]
            begin = -1
        elif begin < 0:
            begin = found.end()


def _own(body: str) -> dict[str, str]:
    """Return the properties of a zone itself, which stand before its parts or after them; the first of each."""
    outside = body[:_LONGEST]
    for part in _between(_PART, outside):
        outside = outside.replace(part, "", 1)
    return {name.upper(): value.strip() for name, value in reversed(_LINE.findall(outside))}


def _private(body: str) -> PrivateZone | None:
    if len(body) > _LONGEST:
        return None
    onsets: list[tuple[datetime, timedelta, timedelta]] = []
    rules = _MOST_RULES
    for part in _between(_PART, body):
        onsets += _onsets(part, follow=rules > 0)
        rules -= 1
    return PrivateZone(onsets) if onsets else None


def _onsets(part: str, *, follow: bool) -> list[tuple[datetime, timedelta, timedelta]]:
    """Return the onsets of one STANDARD or DAYLIGHT part; of a rule too dear, broken or not followed only its first."""
    said: dict[str, list[str]] = {}
    for name, value in _LINE.findall(part):
        said.setdefault(name.upper(), []).append(value.strip())
    try:
        first = _wall(said["DTSTART"][0])
        before, after = _offset(said["TZOFFSETFROM"][0]), _offset(said["TZOFFSETTO"][0])
        walls = {first} | {_wall(one) for value in said.get("RDATE", ()) for one in value.split(",")}
        for rule in said.get("RRULE", ())[: int(follow)]:
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
        return list(wall_starts(rule, first, _BEGIN, min(limit or _HORIZON, _HORIZON), budget=_DEAREST))
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
