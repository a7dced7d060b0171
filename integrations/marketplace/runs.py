"""What each sync of a connection did, in numbers."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agenda.views.member import member
from integrations.marketplace.acts import owned_or_404
from integrations.models import Run
from integrations.selectors import health

A_PAGE = 50


@require_safe
def runs(request: HttpRequest, key: UUID) -> HttpResponse:
    """List the runs of one of the viewer's own connections, newest first."""
    connection = owned_or_404(member(request), key)
    rows = Run.objects.filter(connection=connection).order_by("-started_at")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "health": health.health(connection, timezone.now())}
    return render(request, "integrations/runs.html", context)
