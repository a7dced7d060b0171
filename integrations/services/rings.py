"""Rings: somebody wants a connection synced soon. The number in the row is what counts, the message only wakes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import F

from accounts.models import User
from integrations.models import Connection


def ring(connections: Iterable[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """Raise the bell of these connections; return which a run may serve, and whether somebody was woken for it before.

    A burst of edits so wakes one worker, whose run takes them all; a message that is lost costs a minute.
    """
    active = Connection.objects.filter(pk__in=list(connections), state=Connection.State.ACTIVE, grant__revoked_at=None)
    rung = {pk: ringing > heard for pk, ringing, heard in active.values_list("pk", "ring_seq", "heard_seq")}
    Connection.objects.filter(pk__in=rung).update(ring_seq=F("ring_seq") + 1)
    return rung


def of(user: User) -> list[uuid.UUID]:
    """Return the ids of a user's connections, oldest first."""
    return list(Connection.objects.filter(user=user).order_by("created_at").values_list("pk", flat=True))
