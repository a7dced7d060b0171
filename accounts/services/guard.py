"""Brakes on guessing passwords: counted in the database, so all processes share them and no cache can lose them.

Strangers share 20 evaluated guesses an hour per account, and 100 per address. Somebody who signed in from this
browser before has 20 of his own: nobody else can lock him out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.crypto import get_random_string, salted_hmac

from accounts.address import network
from accounts.models import SignInAttempt

WINDOW = timedelta(hours=1)
PER_ACCOUNT = 20
PER_ADDRESS = 100
DEVICE_FOR = timedelta(days=180)
_SALT = "accounts.known-device"


@dataclass(frozen=True)
class Attempt:
    """A guess that was let through; `reached` when it was the last one for now."""

    rows: tuple[SignInAttempt, ...]
    reached: bool

    def withdraw(self) -> None:
        """Take the guess out of the count: it was right, or never looked at."""
        SignInAttempt.objects.filter(pk__in=[row.pk for row in self.rows]).delete()


def admit(email: str, address: str, device: str, *, now: datetime) -> Attempt | None:
    """Count a guess for `email` and let it through, or return None when there were too many.

    It is counted before it is evaluated, and evaluated only when it finds itself within the limit: of guesses sent
    at the same time no more than the limit pass.
    """
    SignInAttempt.objects.filter(at__lte=now - WINDOW).delete()
    limits = _buckets(email, address, device)
    if _least_room(limits) <= 0:
        return None
    rows = tuple(SignInAttempt.objects.create(bucket=bucket, at=now) for bucket in limits)
    room = _least_room(limits)
    attempt = Attempt(rows, reached=room == 0)
    if room < 0:
        attempt.withdraw()
        return None
    return attempt


def device_token(user_id: UUID) -> str:
    """Return a cookie's content that marks this browser as known to the user."""
    return signing.dumps([str(user_id), get_random_string(22)], salt=_SALT)


def device_of(token: str, user_id: UUID | None) -> str:
    """Return the name of the known device, "" when `token` was not given to this user."""
    try:
        owner, name = signing.loads(token, salt=_SALT, max_age=DEVICE_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if user_id is not None and owner == str(user_id) else ""


def _buckets(email: str, address: str, device: str) -> dict[str, int]:
    if device:
        return {_bucket("device", email, device): PER_ACCOUNT}
    return {_bucket("account", email): PER_ACCOUNT, _bucket("address", network(address)): PER_ADDRESS}


def _least_room(limits: dict[str, int]) -> int:
    return min(limit - SignInAttempt.objects.filter(bucket=bucket).count() for bucket, limit in limits.items())


def _bucket(*parts: str) -> str:
    return salted_hmac("accounts.sign-in", "\0".join(parts), algorithm="sha256").hexdigest()
