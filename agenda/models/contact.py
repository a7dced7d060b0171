"""Contacts: the people and companies that activities are about."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A person or a company outside: enough to be called, visited, and to receive bookings."""

    class Kind(models.TextChoices):
        """A person, or a company."""

        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.COMPANY)
    name = models.CharField(max_length=300)
    phone = models.CharField(max_length=50, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "name"])]

    def __str__(self) -> str:
        """Return the contact's name."""
        return self.name
