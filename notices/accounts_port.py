"""What the accounts have mailed (accounts.ports.Mail), answered."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notices.kinds import Kind
from notices.services import write

PASSWORD_CHANGED = Kind(
    "password_changed",
    heading=_("Your password was changed"),
    sentence=_(
        "The password of your account was changed on %(at)s, and every other session was ended. If this was not you, "
        "ask an admin of your company for a new password at once."
    ),
    action=_("Sign in"),
    level="warn",
)
EMAIL_CHANGED = Kind(
    "email_changed",
    heading=_("Your e-mail address was changed"),
    sentence=_(
        "Since %(at)s you sign in with %(now)s instead of %(before)s. If you did not ask for this, tell an admin of "
        "your company at once."
    ),
    action=_("Sign in"),
    level="warn",
)


class LiveMail:
    """accounts.ports.Mail over the outbox."""

    def password_changed(self, user: User) -> None:
        """Mail him."""
        write(user, PASSWORD_CHANGED, {"at": timezone.now()}, link="/profile/")

    def email_changed(self, user: User, before: str) -> None:
        """Mail both addresses: the old one, in case somebody else did it, and the new one."""
        facts = {"at": timezone.now(), "before": before, "now": user.email}
        for address in (before, user.email):
            write(user, EMAIL_CHANGED, facts, link="/profile/", address=address)
