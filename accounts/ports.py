"""What the accounts tell other apps, without knowing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import User


class OnDeactivate(Protocol):
    """Called inside the transaction that deactivates a user: stop what works in his name."""

    def __call__(self, user: User) -> None:
        """Stop it."""


_on_deactivate: list[OnDeactivate] = []


def register_on_deactivate(receiver: OnDeactivate) -> None:
    """Have `receiver` called for each user who is deactivated; call this from AppConfig.ready()."""
    _on_deactivate.append(receiver)


def deactivated(user: User) -> None:
    """Tell every receiver."""
    for receiver in _on_deactivate:
        receiver(user)
