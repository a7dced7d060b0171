"""Notices: something one person is told."""

from __future__ import annotations

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notices.kinds import Words
from vault.fields import SealedField


class Notice(models.Model):
    """Something one person is told, once for each (kind, subject) while it is open.

    `words` is sealed JSON, since it may name a meeting. `link` and `undo` are paths of ours, or "". Closed: it is no
    longer so, or was taken back; a closed one may be told anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=40)  # notices.kinds.Kind.key
    subject = models.CharField(max_length=100)  # what it is about: the id of a row
    level = models.CharField(max_length=7)
    words = SealedField(key="recipient.data_key")
    link = models.CharField(max_length=300, blank=True)
    undo = models.CharField(max_length=300, blank=True)  # posted to
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    remind_later = models.JSONField(default=list)  # days after `created_at`, those to come after `remind_at`

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "subject"], name="told_once_while_open", condition=Q(closed_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"]),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="unread_notices"),
            models.Index(fields=["remind_at"], condition=Q(closed_at=None), name="notices_to_repeat"),
            models.Index(fields=["kind", "subject"]),
        ]

    def __str__(self) -> str:
        """Name the row without its words."""
        return f"notice {self.pk} ({self.kind})"

    @property
    def said(self) -> Words:
        """Return its words; for its recipient alone."""
        return Words(**json.loads(self.words.reveal()))
