"""What an address asks for: a day, a stretch of time, somebody's agenda. What cannot be understood is not asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import User
from agenda.models import Activity
from agenda.selectors.week import FIRST, LAST

ONE_DAY = timedelta(days=1)
#: how long a new activity takes unless said otherwise
_USUAL = {Activity.Kind.CALL: timedelta(minutes=30)}


def today(viewer: User) -> date:
    """Return which day it is where the viewer lives."""
    return timezone.now().astimezone(viewer.zone).date()


def day(request: HttpRequest, name: str = "date") -> date | None:
    """Return the date in ?date=, or the nearest that has a place here."""
    found = _date(request.GET.get(name, ""))
    return min(max(found, FIRST), LAST) if found else None


def moment(text: str, viewer: User) -> datetime | None:
    """Return an instant; one without an offset is in the viewer's zone. None for a date, nonsense or another age."""
    try:
        found = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None
    if found is None or not FIRST.year <= found.year <= LAST.year:
        return None
    return found.replace(tzinfo=viewer.zone) if found.tzinfo is None else found


def owner(request: HttpRequest, viewer: User, owners: Sequence[User]) -> User:
    """Return whose agenda ?of= names, the viewer's own without one; 404 for one that he may not see."""
    key = request.GET.get("of", "")
    if not key:
        return viewer
    for one in owners:
        if key in (str(one.pk), one.pk.hex):
            return one
    raise Http404


def slot(request: HttpRequest, viewer: User, kind: str) -> dict[str, Any]:
    """Return what an empty form says: the time that ?start= and ?end= name, else an hour in the morning of ?date=.

    A task without a time is due on that day, and planned later.
    """
    whose = {"owner": request.GET.get("of") or viewer.pk}
    start, end = (request.GET.get(name, "") for name in ("start", "end"))
    if begins := moment(start, viewer):
        ends = moment(end, viewer) or begins + _USUAL.get(Activity.Kind(kind), timedelta(hours=1))
        return {**whose, **_timed(begins.astimezone(viewer.zone), ends.astimezone(viewer.zone))}
    if first := _date(start):
        return {**whose, **_dated(first, _date(end), kind)}
    return {**whose, **_usual(day(request) or today(viewer), kind)}


def _timed(start: datetime, end: datetime) -> dict[str, Any]:
    times = {"start_date": start.date(), "start_time": start.time(), "end_date": end.date(), "end_time": end.time()}
    return {**times, "due": start.date()}


def _dated(first: date, after: date | None, kind: str) -> dict[str, Any]:
    """Return whole days; a call has none, so that it gets a time on the first."""
    if kind == Activity.Kind.CALL:
        return _usual(first, kind)
    return {"all_day": True, "start_date": first, "end_date": (after - ONE_DAY) if after else first, "due": first}


def _usual(on: date, kind: str) -> dict[str, Any]:
    if kind == Activity.Kind.TASK:
        return {"due": on}
    ends = time(9, 30) if kind == Activity.Kind.CALL else time(10)
    return {"start_date": on, "start_time": time(9), "end_date": on, "end_time": ends}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
