"""The doors in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import SignInForm
from accounts.models import User
from accounts.services import guard
from accounts.services import sign_in as service


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password; go to where the visitor was heading."""
    if isinstance(request.user, User):
        return redirect(_destination(request, request.user))
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    device = request.COOKIES.get(_device_cookie(), "")
    try:
        user = service.sign_in(request, **form.cleaned_data, device=device, now=timezone.now())
    except service.TooManyAttempts:
        form.add_error(None, _("Too many attempts. Wait an hour, or use a browser in which you signed in before."))
        return _page(request, form, status=429, headers={"Retry-After": "3600"})
    if user is None:
        form.add_error(None, _("This e-mail address and password do not match. Check both and try again."))
        return _page(request, form)
    return _remembering(redirect(_destination(request, user)), user)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and have the browser drop the pages it kept."""
    logout(request)
    response = redirect("sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(request: HttpRequest, form: SignInForm, **response: Any) -> HttpResponse:
    answer = render(
        request, "accounts/sign_in.html", {"form": form, "next": _next(request)}, status=response.get("status")
    )
    for name, value in response.get("headers", {}).items():
        answer.headers[name] = value
    return answer


def _next(request: HttpRequest) -> str:
    """Return the wanted page when it is one of ours, else ""."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def _destination(request: HttpRequest, user: User) -> str:
    return _next(request) or (reverse("admin:index") if user.is_operator else settings.LOGIN_REDIRECT_URL)


def _device_cookie() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "halfpast_device"


def _remembering(response: HttpResponse, user: User) -> HttpResponse:
    response.set_cookie(
        _device_cookie(),
        guard.device_token(user.pk),
        max_age=guard.DEVICE_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
