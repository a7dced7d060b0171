"""Reconnecting: a new password for the very same account. All links, choices and dates stay; then it catches up."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from integrations import catalog
from integrations.gateway.base import Credentials
from integrations.models import Connection, ProviderAccount
from integrations.services.connect import Account, Cause, ConnectRefused, provider_account
from integrations.services.setup import try_account
from integrations.services.surroundings import THE_WORLD, Surroundings

State = Connection.State


def may_reconnect(connection: Connection) -> bool:
    """Return whether there is a password to renew, and a consent to use it under."""
    standing = connection.grant.revoked_at is None and connection.state != State.SETUP
    return standing and not catalog.entry(connection.entry).by_address


def reconnect(
    connection: Connection,
    credentials: Credentials,
    *,
    address: str = "",
    confirmed: tuple[str, ...] = (),
    world: Surroundings = THE_WORLD,
) -> None:
    """Try the new password and store it. ConnectRefused, and nothing changed, when it fails or is another account's.

    Every calendar is then listed whole at its next look, so that what happened meanwhile comes in even where the server
    has forgotten its cursor. A paused connection stays paused.
    """
    if not may_reconnect(connection):
        raise ConnectRefused(_("This connection has no password to renew, or its access was taken back: add it anew."))
    entry = catalog.entry(connection.entry)
    hosts = {*connection.confirmed_hosts, *confirmed}
    account = try_account(
        connection.user,
        entry,
        connection.server.reveal(),
        credentials,
        address=address,
        confirmed=sorted(hosts),
        world=world,
    )
    if account.discovery.account != connection.account_path.reveal():
        sentence = _(
            "This is the password of another account. Type the one of the account that is connected, or add the other "
            "account as a connection of its own."
        )
        raise ConnectRefused(sentence, Cause.OTHER_ACCOUNT)
    with transaction.atomic():
        _store(connection, account, world.now())
        audit.record(connection.user, "connection.reconnected", target=str(connection.pk), address=address)


def _store(connection: Connection, account: Account, now: datetime) -> None:
    """Put the new password in the place of the old one. A run that still works with that stops (generation)."""
    row = Connection.objects.select_for_update(of=("self",)).select_related("data_key").get(pk=connection.pk)
    before, row.account = row.account_id, provider_account(account)
    row.username, row.password = account.credentials.username, account.credentials.password
    row.home, row.hosts = account.discovery.home, json.dumps(sorted(account.discovery.hosts))
    row.addresses = json.dumps(sorted(account.discovery.addresses))
    row.state = State.ACTIVE if row.state == State.NEEDS_USER else row.state
    row.refused_count, row.refused_at, row.last_reason, row.next_sync_at = 0, None, "", now
    row.generation += 1
    row.save(update_fields=[*_SEALED, *_STANDING])
    if not Connection.objects.filter(account=before).exists():
        ProviderAccount.objects.filter(pk=before).delete()
    long_ago = now - 2 * account.entry.profile.safety_listing
    row.calendars.filter(listed_at__gt=long_ago).update(listed_at=long_ago)


_SEALED = ("username", "password", "home", "hosts", "addresses")
_STANDING = ("account", "state", "refused_count", "refused_at", "last_reason", "next_sync_at", "generation")
