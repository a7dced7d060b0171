"""Pausing: a connection stands still until it is resumed. Nothing of it is lost, and its links stay."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from integrations.models import Connection

State = Connection.State


def pause(connection: Connection, actor: User | None, *, address: str = "") -> bool:
    """Let nothing be sent for this connection any more; a run under way stops before its next write.

    Return False, and change nothing, unless it was active.
    """
    return _turn(connection, State.ACTIVE, State.PAUSED, "connection.paused", actor, address)


def resume(connection: Connection, actor: User | None, *, address: str = "") -> bool:
    """Let a paused connection be synced again; it catches up when it is rung or due. False unless it was paused."""
    return _turn(connection, State.PAUSED, State.ACTIVE, "connection.resumed", actor, address)


def _turn(connection: Connection, before: State, after: State, action: str, actor: User | None, address: str) -> bool:
    with transaction.atomic():
        if not Connection.objects.filter(pk=connection.pk, state=before).update(state=after):
            return False
        connection.state = after
        audit.record(actor, action, target=str(connection.pk), address=address)
    return True
