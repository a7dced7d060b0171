"""Consent: what a user allows one integration to do. Given once, checked at every run, and taken back at any time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from integrations.entry import Entry
from integrations.models import Grant, Scope
from integrations.news import telling


class ScopeMissing(PermissionDenied):
    """The user has not allowed this, or does not any more; the message is a sentence for him."""


def give(
    user: User,
    entry: Entry,
    *,
    address: str,
    now: datetime,
    scopes: Collection[Scope] | None = None,
    key: UUID | None = None,
) -> Grant:
    """Write the consent down and return it: all scopes of the entry unless some are named, never one it does not ask.

    `address` is where the consent came from: the client's address, or "command line". `key`: the id it shall have, so
    that one request makes one consent; IntegrityError when it was used before.
    """
    allowed = [scope.value for scope in entry.scopes if scopes is None or scope in scopes]
    with transaction.atomic():
        grant = Grant.objects.create(
            pk=key or uuid4(),
            user=user,
            entry=entry.key,
            scopes=allowed,
            granted_at=now,
            granted_from=address[:64],
        )
        _record("grant.given", grant, user, address)
    return grant


def revoke(grant: Grant, actor: User | None, *, address: str = "") -> bool:
    """Take the consent back; return False when it was taken back before.

    Everything stops at once: a run asks before each write whether the consent still stands, a ring and the schedule
    pass the connection over. What is stored stays until the connection is removed.
    """
    with transaction.atomic():
        now = timezone.now()
        if not Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=now):
            return False
        grant.revoked_at = now
        _record("grant.revoked", grant, actor, address)
        telling.revoked(grant, actor)
    return True


def require(grant: Grant, scope: Scope) -> None:
    """Do nothing when the consent stands and covers `scope`, else raise ScopeMissing."""
    if not grant.allows(scope):
        raise ScopeMissing(
            _("You have not allowed “%(scope)s”: authorize the integration again.") % {"scope": scope.label}
        )


def _record(action: str, grant: Grant, actor: User | None, address: str) -> None:
    details = {"entry": grant.entry, "scopes": grant.scopes}
    audit.record(actor, action, target=str(grant.pk), address=address[:64], details=details)
