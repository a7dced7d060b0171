"""Light, dark, or as the system is."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.services.profile import save_theme


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Save the choice, and go back to the page it was made on; a script that has shown it already gets nothing."""
    try:
        save_theme(cast(User, request.user), request.POST.get("theme", ""))
    except ValueError:
        return HttpResponse(status=400)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
