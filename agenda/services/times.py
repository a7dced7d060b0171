"""When an activity is, as a value: what a person said, read in the zone of the activity's owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agenda.content import TimeKind, When
from agenda.models import Activity

FIELDS = frozenset({"all_day", "start", "end", "start_date", "end_date", "zone"})
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """The time columns of an activity: UTC instants, or dates (end exclusive), or neither: not scheduled."""

    all_day: bool = False
    start: datetime | None = None
    end: datetime | None = None
    start_date: date | None = None
    end_date: date | None = None
    zone: str = "UTC"

    @classmethod
    def of(cls, activity: Activity) -> Times:
        """Return the times of `activity`."""
        return cls(**{name: getattr(activity, name) for name in FIELDS})

    @property
    def placed(self) -> bool:
        """True when there is a time at all."""
        return self.first is not None

    @property
    def first(self) -> date | None:
        """Return the start, of whichever kind."""
        return self.start_date if self.all_day else self.start

    @property
    def last(self) -> date | None:
        """Return the exclusive end, of whichever kind."""
        return self.end_date if self.all_day else self.end

    def columns(self) -> dict[str, Any]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in FIELDS}


def resolve(said: Mapping[str, Any], *, before: Times, home: ZoneInfo, length: timedelta | None = None) -> Times:
    """Return the times after `said`: naive times are in `home`, a plain date means all day.

    The start moved alone takes the end with it. `length` is the length when neither says one.
    Raises ValidationError with a sentence.
    """
    if not FIELDS & said.keys():
        return before
    start, end = _bounds(said, before, length)
    zone = _zone(said.get("zone") or (before.zone if before.placed and not before.all_day else home.key))
    if start is None and end is None:
        return Times(zone=zone)
    if start is None or end is None:
        raise ValidationError({"start" if start is None else "end": _("Give both a start and an end.")})
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise ValidationError({"end": _("Give start and end both as a date, or both with a time.")})
    if said.get("all_day") and isinstance(start, datetime):
        raise ValidationError({"start": _("An all-day activity has dates, without a time.")})
    if isinstance(start, datetime) and isinstance(end, datetime):
        return _timed(start, end, home, zone)
    return _dated(start, end, zone)


def _bounds(said: Mapping[str, Any], before: Times, length: timedelta | None) -> tuple[date | None, date | None]:
    start = _said(said, "start", before.first)
    return start, _said(said, "end", _end_along(before, start, length))


def _said(said: Mapping[str, Any], name: str, default: date | None) -> date | None:
    """Return what was said for one bound: the date wins where both columns are named and it has a value."""
    if said.get(f"{name}_date") is not None:
        return said[f"{name}_date"]  # type: ignore[no-any-return]
    if name in said:
        return said[name]  # type: ignore[no-any-return]
    return None if f"{name}_date" in said else default


def _end_along(before: Times, start: date | None, length: timedelta | None) -> date | None:
    """Return the end that goes with a start said alone."""
    if start is None:
        return None
    if not isinstance(start, datetime):
        kept = before.end_date - before.start_date if before.start_date and before.end_date else ONE_DAY
        return start + kept
    if before.start and before.end:
        return start + (before.end - before.start)
    return start + length if length else None


def _timed(start: datetime, end: datetime, home: ZoneInfo, zone: str) -> Times:
    if start.tzinfo is None and end.tzinfo is None:
        begin, finish = wall_instants(start, end, home)
    else:
        begin, finish = instant(start, home), instant(end, home)
    if finish <= begin:
        raise ValidationError({"end": _("The end must be after the start.")})
    return Times(start=begin, end=finish, zone=zone)


def _dated(start: date, end: date, zone: str) -> Times:
    if end < start:
        raise ValidationError({"end": _("The end must be after the start.")})
    return Times(all_day=True, start_date=start, end_date=max(end, start + ONE_DAY), zone=zone)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError({"zone": _("“%(name)s” is not a time zone.") % {"name": name}}) from error


def instant(moment: datetime, home: ZoneInfo) -> datetime:
    """Return the UTC instant of `moment`, read in `home` when naive. A wall time that a clock change skips is later."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=home)).astimezone(UTC)
    except OverflowError as error:
        raise ValidationError(_("That date is too far away.")) from error


def wall_instants(start: datetime, end: datetime, home: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants of two wall times. Where a clock change turns them round, the length on the wall is kept."""
    begin, finish = instant(start, home), instant(end, home)
    if finish <= begin and end > start:
        finish = begin + (end - start)
    return begin, finish


def from_when(when: When, *, home: ZoneInfo, dates_allowed: bool = True) -> Times:
    """Return the times an event says. A call has no all-day form: there the day becomes its 24 hours in `home`.

    An end before the start becomes the start: what another calendar says is taken as it can be.
    """
    if when.kind is TimeKind.DATE:
        end = max(when.end, when.start + ONE_DAY)
        if dates_allowed:
            return Times(all_day=True, start_date=when.start, end_date=end, zone=home.key)
        return _timed(_midnight(when.start), _midnight(end), home, home.key)
    begin, finish = when.instants(home)
    if when.kind is TimeKind.FLOATING and isinstance(when.start, datetime) and isinstance(when.end, datetime):
        begin, finish = wall_instants(when.start, when.end, home)
    return Times(start=begin, end=max(begin, finish), zone=known_zone(when.zone) or home.key)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def known_zone(name: str) -> str:
    """Return `name` when it is a time zone, else ""."""
    try:
        return _zone(name) if name else ""
    except ValidationError:
        return ""
