"""Remove a connection."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from accounts.models import User
from integrations.models import Connection
from integrations.services.disconnect import DisconnectRefused, disconnect
from operations.command import Answer, OperatorCommand, Refusal
from operations.people import user_of


class Command(OperatorCommand):
    """`disconnect --user E [--connection ID] [--keep-remote | --remove-remote]`."""

    help = "Remove a user's connection. Blocks go, the password is erased; pushed events stay unless asked otherwise."
    refusals = (DisconnectRefused,)

    def arguments(self, parser: ArgumentParser) -> None:
        """Say which connection, and what becomes of the events that Halfpast made."""
        parser.add_argument("--user", required=True, metavar="EMAIL", help="whose connection")
        parser.add_argument("--connection", type=UUID, metavar="ID", help="needed when there are several")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--keep-remote", action="store_true", help="leave pushed events where they are (default)")
        what.add_argument("--remove-remote", action="store_true", help="delete the events that Halfpast made")

    def perform(self, *, user: str, connection: UUID | None, remove_remote: bool, **_: Any) -> Answer:
        """Remove it."""
        owner = user_of(user)
        chosen = _chosen(owner, connection)
        pk = str(chosen.pk)
        removed = disconnect(chosen, actor=owner, remove_remote=remove_remote)
        document = {"connection": pk, "user": owner.email, "removed_remote": removed}
        rest = f"{removed} of its events were deleted there" if remove_remote else "what was written there stays"
        return Answer(document, f"{owner.email} is disconnected; {rest}.")


def _chosen(owner: User, connection: UUID | None) -> Connection:
    mine = Connection.objects.select_related("user__company", "grant", "account", "data_key").filter(user=owner)
    found = list(mine.filter(pk=connection) if connection else mine)
    if not found:
        raise Refusal(f"{owner.email} has no such connection.")
    if len(found) > 1:
        ids = ", ".join(str(one.pk) for one in found)
        raise Refusal(f"{owner.email} has several connections; say which with --connection: {ids}.")
    return found[0]
