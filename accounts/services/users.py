"""Users: made and deactivated."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts import audit, ports
from accounts.models import Company, User, canonical_email
from vault.models import DataKey


@transaction.atomic
def make_user(
    *,
    company: Company | None,
    email: str,
    password: str,
    name: str = "",
    role: str = User.Role.USER,
    timezone: str = "UTC",
    actor: User | None = None,
    **fields: Any,
) -> User:
    """Return a new user with a data key of his own.

    `fields` are further ones of the model. Raises ValidationError for a taken address, an unknown zone, an operator
    with a company (or anybody else without one), or a password that the validators refuse.
    """
    user = User(company=company, email=canonical_email(email), name=name, role=role, timezone=timezone, **fields)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.data_key = DataKey.objects.make()
    user.save(force_insert=True)
    audit.record(actor, "user.created", target=str(user.pk), details={"role": user.role})
    return user


@transaction.atomic
def deactivate(user: User, *, actor: User) -> None:
    """End the user's sessions, erase his password and stop all that works in his name."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    ports.deactivated(user)
    audit.record(actor, "user.deactivated", target=str(user.pk))
