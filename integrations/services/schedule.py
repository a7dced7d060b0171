"""When a connection is looked at: every half hour, each at its own moment of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

PERIOD = timedelta(minutes=30)
#: without a success for longer than this a connection is not in step any more, and its owner sees so (I23)
STALE_AFTER = timedelta(minutes=75)


def next_slot(connection_id: uuid.UUID, now: datetime) -> datetime:
    """Return the next of the connection's own moments after `now`. They are 30 minutes apart and never drift."""
    period = PERIOD.total_seconds()
    phase = connection_id.int % int(period)
    since = now.timestamp() - phase
    return datetime.fromtimestamp((since // period + 1) * period + phase, UTC)


def jitter(connection_id: uuid.UUID) -> float:
    """Return a number from 0 to 1 that is stable for a connection and spread over all of them."""
    return (connection_id.int >> 64) % 1000 / 1000
