"""Connect a calendar account: the wizard without a browser."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from integrations import catalog
from integrations.entry import Entry
from integrations.gateway.feed.address import host_of
from integrations.models import Connection
from integrations.services.connect import Choice, ConnectRefused, connect, test_credentials
from operations.command import Answer, OperatorCommand, WrongUse, ring_running_up, secret_from_stdin
from operations.people import user_of


class Command(OperatorCommand):
    """`connect --user E --entry icloud|caldav|feed …`. It stores and consents; it does not sync."""

    help = "Connect a user's calendar account. A refused attempt stores nothing."
    refusals = (ConnectRefused,)

    def arguments(self, parser: ArgumentParser) -> None:
        """Describe the account and the choice of calendars."""
        parser.add_argument("--user", required=True, metavar="EMAIL", help="whose agenda")
        parser.add_argument("--entry", required=True, choices=[entry.key for entry in catalog.ENTRIES])
        parser.add_argument("--server", default="", metavar="URL", help="tried as given, its well-known address, /")
        parser.add_argument(
            *("--confirm-host",),
            action="append",
            default=[],
            dest="confirmed",
            metavar="HOST:PORT",
            help="of another domain, which the server leads to: it may have the password; repeatable",
        )
        parser.add_argument("--username", default="", help="as the calendar server knows it; none for a link")
        parser.add_argument(
            *("--password-stdin",),
            action="store_true",
            required=True,
            help="read it from standard input; for a calendar by link, its address",
        )
        parser.add_argument("--push-to", default="", metavar="NAME", help="the calendar that meetings are written to")
        parser.add_argument("--import", action="append", default=[], dest="imports", metavar="NAME", help="repeatable")
        parser.add_argument("--push-tasks", action="store_true", help="write scheduled tasks too")
        parser.add_argument("--push-calls", action="store_true", help="write calls too")

    def perform(self, *, user: str, entry: str, server: str, username: str, **its: Any) -> Answer:
        """Try the account, then store the connection with its grant."""
        owner = user_of(user)
        if owner.company is None:
            raise WrongUse("An operator has no agenda to connect.")
        by_address = catalog.entry(entry).by_address
        _check_use(catalog.entry(entry), server, username, its)
        secret = secret_from_stdin()
        said = (secret, host_of(secret), "") if by_address else (server, username, secret)
        account = test_credentials(entry, *said, confirmed=its["confirmed"])
        imports = its["imports"] or [row.name for row in account.calendars if by_address]
        choice = Choice(its["push_to"], tuple(imports), its["push_tasks"], its["push_calls"])
        made = connect(owner, account, choice, granted_from="command line")
        ring_running_up()
        return Answer(_document(made, choice), f"{owner.email} is connected; the first sync comes next.")


def _check_use(entry: Entry, server: str, username: str, its: dict[str, Any]) -> None:
    if entry.by_address:
        if server or username or its["push_to"]:
            raise WrongUse("Give the calendar's address on standard input alone; nothing can be pushed to it.")
        return
    if not username:
        raise WrongUse("Give --username.")
    if not (its["push_to"] or its["imports"]):
        raise WrongUse("Choose at least one calendar: --push-to NAME or --import NAME.")
    if bool(server) == bool(entry.server):
        raise WrongUse("Give --server for the entry caldav, and only there.")


def _document(made: Connection, choice: Choice) -> dict[str, Any]:
    return {
        "connection": str(made.pk),
        "user": made.user.email,
        "entry": made.entry,
        "push_to": choice.push_to or None,
        "imports": list(choice.imports),
        "push_tasks": made.push_tasks,
        "push_calls": made.push_calls,
    }
