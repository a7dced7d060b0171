"""Back to the page that an action came from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def wanted(request: HttpRequest) -> str:
    """Return the agenda's page that the visitor came from, as the form or link says; "" for anything else."""
    said: str = request.POST.get("back", request.GET.get("back", ""))
    ours = url_has_allowed_host_and_scheme(said, allowed_hosts=None)
    return said if ours and said.startswith(reverse("agenda")) else ""


def back_to_agenda(request: HttpRequest) -> HttpResponse:
    """Go back there, or to this week."""
    return redirect(wanted(request) or "agenda")
