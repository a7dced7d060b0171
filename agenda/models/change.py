"""Changes: what an activity said before somebody who does not answer for it changed it in his own calendar."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Change(models.Model):
    """One such change, kept for 30 days so that it can be undone. `before` and `after`: column → value."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey("agenda.Activity", on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    happened_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["happened_at"])]

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"change {self.pk}"
