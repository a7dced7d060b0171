"""Whom an operator's command is about."""

from __future__ import annotations

from accounts.models import User
from operations.command import WrongUse


def user_of(email: str) -> User:
    """Return the user of this e-mail address. WrongUse (exit code 2) when there is none."""
    user = User.objects.select_related("company").filter(email=email.strip().lower()).first()
    if user is None:
        raise WrongUse(f"There is no user {email}.")
    return user
