"""Signing in."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from accounts import audit
from accounts.address import client_address
from accounts.models import User, canonical_email
from accounts.services import guard


class TooManyAttempts(Exception):
    """The guess was not even looked at."""


def sign_in(request: HttpRequest, email: str, password: str, *, device: str, now: datetime) -> User | None:
    """Sign the user in and return him, or None when address and password do not match.

    `device` is the token of an earlier sign-in from this browser. Raises TooManyAttempts. An unknown address, an
    inactive user and a wrong password cannot be told apart.
    """
    address = client_address(request)
    known = User.objects.filter(email=canonical_email(email)).first()
    known_device = guard.device_of(device, known.pk if known else None)
    attempt = guard.admit(canonical_email(email), address, known_device, now=now)
    if attempt is None:
        raise TooManyAttempts
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        _record_refusal(known, address, limit_reached=attempt.reached)
        return None
    attempt.withdraw()
    login(request, user)
    audit.record(user, "sign_in.done", target=str(user.pk), address=address)
    return user


def _record_refusal(known: User | None, address: str, *, limit_reached: bool) -> None:
    audit.record(
        None,
        "sign_in.refused",
        target=str(known.pk) if known else "",
        outcome="limit reached" if limit_reached else "refused",
        address=address,
    )
