"""Forget a data key when its row is deleted."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from vault.keyring import ring
from vault.models import DataKey


@receiver(post_delete, sender=DataKey, dispatch_uid="vault.forget_deleted_key")
def forget_deleted_key(instance: DataKey, **kwargs: Any) -> None:
    """Erase it from this process too; other processes forget within keyring.FORGET_AFTER."""
    ring.forget(instance.pk)
