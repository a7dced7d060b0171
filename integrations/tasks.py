"""Celery's doors: each loads by id and calls one service. Messages hold ids and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from agenda.services import changes, trash
from integrations.services import care, dispatch, housekeeping, runs

#: a message that waited longer than this is worthless: the next half hour brings another (seconds)
EXPIRES = 25 * 60
#: how often a rung connection is run in one task
ROUNDS = 3


@shared_task(name="integrations.tasks.dispatch_due")
def dispatch_due() -> None:
    """Send every connection whose half hour is over to the workers, and every one whose bell nobody heard.

    And tell those whose calendars have not been in step for long.
    """
    now = timezone.now()
    for connection_id in dispatch.claim_due(now):
        sync_connection.apply_async((str(connection_id),), queue="sync", expires=EXPIRES)
    press(dispatch.unheard(now))
    care.tell_stale(now)


@shared_task(name="integrations.tasks.sync_connection")
def sync_connection(connection_id: str, interactive: bool = False) -> None:
    """Sync one connection, and once more when somebody rang meanwhile; then wake who waited for the same account."""
    pk = uuid.UUID(connection_id)
    for _round in range(ROUNDS):
        report = runs.sync_connection(pk, interactive=interactive)
        if report is None or report.busy or report.meter.requests == 0:
            return  # nothing could be done now: whoever holds the account, or the next minute, hears the bell
        if not runs.rings_again(pk):
            break
    press(runs.ringing_beside(pk))


@shared_task(name="integrations.tasks.daily")
def daily() -> None:
    """Compare every agenda with its links, and drop what is past its time."""
    housekeeping.compare()
    housekeeping.purge(timezone.now())
    trash.purge(timezone.now())
    changes.purge(timezone.now())


def press(connections: Iterable[uuid.UUID]) -> None:
    """Wake a worker for these connections now. A broker that is away loses nothing: the bell's number stays raised."""
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        return  # no broker: the number is heard at the next dispatch
    try:
        for connection_id in connections:
            sync_connection.apply_async((str(connection_id), True), queue="interactive", expires=EXPIRES, retry=False)
    except OperationalError:
        return
