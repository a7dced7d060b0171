"""Dispatch: which connections are due now. Claiming a row moves its next moment on, so that two beats do not clash."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q

from integrations.models import Connection
from integrations.services.schedule import next_slot

BATCH = 500


def claim_due(now: datetime) -> list[uuid.UUID]:
    """Return the connections whose half hour is over, at most `BATCH` of them, and move their next moment on."""
    with transaction.atomic():
        rows = Connection.objects.filter(_ready(now), next_sync_at__lte=now).order_by("next_sync_at")
        if database.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        due = list(rows[:BATCH])
        for one in due:
            one.next_sync_at = next_slot(one.pk, now)
        Connection.objects.bulk_update(due, ["next_sync_at"], batch_size=200)
    return [one.pk for one in due]


def unheard(now: datetime) -> list[uuid.UUID]:
    """Return the connections that were rung and not heard: the message was lost, or the broker was away."""
    rung = Connection.objects.filter(_ready(now), ring_seq__gt=F("heard_seq"))
    return list(rung.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _ready(now: datetime) -> Q:
    waiting = Q(account__not_before=None) | Q(account__not_before__lte=now)
    return waiting & Q(state=Connection.State.ACTIVE, grant__revoked_at=None, user__is_active=True)
