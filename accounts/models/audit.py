"""The audit trail: append-only, each entry holding the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

#: `previous` of the very first entry
GENESIS = "0" * 64


class AuditEntry(models.Model):
    """Who did what, when, from where, with what outcome. Never a secret, never private content.

    People are named by id, not by foreign key: an erased user leaves his entries behind, under a pseudonym.
    The database itself refuses to change an entry, or to delete one before its time (13 months).
    """

    at = models.DateTimeField(_("at"))
    actor_id = models.UUIDField(_("actor"), null=True)  # null: nobody signed in, or the system
    company_id = models.UUIDField(_("company"), null=True)
    action = models.CharField(_("action"), max_length=60)  # noun.verb, as sign_in.refused
    target = models.CharField(_("target"), max_length=100, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20)
    address = models.CharField(_("address"), max_length=64, blank=True)
    details = models.JSONField(_("details"), default=dict)
    previous = models.CharField(max_length=64, unique=True)  # unique: the chain cannot fork
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [models.Index(fields=["company_id", "at"]), models.Index(fields=["action", "at"])]

    def __str__(self) -> str:
        """Name the entry."""
        return f"{self.action} ({self.outcome})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append; refuses to change an entry that exists."""
        if not self._state.adding:
            self._refuse()
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    def computed_digest(self) -> str:
        """Return SHA-256 over what the entry says and the digest before it, 64 hex digits."""
        said = [
            self.at.isoformat(),
            self.actor_id and str(self.actor_id),
            self.company_id and str(self.company_id),
            *(self.action, self.target, self.outcome, self.address, self.details, self.previous),
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def _refuse(self) -> NoReturn:
        raise TypeError("The audit trail is append-only: record a new entry instead.")
