"""The audit trail: one entry for each security-relevant or destructive act (I24)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.models.audit import GENESIS

_TRIES = 20


def record(
    actor: User | None,
    action: str,
    *,
    target: str = "",
    outcome: str = "ok",
    address: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry and return it. `action` is noun.verb; `target` an id; nothing private, no secret in `details`."""
    entry = AuditEntry(
        actor_id=actor.pk if actor else None,
        company_id=actor.company_id if actor else None,
        action=action,
        target=target,
        outcome=outcome,
        address=address,
        details=details or {},
    )
    for _ in range(_TRIES - 1):
        try:
            return _append(entry)
        except IntegrityError:
            continue  # somebody appended between our look and our write: link to the new end
    return _append(entry)


@transaction.atomic
def _append(entry: AuditEntry) -> AuditEntry:
    last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
    entry.pk = None
    entry.at = timezone.now()
    entry.previous = last or GENESIS
    entry.digest = entry.computed_digest()
    entry.save()
    return entry


def first_broken() -> AuditEntry | None:
    """Return the first entry that was altered or lost its predecessor, or None when the chain is whole.

    Entries older than 13 months may have been removed from the beginning.
    """
    expected: str | None = None
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.digest != entry.computed_digest() or expected not in (None, entry.previous):
            return entry
        expected = entry.digest
    return None
