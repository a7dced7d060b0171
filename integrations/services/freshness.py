"""Freshness: whose calendars are looked at because somebody looks at his agenda (docs/runs.md)."""

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
    old = ready.filter(_before("last_look_at", since, now))
    unasked = _before("freshened_at", since, now)
    found = list(old.filter(unasked).values_list("pk", flat=True))
    return [pk for pk in found if Connection.objects.filter(unasked, pk=pk).update(freshened_at=now)]


def _before(column: str, since: datetime, now: datetime) -> Q:
    """Match what was never, or not lately; a time yet to come was written by a clock that has been put right since."""
    return Q(**{column: None}) | Q(**{f"{column}__lte": since}) | Q(**{f"{column}__gt": now})
