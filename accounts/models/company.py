"""Companies and their teams."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """A closed world: nothing of one is visible to, or guessable from, another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    data_key = models.OneToOneField(
        "vault.DataKey", on_delete=models.PROTECT, related_name="+", editable=False
    )  # keys hashes that the whole company shares

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]

    def __str__(self) -> str:
        """Return the company's name."""
        return self.name


class Team(models.Model):
    """Colleagues of one company who work together. A user is in at most one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="teams", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=200)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="led_teams",
        verbose_name=_("leader"),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="team_name_is_unique_in_its_company")]

    def __str__(self) -> str:
        """Return the team's name."""
        return self.name
