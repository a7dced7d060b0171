"""What users say about themselves."""

from __future__ import annotations

from django.db import transaction

from accounts import audit, ports
from accounts.models import User


@transaction.atomic
def save_profile(user: User, changed: list[str], *, address: str = "") -> None:
    """Save the `changed` fields of `user`; a new time zone is told to whoever draws in it."""
    if not changed:
        return
    user.save(update_fields=changed)
    if "timezone" in changed:
        ports.zone_changed(user)
    audit.record(user, "profile.changed", target=str(user.pk), address=address, details={"fields": sorted(changed)})


def save_theme(user: User, theme: str) -> None:
    """Save which colours the user's pages have; ValueError for a theme that does not exist."""
    user.theme = User.Theme(theme)
    user.save(update_fields=["theme"])


@transaction.atomic
def save_password(user: User, password: str, *, address: str = "") -> None:
    """Set a new password, which the caller has checked; all sessions end with the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    ports.mail().password_changed(user)
    audit.record(user, "password.changed", target=str(user.pk), address=address)
