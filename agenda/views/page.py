"""The agenda's page: one agenda as a calendar, or one week of it as a list, which needs no JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from agenda import ports, selectors
from agenda.views import feed
from agenda.views.frame import frame
from agenda.views.member import member
from agenda.views.period import LIST, Period
from agenda.views.sync import OPEN
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
    context = frame(request, viewer)
    owner, period = context["owner"], context["period"]
    ports.freshness().look(owner, within=OPEN)
    if period.view == LIST:
        week = selectors.week(viewer, owner, period.within, today=context["today"])
        return render(request, "agenda/list.html", {**context, "week": week})
    data = _data(viewer, owner, period, request.GET.get("view", ""))
    return render(request, "agenda/calendar.html", {**context, "data": data})


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
