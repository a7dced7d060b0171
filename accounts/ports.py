"""What the accounts tell other apps, without knowing them. Apps register from AppConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import User


class OnUser(Protocol):
    """Called with a user, inside the transaction that changed him."""

    def __call__(self, user: User, /) -> object:
        """Do what the change asks for."""


class Mail(Protocol):
    """What a user is mailed about his own account; inside the transaction that changed it."""

    def password_changed(self, user: User) -> None:
        """Tell him."""
        ...

    def email_changed(self, user: User, before: str) -> None:
        """Tell him, at the address he had before too."""
        ...


class NoMail:
    """The null form: nothing is mailed."""

    def password_changed(self, user: User) -> None:
        """Do nothing."""

    def email_changed(self, user: User, before: str) -> None:
        """Do nothing."""


_mail: Mail = NoMail()
_on_deactivate: list[OnUser] = []
_on_zone_change: list[OnUser] = []


def register_mail(mail: Mail) -> None:
    """Put the real thing in place; called once, from AppConfig.ready()."""
    global _mail
    _mail = mail


def mail() -> Mail:
    """Return what was registered, or the null form."""
    return _mail


def register_on_deactivate(receiver: OnUser) -> None:
    """Have `receiver` called for each user who is deactivated: stop what works in his name."""
    _on_deactivate.append(receiver)


def register_on_zone_change(receiver: OnUser) -> None:
    """Have `receiver` called for each user whose time zone changed: draw his dates and wall times anew."""
    _on_zone_change.append(receiver)


def deactivated(user: User) -> None:
    """Tell every receiver."""
    for receiver in _on_deactivate:
        receiver(user)


def zone_changed(user: User) -> None:
    """Tell every receiver."""
    for receiver in _on_zone_change:
        receiver(user)
