"""Celery's doors: they load by id and call one service. Messages hold ids and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from notices.services import outbox, upkeep

#: the next minute brings another message (seconds)
EXPIRES = 10 * 60


@shared_task(name="notices.tasks.send_mail")
def send_mail(mail_id: str) -> None:
    """Send one mail."""
    outbox.send(UUID(mail_id), now=timezone.now())


@shared_task(name="notices.tasks.send_due")
def send_due() -> None:
    """Send reminders, and every mail that is due: new ones whose message was lost, and those to be tried again."""
    now = timezone.now()
    upkeep.remind(now)
    press(outbox.due(now))


@shared_task(name="notices.tasks.purge")
def purge() -> None:
    """Drop what is past its time."""
    upkeep.purge(timezone.now())


def press(mails: Iterable[UUID]) -> None:
    """Wake a worker for these mails. A broker that is away loses nothing: the next minute finds them in the outbox."""
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        return  # no broker
    try:
        for mail_id in mails:
            send_mail.apply_async((str(mail_id),), expires=EXPIRES, retry=False)
    except OperationalError:
        return
