"""Data keys: one per user, company or connection, each wrapped by a master key."""

from __future__ import annotations

import os
import uuid

from django.db import models

from vault.keys import KEY_BYTES
from vault.wrapping import wrap

SHARED = uuid.UUID(int=1)


class DataKeys(models.Manager["DataKey"]):
    """Where data keys come from."""

    def make(self) -> DataKey:
        """Return a fresh random 256-bit key, saved, wrapped by the current master key."""
        key = self.model()
        key.wrapped = wrap(os.urandom(KEY_BYTES), key.pk)
        key.save(using=self.db, force_insert=True)
        return key

    def shared(self) -> DataKey:
        """Return the installation's own key, made at first use: for hashes that must be equal for all users."""
        fresh = {"wrapped": wrap(os.urandom(KEY_BYTES), SHARED)}
        key, _made = self.get_or_create(pk=SHARED, defaults=fresh)
        return key


class DataKey(models.Model):
    """A wrapped key. Deleting the row erases all that was sealed under it, for good, backups apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.TextField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DataKeys()

    def __str__(self) -> str:
        """Name the row without the key."""
        return f"data key {self.pk}"
