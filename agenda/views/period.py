"""The stretch of days that the agenda's page shows, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as said

from agenda.selectors.week import FIRST, LAST

VIEWS = ("day", "week", "month")
LIST = "list"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """`view`: day, week, month or list (a week's). `within`: the day that was asked for."""

    view: str
    within: date

    @property
    def first(self) -> date:
        """Return the first day shown; of a month, the Monday of its first week."""
        if self.view == "day":
            return self.within
        start = self.within.replace(day=1) if self.view == "month" else self.within
        return max(start - timedelta(days=start.weekday()), FIRST)

    @property
    def days(self) -> int:
        """Return how many days are shown at most."""
        return {"day": 1, "month": 42}.get(self.view, 7)

    def holds(self, day: date) -> bool:
        """Return whether a day is in the period; of a month, whether it is in that very month."""
        if self.view == "month":
            return (day.year, day.month) == (self.within.year, self.within.month)
        return self.first <= day < self.first + timedelta(days=self.days)

    @property
    def previous(self) -> date:
        """Return a day in the period before."""
        if self.view == "month":
            return max((self.within.replace(day=1) - ONE_DAY).replace(day=1), FIRST)
        return max(self.within - timedelta(days=self.days), FIRST)

    @property
    def next(self) -> date:
        """Return a day in the period after."""
        if self.view == "month":
            return min((self.within.replace(day=28) + 4 * ONE_DAY).replace(day=1), LAST)
        return min(self.within + timedelta(days=self.days), LAST)

    @property
    def number(self) -> int:
        """Return the ISO week's number."""
        return self.first.isocalendar().week

    @property
    def title(self) -> str:
        """Return the period as people say it."""
        last = self.first + timedelta(days=6)
        if self.view == "day":
            return said(self.within, "l j F Y")
        if self.view == "month":
            return said(self.within, "F Y")
        return f"{said(self.first, _short(self.first, last))} – {said(last, 'j F Y')}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants between which the period lies in a zone."""
        after = self.first + timedelta(days=self.days)
        return datetime.combine(self.first, time(), zone), datetime.combine(after, time(), zone)


def _short(first: date, last: date) -> str:
    """Return what has to be said of the first day, since the last says the rest."""
    if first.year != last.year:
        return "j F Y"
    return "j F" if first.month != last.month else "j"
