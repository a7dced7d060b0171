"""What the agenda tells whoever listens. Synchronous: a receiver's writes belong to the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from accounts.models import User

#: inside the transaction; `old`, `new`: an Activity and a Block, either way round. `old` is deleted next
replaced = Signal()
#: inside the transaction; `ids`: activities and blocks that were written, deleted or restored here;
#: `except_for`: the user whose own calendar said so and needs no copy of it, or None
edited = Signal()
#: after commit; `ids` as in `edited`
changed = Signal()


def tell(sender: type, ids: Iterable[UUID], *, except_for: User | None = None) -> None:
    """Send `edited` now and `changed` once the transaction is committed. Call inside a transaction."""
    listed = list(ids)
    edited.send(sender=sender, ids=listed, except_for=except_for)
    transaction.on_commit(partial(changed.send_robust, sender=sender, ids=listed))
