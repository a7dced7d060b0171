"""Rings: somebody wants a connection synced soon. The number in the row is what counts, the message only wakes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import F

from accounts.models import User
from integrations.models import Connection


def ring(connections: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Raise the bell of these connections, and return those that a run may serve at all."""
    active = Connection.objects.filter(pk__in=list(connections), state=Connection.State.ACTIVE, grant__revoked_at=None)
    ids = list(active.values_list("pk", flat=True))
    Connection.objects.filter(pk__in=ids).update(ring_seq=F("ring_seq") + 1)
    return ids


def of(user: User) -> list[uuid.UUID]:
    """Return the ids of a user's connections, oldest first."""
    return list(Connection.objects.filter(user=user).order_by("created_at").values_list("pk", flat=True))
