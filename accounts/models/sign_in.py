"""Attempts to sign in, counted for one hour."""

from __future__ import annotations

from django.db import models


class SignInAttempt(models.Model):
    """One guess at a password, in the bucket of an account, a known device or an address. Holds no address in clear."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["bucket", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        """Name the row."""
        return f"sign-in attempt {self.pk}"
