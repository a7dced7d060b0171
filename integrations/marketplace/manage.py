"""Manage: what I have connected, how it fares, and what waits for me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agenda.views.member import member
from integrations.selectors import health
from integrations.selectors.setups import unfinished


@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """List the viewer's own connections; those still being set up lead on."""
    user = member(request)
    rows = [one for one in health.own(user, timezone.now()) if not one.health.unfinished]
    context = {"rows": rows, "setups": list(unfinished(user).values()), "tab": "manage"}
    return render(request, "integrations/manage.html", context)
