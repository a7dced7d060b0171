"""The first company and its admin, by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import SetupLink, User
from accounts.services.companies import make_company
from accounts.services.users import make_user

VALID_FOR = timedelta(hours=24)


class SetupClosed(Exception):
    """There are users already, or the link is unknown, used or too old."""


@dataclass(frozen=True)
class FirstAdmin:
    """What the set-up page asks for."""

    company: str
    name: str
    email: str
    password: str = field(repr=False)
    timezone: str = "UTC"


def make_setup_token() -> str:
    """Return a new token for the page `/setup/<token>/`, valid once and for 24 hours; SetupClosed when users exist."""
    if User.objects.exists():
        raise SetupClosed
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(token_hash=_hash(token), expires_at=timezone.now() + VALID_FOR)
    audit.record(None, "setup.link_made")
    return token


def is_open(token: str) -> bool:
    """Return whether set-up by this token is possible now."""
    return _usable(token).exists() and not User.objects.exists()


@transaction.atomic
def set_up(token: str, first: FirstAdmin, *, address: str = "") -> User:
    """Make the company and its admin, and close set-up for good; raises SetupClosed, or ValidationError."""
    if not _usable(token).update(used_at=timezone.now()) or User.objects.exists():
        raise SetupClosed
    SetupLink.objects.filter(used_at=None).update(used_at=timezone.now())
    admin = make_user(
        company=make_company(first.company),
        email=first.email,
        password=first.password,
        name=first.name,
        role=User.Role.ADMIN,
        timezone=first.timezone,
    )
    audit.record(admin, "setup.done", target=str(admin.company_id), address=address)
    return admin


def _usable(token: str) -> QuerySet[SetupLink]:
    return SetupLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
