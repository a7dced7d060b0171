"""The search: a page, and while one types the same list under the search box."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agenda import selectors
from agenda.selectors.search import SHORTEST, Hit
from agenda.views.answer import in_dialog
from agenda.views.member import member

LONGEST = 100  # letters; more is no search but a way to keep the server busy


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what ?q= finds on the agendas that the viewer may see, and among his own private events."""
    viewer = member(request)
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = selectors.search(viewer, text, now=timezone.now())
    hits = [(hit, _back(hit)) for hit in found.hits]
    context = {"text": text, "hits": hits, "more": found.more, "short": 0 < len(text) < SHORTEST}
    return render(request, "agenda/search_found.html" if in_dialog(request) else "agenda/search.html", context)


def _back(hit: Hit) -> str:
    """Return the agenda on which it stands, at its day."""
    said = {"date": hit.day.isoformat() if hit.day else "", "of": "" if hit.row.mine else str(hit.row.owner_id)}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('agenda')}?{query}" if query else reverse("agenda")
