"""A mail was put into the outbox: send it now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from notices.signals import queued
from notices.tasks import press


@receiver(queued, dispatch_uid="notices.send_soon")
def send_soon(sender: type, mail_id: UUID, **_kwargs: Any) -> None:
    """Wake a worker."""
    press([mail_id])
