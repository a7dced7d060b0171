"""Companies: made by name."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Company
from vault.models import DataKey


@transaction.atomic
def make_company(name: str) -> Company:
    """Return the company of exactly this name, made with a data key of its own when it is missing."""
    found = Company.objects.filter(name=name).first()
    if found is not None:
        return found
    company = Company(name=name, data_key=DataKey.objects.make())
    company.full_clean()
    company.save(force_insert=True)
    return company
