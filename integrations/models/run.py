"""Runs: what each sync did, in numbers."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How a run ended, best first; a run reports its worst."""

    OK = "ok", _("In step")
    HELD = "held", _("Something waits for your answer")
    CONTINUE = "continue", _("Goes on in the next run")
    RETRY = "retry", _("Tried again later")
    NEEDS_USER = "needs_user", _("Needs you")
    FAILED = "failed", _("Failed")


class Run(models.Model):
    """One sync of one connection."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    requests = models.PositiveIntegerField(default=0)
    bytes_down = models.PositiveBigIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    local_created = models.PositiveIntegerField(default=0)
    local_updated = models.PositiveIntegerField(default=0)
    local_deleted = models.PositiveIntegerField(default=0)
    remote_created = models.PositiveIntegerField(default=0)
    remote_updated = models.PositiveIntegerField(default=0)
    remote_deleted = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    #: remote calendar id → deletions done that nobody asked for here; the brakes add up 24 hours of them
    unasked_deletions = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["connection", "-started_at"])]

    def __str__(self) -> str:
        """Name the row."""
        return f"run {self.pk}: {self.outcome or 'under way'}"
