"""Connecting: credentials are tried for real, calendars chosen, a consent written down. A refusal stores nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from posixpath import basename
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from integrations import catalog, grants
from integrations.entry import Entry
from integrations.gateway import errors, open_gateway
from integrations.gateway.base import CalendarRow, Credentials, Discovery
from integrations.models import Connection, ProviderAccount, RemoteCalendar
from integrations.services.enlist import enlist_all
from integrations.services.surroundings import THE_WORLD, Surroundings
from vault.hashing import hasher, keyed_hash
from vault.models import DataKey

#: the test of credentials answers within this (seconds)
PATIENCE = 10.0


class ConnectRefused(Exception):
    """Nothing was stored; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that answered: where it lives and which calendars it has."""

    entry: Entry
    server: str
    credentials: Credentials = field(repr=False)
    discovery: Discovery
    rows: tuple[CalendarRow, ...]

    @property
    def calendars(self) -> list[CalendarRow]:
        """Return the calendars that hold events."""
        return [row for row in self.rows if row.holds_events and not row.subscribed]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which calendars to use, each by its exact display name or else the last segment of its path."""

    push_to: str = ""
    imports: Sequence[str] = ()
    push_tasks: bool = False
    push_calls: bool = False


def test_credentials(
    entry_key: str, server: str, username: str, password: str, world: Surroundings = THE_WORLD
) -> Account:
    """Find the account on its server and list its calendars. ConnectRefused with the next step when that fails."""
    entry = catalog.entry(entry_key)
    address = entry.address(server)
    if not address:
        raise ConnectRefused(_("Give the address of your calendar server."))
    credentials = Credentials(username, password)
    deadline = world.monotonic() + PATIENCE
    line = open_gateway(
        entry.profile, address, credentials, interactive=True, clock=world.monotonic, deadline=deadline
    )
    try:
        with closing(line):
            found = line.discover()
            return Account(entry, address, credentials, found, tuple(line.look(found.home)))
    except errors.GatewayError as error:
        raise ConnectRefused(_sentence(error)) from error


def _sentence(error: errors.GatewayError) -> str:
    match error:
        case errors.Refused():
            return _("The server refused this combination of user name and password. Check both and try again.")
        case errors.Throttled():
            return _("The server asks us to wait. Try again in a few minutes.")
        case errors.AddressRefused():
            return _("This address is not allowed: %s") % error
        case errors.Unreachable() | errors.DeadlinePassed() | errors.OutcomeUnknown():
            return _("The server could not be reached. Check the address and try again.")
        case errors.CalendarGone():
            return _("There is no calendar at this address. Check it and try again.")
        case errors.Forbidden():
            return _("The server does not let this user read calendars.")
    return _("The server's answer could not be understood. Is this the address of a CalDAV server?")


def connect(user: User, account: Account, choice: Choice, *, granted_from: str, world: Surroundings = THE_WORLD) -> (
    Connection
):
    """Store the connection with its grant and calendars. Nothing is synced yet. ConnectRefused when a name is wrong."""
    target = _named(account, choice.push_to) if choice.push_to else None
    imported = [_named(account, name) for name in choice.imports]
    if not (target or imported):
        raise ConnectRefused(_("Choose a calendar to push to or one to import from."))
    if target and not target.writable:
        raise ConnectRefused(_("“%s” is read-only: choose another calendar to push to.") % target.name)
    with transaction.atomic():
        connection = _store(user, account, choice, granted_from, world.now())
        rows = {row.path: _store_calendar(connection, row, row in imported) for row in account.calendars}
        if target:
            connection.push_to = rows[target.path]
            connection.save(update_fields=["push_to"])
        enlist_all(connection)
        audit.record(user, "connection.made", target=str(connection.pk), details={"entry": account.entry.key})
    return connection


def _named(account: Account, name: str) -> CalendarRow:
    """Return the calendar of this display name, else of this last path segment."""
    found = [row for row in account.calendars if row.name == name]
    found = found or [row for row in account.calendars if basename(row.path.rstrip("/")) == name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(_label(row) for row in account.calendars) or _("none")
    if found:
        raise ConnectRefused(_("“%(name)s” is not one calendar only. There are: %(names)s") % {
            "name": name, "names": names
        })
    raise ConnectRefused(_("There is no calendar “%(name)s”. There are: %(names)s") % {"name": name, "names": names})


def _label(row: CalendarRow) -> str:
    return f"{row.name} ({basename(row.path.rstrip('/'))})"


def _store(user: User, account: Account, choice: Choice, granted_from: str, now: datetime) -> Connection:
    provider = _provider_account(account)
    if Connection.objects.filter(user=user, account=provider, entry=account.entry.key).exists():
        raise ConnectRefused(_("You have connected this account already: disconnect it first."))
    midnight = now.astimezone(user.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Connection.objects.create(
        user=user,
        entry=account.entry.key,
        grant=grants.give(user, account.entry, address=granted_from, now=now),
        account=provider,
        data_key=DataKey.objects.make(),
        server=account.server,
        username=account.credentials.username,
        password=account.credentials.password,
        home=account.discovery.home,
        account_path=account.discovery.account,
        addresses=json.dumps(sorted(account.discovery.addresses)),
        import_from=midnight,
        push_tasks=choice.push_tasks,
        push_calls=choice.push_calls,
        created_at=now,
        next_sync_at=now,
    )


def _provider_account(account: Account) -> ProviderAccount:
    """Return the row that all connections to this very account share, whoever made them."""
    host = account.entry.key if account.entry.server else urlsplit(account.discovery.home).netloc.lower()
    identity = f"{host}|{account.discovery.account}|{account.credentials.username.lower()}"
    key = keyed_hash(DataKey.objects.shared(), "provider-account", identity)
    return ProviderAccount.objects.get_or_create(key=key)[0]


def _store_calendar(connection: Connection, row: CalendarRow, imported: bool) -> RemoteCalendar:
    return RemoteCalendar.objects.create(
        connection=connection,
        path=row.path,
        path_hash=hasher(connection.user.data_key_id, "href")(row.path.encode()),
        name=row.name,
        color=row.color,
        writable=row.writable,
        imported=imported,
    )
