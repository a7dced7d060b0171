"""What an admin sees of colleagues' connections: state, times, and the buttons. Never an account or a calendar."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agenda.views.member import member
from integrations.selectors import health


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """List the connections of the company, for its admins."""
    admin = member(request)
    if not admin.is_admin:
        raise Http404
    rows = health.of_colleagues(admin, timezone.now())
    return render(request, "integrations/colleagues.html", {"rows": rows, "tab": "colleagues"})
