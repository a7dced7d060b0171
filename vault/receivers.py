"""Forget a data key when its row is deleted, or made anew under the same id."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from vault.keyring import ring
from vault.models import DataKey


@receiver(post_delete, sender=DataKey, dispatch_uid="vault.forget_deleted_key")
@receiver(post_save, sender=DataKey, dispatch_uid="vault.forget_replaced_key")
def forget(instance: DataKey, **kwargs: Any) -> None:
    """Drop it from this process; other processes forget within keyring.FORGET_AFTER."""
    ring.forget(instance.pk)
