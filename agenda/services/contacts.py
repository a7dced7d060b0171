"""Contacts: found by name, or made."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.models import Contact
from agenda.services.rights import company_of


def find_or_make(actor: User, name: str) -> Contact:
    """Return the contact of this name in the actor's company, whatever its case; made when there is none."""
    company, name = company_of(actor), " ".join(name.split())
    if not name or len(name) > 300:
        raise ValidationError({"customer": _("Give the customer a name of at most 300 characters.")})
    found = Contact.objects.filter(company=company, name__iexact=name).order_by("pk").first()
    return found or Contact.objects.create(company=company, name=name)
