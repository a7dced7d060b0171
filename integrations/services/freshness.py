"""Freshness: whose calendars are looked at because somebody looks at his agenda (docs/sync.md)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from integrations.models import Connection


def stale(owner: User, within: timedelta, now: datetime) -> list[uuid.UUID]:
    """Return the owner's connections that nobody has looked at within this time, and take them as asked for now.

    Any number of pages that are open at once make one look. What waits, is paused or is over is not asked.
    """
    since = now - within
    ready = Connection.objects.filter(user=owner, state=Connection.State.ACTIVE, grant__revoked_at=None)
    ready = ready.filter(Q(account__not_before=None) | Q(account__not_before__lte=now))
    old = ready.filter(Q(last_look_at=None) | Q(last_look_at__lte=since))
    unasked = Q(freshened_at=None) | Q(freshened_at__lte=since)
    found = list(old.filter(unasked).values_list("pk", flat=True))
    return [pk for pk in found if Connection.objects.filter(unasked, pk=pk).update(freshened_at=now)]
