"""Connecting: credentials are tried for real, then stored, calendars chosen, the sync started. Refused: nothing stored.

The wizard takes the steps one by one (`test_credentials`, `store`, `choose`, `start`); `connect` takes them at once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
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
from integrations.models import Connection, Grant, ProviderAccount, RemoteCalendar
from integrations.services import providers
from integrations.services.disconnect import erase
from integrations.services.enlist import enlist_all
from integrations.services.surroundings import THE_WORLD, Surroundings
from integrations.sync import hashes
from vault.hashing import keyed_hash
from vault.models import DataKey

#: the test of credentials answers within this (seconds)
PATIENCE = 10.0


class Cause(StrEnum):
    """Why an account could not be connected: each has its own next step."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    ADDRESS = "address"
    ELSEWHERE = "elsewhere"
    LOOP = "loop"
    UNREACHABLE = "unreachable"
    NO_CALENDARS = "no_calendars"
    NOT_UNDERSTOOD = "not_understood"
    TOO_MANY = "too_many"
    CHOICE = "choice"
    OTHER_ACCOUNT = "other_account"


class ConnectRefused(Exception):
    """Nothing was stored; the message is a sentence that says what to do, `cause` names the case."""

    def __init__(self, sentence: str, cause: Cause = Cause.CHOICE, *, host: str = "", where: str = "") -> None:
        """Keep the case beside the sentence. `host`: what may be confirmed; `where`: the address that was refused."""
        super().__init__(sentence)
        self.cause = cause
        self.host = host
        self.where = where


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
    entry_key: str,
    server: str,
    username: str,
    password: str,
    world: Surroundings = THE_WORLD,
    *,
    confirmed: Collection[str] = (),
) -> Account:
    """Find the account on its server and list its calendars. ConnectRefused with the next step when that fails.

    `confirmed`: "host:port" outside the typed server's domain that the owner lets have the password.
    """
    entry = catalog.entry(entry_key)
    address = entry.address(server)
    if not address:
        raise ConnectRefused(_("Give the address of your calendar server."))
    credentials = Credentials(username, password)
    deadline = world.monotonic() + PATIENCE
    clock = world.monotonic
    try:
        line = open_gateway(
            entry.profile, address, credentials, hosts=confirmed, interactive=True, clock=clock, deadline=deadline
        )
        with closing(line):
            found = line.discover()
            account = Account(entry, address, credentials, found, tuple(line.look(found.home)))
    except errors.GatewayError as error:
        raise _refusal(error) from error
    if not account.calendars:
        sentence = _("This account answered, but it has no calendar for events. Make one there and try again.")
        raise ConnectRefused(sentence, Cause.NO_CALENDARS)
    return account


def _refusal(error: errors.GatewayError) -> ConnectRefused:
    match error:
        case errors.Refused():
            sentence = _("The server refused this combination of user name and password. Check both and try again.")
            return ConnectRefused(sentence, Cause.REFUSED)
        case errors.Throttled():
            return ConnectRefused(_("The server asks us to wait. Try again in a few minutes."), Cause.THROTTLED)
        case errors.HostUnconfirmed():
            sentence = _("The calendars of this address are at %(host)s, which is another domain: confirm it first.")
            return ConnectRefused(sentence % {"host": error.host}, Cause.ELSEWHERE, host=error.host, where=error.where)
        case errors.AddressRefused():
            return ConnectRefused(_("This address is not allowed: %s") % error, Cause.ADDRESS, where=error.where)
        case errors.RedirectLoop():
            return ConnectRefused(str(error), Cause.LOOP)
        case errors.Unreachable() | errors.DeadlinePassed() | errors.OutcomeUnknown():
            sentence = _("The server could not be reached. Check the address and try again.")
            return ConnectRefused(sentence, Cause.UNREACHABLE)
        case errors.CalendarGone():
            sentence = _("There is no calendar at this address. Check it and try again.")
            return ConnectRefused(sentence, Cause.NO_CALENDARS)
        case errors.Forbidden():
            return ConnectRefused(_("The server does not let this user read calendars."), Cause.REFUSED)
    sentence = _("The server's answer could not be understood. Is this the address of a CalDAV server?")
    return ConnectRefused(sentence, Cause.NOT_UNDERSTOOD)


def connect(
    user: User, account: Account, choice: Choice, *, granted_from: str, world: Surroundings = THE_WORLD
) -> Connection:
    """Take all steps at once: consent, account, calendars, start. ConnectRefused when a calendar's name is wrong."""
    target = _named(account, choice.push_to) if choice.push_to else None
    imported = [_named(account, name) for name in choice.imports]
    with transaction.atomic():
        grant = grants.give(user, account.entry, address=granted_from, now=world.now())
        connection = store(grant, account, now=world.now())
        rows = {row.path.reveal(): row for row in connection.calendars.all()}
        choose(
            connection,
            push_to=rows[target.path] if target else None,
            imports=[rows[row.path] for row in imported],
            push_tasks=choice.push_tasks,
            push_calls=choice.push_calls,
        )
        start(connection, now=world.now())
    return connection


def store(grant: Grant, account: Account, *, now: datetime) -> Connection:
    """Store a tried account under a consent, with its calendars and no choice yet; what was stored before is replaced.

    ConnectRefused when this user has connected the very account already.
    """
    with transaction.atomic():
        for unfinished in Connection.objects.filter(grant=grant, state=Connection.State.SETUP):
            erase(unfinished)
        connection = _store(grant, account, now)
        for row in account.calendars:
            store_calendar(connection, row)
    return connection


def choose(
    connection: Connection,
    *,
    push_to: RemoteCalendar | None,
    imports: Sequence[RemoteCalendar],
    push_tasks: bool,
    push_calls: bool,
) -> None:
    """Write down which calendars are used, before the first sync. ConnectRefused for none, or a read-only target."""
    if not (push_to or imports):
        raise ConnectRefused(_("Choose a calendar to push to or one to import from."))
    if push_to and not push_to.writable:
        raise ConnectRefused(_("“%s” is read-only: choose another calendar to push to.") % push_to.name.reveal())
    with transaction.atomic():
        connection.push_to, connection.push_tasks, connection.push_calls = push_to, push_tasks, push_calls
        connection.save(update_fields=["push_to", "push_tasks", "push_calls"])
        connection.calendars.update(imported=False)
        connection.calendars.filter(pk__in=[calendar.pk for calendar in imports]).update(imported=True)


def start(connection: Connection, *, now: datetime) -> None:
    """Let the sync begin: from midnight of this day (owner's zone) on, at the next dispatch or ring."""
    midnight = now.astimezone(connection.user.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        connection.state, connection.import_from, connection.next_sync_at = Connection.State.ACTIVE, midnight, now
        connection.save(update_fields=["state", "import_from", "next_sync_at"])
        enlist_all(connection)
        audit.record(connection.user, "connection.made", target=str(connection.pk), details={"entry": connection.entry})


def _named(account: Account, name: str) -> CalendarRow:
    """Return the calendar of this display name, else of this last path segment."""
    found = [row for row in account.calendars if row.name == name]
    found = found or [row for row in account.calendars if basename(row.path.rstrip("/")) == name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(_label(row) for row in account.calendars) or _("none")
    if found:
        raise ConnectRefused(
            _("“%(name)s” is not one calendar only. There are: %(names)s") % {"name": name, "names": names}
        )
    raise ConnectRefused(_("There is no calendar “%(name)s”. There are: %(names)s") % {"name": name, "names": names})


def _label(row: CalendarRow) -> str:
    return f"{row.name} ({basename(row.path.rstrip('/'))})"


def _store(grant: Grant, account: Account, now: datetime) -> Connection:
    provider = provider_account(account)
    if Connection.objects.filter(user=grant.user, account=provider, entry=account.entry.key).exists():
        raise ConnectRefused(_("You have connected this account already: disconnect it first."))
    return Connection.objects.create(
        user=grant.user,
        entry=account.entry.key,
        grant=grant,
        account=provider,
        data_key=DataKey.objects.make(),
        server=account.server,
        username=account.credentials.username,
        password=account.credentials.password,
        home=account.discovery.home,
        account_path=account.discovery.account,
        addresses=json.dumps(sorted(account.discovery.addresses)),
        hosts=json.dumps(sorted(account.discovery.hosts)),
        state=Connection.State.SETUP,
        import_from=now,
        created_at=now,
    )


def provider_account(account: Account) -> ProviderAccount:
    """Return the row that all connections to this very account share, whoever made them."""
    host = account.entry.key if account.entry.server else urlsplit(account.discovery.home).netloc.lower()
    identity = f"{host}|{account.discovery.account}|{account.credentials.username.lower()}"
    key = keyed_hash(DataKey.objects.shared(), "provider-account", identity)
    provider = providers.name_of(account.entry, account.discovery.home)
    return ProviderAccount.objects.get_or_create(key=key, defaults={"provider": provider})[0]


def store_calendar(connection: Connection, row: CalendarRow) -> RemoteCalendar:
    """Store one calendar of the account, not chosen yet."""
    user_key = connection.user.data_key_id
    if user_key is None:
        raise ConnectRefused(_("An operator has no agenda to connect."))
    return RemoteCalendar.objects.create(
        connection=connection,
        path=row.path,
        path_hash=hashes.of_paths(user_key)(row.path.encode()),
        name=row.name,
        color=row.color,
        writable=row.writable,
        shared=row.shared,
    )
