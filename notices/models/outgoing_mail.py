"""The outbox: mails that are to be sent, and what became of them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vault.fields import SealedField


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, and to whom. The repr shows neither."""

    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


class OutgoingMail(models.Model):
    """One mail, written down in the transaction of what it tells, and sent after it.

    `letter` is sealed JSON under the key of whom it concerns. `claimed_until`: one worker is sending it right now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("recipient")
    )
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    letter = SealedField(key="data_key", compressed=True)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)  # its sort; no address, no words

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="mails_to_send"),
            models.Index(fields=["recipient", "-created_at"]),
        ]

    def __str__(self) -> str:
        """Name the row without its words."""
        return f"mail {self.pk} ({self.kind})"

    @property
    def opened(self) -> Letter:
        """Return what it says; for the sender and its recipient alone. VaultError when its key was erased."""
        return Letter(**json.loads(self.letter.reveal()))
