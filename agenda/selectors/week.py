"""A week of agendas as the page draws it: days with entries, times as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import ports
from agenda.models import Activity, Block
from agenda.selectors.rows import BLOCK, Row
from agenda.selectors.window import window

ONE_DAY = timedelta(days=1)
#: what the page can be asked for; beyond it dates and zones stop making sense
FIRST, LAST = date(1970, 1, 5), date(2199, 12, 29)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row on one day. `said` is its time on that day: "10:00–11:00", "from 22:00", "All day"."""

    row: Row = field(repr=False)
    said: str
    private_again: bool = False  # it was made of the viewer's own event


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week and what is on it."""

    date: date
    today: bool
    entries: Sequence[Entry] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday in the viewer's zone."""

    days: Sequence[Day]

    @property
    def monday(self) -> date:
        """Return the first day."""
        return self.days[0].date

    @property
    def sunday(self) -> date:
        """Return the last day."""
        return self.days[-1].date

    @property
    def number(self) -> int:
        """Return the ISO week's number."""
        return self.monday.isocalendar().week

    @property
    def previous(self) -> date:
        """Return the Monday before, or this one at the beginning of time."""
        return max(self.monday - 7 * ONE_DAY, FIRST)

    @property
    def next(self) -> date:
        """Return the Monday after, or this one at the end."""
        return min(self.monday + 7 * ONE_DAY, LAST - timedelta(days=LAST.weekday()))

    @property
    def empty(self) -> bool:
        """True when nothing is on any day."""
        return not any(day.entries for day in self.days)


def week(viewer: User, owner: User, within: date, *, today: date) -> Week:
    """Return the week that holds the date `within` on the agenda of `owner`, in the viewer's zone."""
    within = min(max(within, FIRST), LAST)
    monday = within - timedelta(days=within.weekday())
    dates = [monday + n * ONE_DAY for n in range(7)]
    zone = viewer.zone
    start, end = (datetime.combine(day, time(), zone) for day in (monday, monday + 7 * ONE_DAY))
    # A day more on both sides: all-day rows mean the owner's day, which may be another stretch of time here.
    rows = window(viewer, [owner], start - ONE_DAY, end + ONE_DAY)
    again = private_again(viewer, rows) if viewer == owner else set()
    return Week([Day(day, day == today, _entries(rows, day, zone, again)) for day in dates])


def private_again(owner: User, rows: Iterable[Row]) -> set[UUID]:
    """Return which of the owner's activities can be made private again."""
    ids = {row.thing_id for row in rows if row.kind != BLOCK and row.thing_id and row.editable}
    if not ids:
        return set()
    hidden = Block.objects.filter(owner=owner, hidden_by__in=ids).values_list("hidden_by", flat=True)
    mine = Activity.objects.filter(Q(organiser=owner) | Q(assignee=owner), pk__in=ids).values_list("pk", flat=True)
    converted = {*hidden, *ports.sync_status().converted_in_place(owner, ids)}
    return {pk for pk in mine if pk in converted} if converted else set()


def _entries(rows: Iterable[Row], day: date, zone: ZoneInfo, again: set[UUID]) -> list[Entry]:
    """Return what is on one day: all-day first, then by time."""
    found = [(row, _said(row, day, zone)) for row in rows]
    return [Entry(row, said, row.thing_id in again) for row, said in found if said]


def _said(row: Row, day: date, zone: ZoneInfo) -> str:
    """Return the row's time as said on `day`, or "" when it is on other days."""
    if not isinstance(row.start, datetime) or not isinstance(row.end, datetime):
        return _("All day") if row.start and row.end and row.start <= day < row.end else ""
    start, end = row.start.astimezone(zone), row.end.astimezone(zone)
    last = end if end == start else end - timedelta(microseconds=1)
    if not start.date() <= day <= last.date():
        return ""
    return _clock(start if start.date() == day else None, end if last.date() == day else None)


def _clock(start: datetime | None, end: datetime | None) -> str:
    if start and end:
        return f"{time_format(start.time(), 'H:i')}–{time_format(end.time(), 'H:i')}"
    if start:
        return _("from %(time)s") % {"time": time_format(start.time(), "H:i")}
    return _("until %(time)s") % {"time": time_format(end.time(), "H:i")} if end else _("All day")


def day_of(activity: Activity, zone: ZoneInfo) -> date | None:
    """Return the day an activity begins on, or None when it is not scheduled."""
    if activity.start_date:
        return activity.start_date
    return activity.start.astimezone(zone).date() if activity.start else None
