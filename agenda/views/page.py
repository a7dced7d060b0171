"""The agenda's page: one agenda as a calendar, or one week of it as a list, which needs no JavaScript."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import visible_owners
from agenda import selectors
from agenda.views import asked, feed
from agenda.views.member import activity_or_404, member
from agenda.views.period import LIST, VIEWS, Period
from agenda.views.sync import state_of
from agenda.views.words import words


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go where this user works: the agenda, or for an operator the admin panel."""
    operator = isinstance(request.user, User) and request.user.is_operator
    return redirect("admin:index" if operator else "agenda")


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show an agenda: ?view= day, week, month or list, ?date= any day in it, ?of= whose, ?show= an activity."""
    viewer = member(request)
    owners = list(visible_owners(viewer))
    owner = asked.owner(request, viewer, owners)
    today = _today(viewer)
    view = request.GET.get("view", "")
    period = Period(view if view in (*VIEWS, LIST) else "week", _day(request, viewer) or today)
    context = {
        "period": period,
        "owner": owner,
        "owners": owners,
        "own": owner == viewer,
        "today": today,
        "to_plan": selectors.to_plan(viewer)[:100] if owner == viewer else (),
        "sync": state_of(viewer),
    }
    if view == LIST:
        week = selectors.week(viewer, owner, period.within, today=today)
        return render(request, "agenda/list.html", {**context, "week": week})
    return render(request, "agenda/calendar.html", {**context, "data": _data(viewer, owner, period, view)})


@require_safe
def to_plan(request: HttpRequest) -> HttpResponse:
    """Show the tasks that have no time yet: a fragment, for the calendar's side."""
    viewer = member(request)
    context = {"to_plan": selectors.to_plan(viewer)[:100], "today": _today(viewer)}
    return render(request, "agenda/to_plan.html", context)


def _today(viewer: User) -> date:
    return timezone.now().astimezone(viewer.zone).date()


def _day(request: HttpRequest, viewer: User) -> date | None:
    """Return the day that was asked for, if that can be understood."""
    if show := request.GET.get("show"):
        return selectors.day_of(activity_or_404(viewer, show), viewer.zone)
    return asked.day(request)


def _data(viewer: User, owner: User, period: Period, view: str) -> dict[str, Any]:
    """Return what static/js/agenda.js starts with: the first rows among it, so that the first picture is whole."""
    start, end = period.bounds(viewer.zone)
    first = {"start": start.isoformat(), "end": end.isoformat(), "rows": feed.rows(viewer, owner, start, end)}
    return {
        "view": view,
        "date": period.within.isoformat(),
        "zone": viewer.timezone,
        "of": "" if owner == viewer else str(owner.pk),
        "first": first,
        "words": words(),
    }
