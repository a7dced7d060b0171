"""What stands around an agenda on all its pages: the small month, filters, people, what is to be planned, the sync."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import visible_owners
from agenda import ports, selectors
from agenda.views import asked
from agenda.views.member import activity_or_404, member
from agenda.views.month import Month
from agenda.views.period import LIST, VIEWS, Period
from agenda.views.sync import state_of

MOST_TASKS = 100


def frame(request: HttpRequest, viewer: User) -> dict[str, Any]:
    """Return the context of templates/agenda/frame.html, from what the address asks for."""
    owners = list(visible_owners(viewer))
    owner = asked.owner(request, viewer, owners)
    own, today, view = owner == viewer, asked.today(viewer), request.GET.get("view", "")
    period = Period(view if view in (*VIEWS, LIST) else "week", _day(request, viewer) or today)
    return {
        "period": period,
        "month": Month(period.within, period, today),
        "owner": owner,
        "owners": owners,
        "own": own,
        "today": today,
        "calendars": ports.sync_status().calendars(viewer) if own else (),
        "to_plan": selectors.to_plan(viewer)[:MOST_TASKS] if own else (),
        "sync": state_of(viewer),
    }


def _day(request: HttpRequest, viewer: User) -> date | None:
    """Return the day that was asked for, if that can be understood."""
    if show := request.GET.get("show"):
        return selectors.day_of(activity_or_404(viewer, show), viewer.zone)
    return asked.day(request)


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """Show what stands beside the agenda as a page: for phones, on pages that have no agenda."""
    return render(request, "agenda/more.html", frame(request, member(request)))


@require_safe
def to_plan(request: HttpRequest) -> HttpResponse:
    """Show the tasks that have no time yet: a page, or a fragment for the agenda's side."""
    viewer = member(request)
    context = {"to_plan": selectors.to_plan(viewer)[:MOST_TASKS], "today": asked.today(viewer)}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "agenda/to_plan.html" if fragment else "agenda/to_plan_page.html", context)
