"""The page behind the one-time set-up link."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.address import client_address
from accounts.forms import SetupForm
from accounts.services.setup import SetupClosed, is_open, set_up


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("form", "token")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first company and its admin, and sign him in; 404 once that is done, or the link is too old."""
    if not is_open(token):
        raise Http404
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            admin = set_up(token, form.first_admin(), address=client_address(request))
        except SetupClosed:
            raise Http404 from None
        login(request, admin)
        return redirect("/")
    response = render(request, "accounts/setup.html", {"form": form})
    # The address is a secret. Not "no-referrer": browsers would then post with `Origin: null`, which CSRF refuses.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
