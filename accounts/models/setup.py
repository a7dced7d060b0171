"""The one-time link that makes the first company and its admin."""

from __future__ import annotations

from django.db import models


class SetupLink(models.Model):
    """A set-up link that was printed once. Only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Name the row without its token."""
        return f"set-up link {self.pk}"
