"""Grants: what a user has allowed an integration to do, checked at every run."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One line of the authorize page each."""

    READ_AGENDA = "read_agenda", _("See your agenda")
    WRITE_AGENDA = "write_agenda", _("Write to your agenda from your calendar")
    WRITE_CALENDAR = "write_calendar", _("Write your activities to your calendar")
    OFFLINE = "offline", _("Do so while you are away")


class Grant(models.Model):
    """One consent of one user to one entry of the marketplace."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    entry = models.CharField(max_length=40)  # key in integrations.catalog
    scopes = models.JSONField(default=list)
    granted_at = models.DateTimeField()
    granted_from = models.CharField(max_length=64, blank=True)  # client address, or "command line"
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Name the row."""
        return f"grant {self.pk} for {self.entry}"

    def allows(self, scope: Scope) -> bool:
        """Return whether this consent still stands and covers `scope`."""
        return self.revoked_at is None and scope.value in self.scopes
