"""The agenda's page: one week of one agenda, as a list."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import visible_owners
from agenda import selectors
from agenda.views.member import activity_or_404, member
from agenda.views.sync import state_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go where this user works: the agenda, or for an operator the admin panel."""
    operator = isinstance(request.user, User) and request.user.is_operator
    return redirect("admin:index" if operator else "agenda")


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Show a week: ?date= any day in it, ?of= whose agenda, ?show= an activity to look for."""
    viewer = member(request)
    owners = list(visible_owners(viewer))
    owner = _owner(viewer, owners, request.GET.get("of", ""))
    today = timezone.now().astimezone(viewer.zone).date()
    shown = selectors.week(viewer, owner, _date(request, viewer) or today, today=today)
    return render(
        request,
        "agenda/week.html",
        {
            "week": shown,
            "owner": owner,
            "owners": owners,
            "own": owner == viewer,
            "today": today,
            "to_plan": selectors.to_plan(viewer)[:100] if owner == viewer else (),
            "sync": state_of(viewer),
        },
    )


def _owner(viewer: User, owners: list[User], key: str) -> User:
    """Return whose agenda was asked for; 404 for one that the viewer may not see."""
    if not key:
        return viewer
    for owner in owners:
        if key in (str(owner.pk), owner.pk.hex):
            return owner
    raise Http404


def _date(request: HttpRequest, viewer: User) -> date | None:
    """Return the day that was asked for, if that can be understood."""
    if show := request.GET.get("show"):
        return selectors.day_of(activity_or_404(viewer, show), viewer.zone)
    try:
        return date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return None
