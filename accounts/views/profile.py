"""The profile, and the password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.address import client_address
from accounts.forms import PasswordForm, ProfileForm
from accounts.models import User
from accounts.services import guard
from accounts.services.profile import save_password, save_profile


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and save what the user says about himself."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=cast(User, request.user).pk))
    if request.method == "POST" and form.is_valid():
        save_profile(form.instance, form.changed_data, address=client_address(request))
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form})


@sensitive_post_parameters()
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session of the user ends."""
    user = User.objects.get(pk=cast(User, request.user).pk)
    form = PasswordForm(request.POST or None, user=user)
    attempt = _attempt(user, request) if request.method == "POST" else None
    if request.method == "POST" and attempt is None:
        form = PasswordForm(user=user)
        messages.error(request, _("Too many attempts. Your password is as it was; wait an hour and try again."))
    elif attempt and form.is_valid():
        attempt.withdraw()
        save_password(user, form.cleaned_data["new"], address=client_address(request))
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("profile")
    return render(request, "accounts/password.html", {"form": form})


def _attempt(user: User, request: HttpRequest) -> guard.Attempt | None:
    """Brake somebody who found an open session and guesses the password behind it."""
    return guard.admit(user.email, client_address(request), "open session", now=timezone.now())
