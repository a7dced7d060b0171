"""The small month beside the agenda: its days lead there, and ‹ › leaf through it without moving the agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import visible_owners
from agenda.selectors.week import FIRST, LAST
from agenda.views import asked
from agenda.views.member import member
from agenda.views.period import ONE_DAY, VIEWS, Period


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the small month, as it looks beside the period that the agenda shows."""

    date: date
    inside: bool  # of this month, and not of its neighbours
    today: bool
    shown: bool  # in the agenda now


@dataclass(frozen=True, slots=True)
class Week:
    """One line: the ISO week's number, and Monday to Sunday."""

    number: int
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Month:
    """The month of the day `within`, beside a period of the agenda."""

    within: date
    period: Period
    today: date

    @property
    def first(self) -> date:
        """Return its first day."""
        return self.within.replace(day=1)

    @property
    def previous(self) -> date:
        """Return a day of the month before."""
        return max((self.first - ONE_DAY).replace(day=1), FIRST)

    @property
    def next(self) -> date:
        """Return a day of the month after."""
        return min((self.within.replace(day=28) + 4 * ONE_DAY).replace(day=1), LAST)

    @property
    def weeks(self) -> Sequence[Week]:
        """Return six lines, always, so that nothing below moves while one leafs through the months."""
        monday = self.first - self.first.weekday() * ONE_DAY
        starts = [monday + n * 7 * ONE_DAY for n in range(6)]
        return [Week(one.isocalendar().week, [self._day(one + n * ONE_DAY) for n in range(7)]) for one in starts]

    def _day(self, day: date) -> Day:
        shown = self.period.holds(day)
        return Day(day, day.month == self.first.month, day == self.today, shown)


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """Show the month of ?month= (any day in it): a fragment; ?date=, ?view= and ?of= are what the agenda shows."""
    viewer = member(request)
    today = asked.today(viewer)
    view = request.GET.get("view", "")
    period = Period(view if view in VIEWS else "week", asked.day(request) or today)
    owner = asked.owner(request, viewer, list(visible_owners(viewer)) if request.GET.get("of") else [])
    small = Month(asked.day(request, "month") or period.within, period, today)
    context = {"month": small, "period": period, "owner": owner, "own": owner == viewer}
    return render(request, "agenda/month.html", context)
