"""Setting up: a tried account goes into its rows, and whatever is unfinished can be taken back whole."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import AuditEntry, User
from integrations import grants
from integrations.entry import Entry
from integrations.gateway.base import Credentials
from integrations.models import Connection, Grant
from integrations.services.connect import Account, Cause, ConnectRefused, test_credentials
from integrations.services.disconnect import erase
from integrations.services.surroundings import THE_WORLD, Surroundings

#: a provider may lock an account after too many wrong passwords (docs/icloud.md A17): at most so many in the window
REFUSALS = 5
WINDOW = timedelta(minutes=10)
_REFUSED, _ACCEPTED = "credentials.refused", "credentials.accepted"


def try_account(
    user: User,
    entry: Entry,
    server: str,
    credentials: Credentials,
    *,
    address: str = "",
    confirmed: Collection[str] = (),
    world: Surroundings = THE_WORLD,
) -> Account:
    """Try an account for real and return it. ConnectRefused when that fails, or after too many refusals in a row.

    `confirmed`: hosts outside the server's domain that the user lets have the password; what he confirms is on record.
    """
    if _refusals(user, world.now()) >= REFUSALS:
        sentence = _("The account was refused several times. Wait ten minutes, so that your provider does not lock it.")
        raise ConnectRefused(sentence, Cause.TOO_MANY)
    try:
        account = test_credentials(
            entry.key, server, credentials.username, credentials.password, world, confirmed=confirmed
        )
    except ConnectRefused as refusal:
        if refusal.cause is Cause.REFUSED:
            _note(user, entry, _REFUSED, "refused", address)
        if refusal.where:
            _note(user, entry, "address.refused", "refused", address, where=refusal.where)
        raise
    _note(user, entry, _ACCEPTED, "ok", address)
    if account.discovery.hosts:
        _note(user, entry, "hosts.confirmed", "ok", address, hosts=sorted(account.discovery.hosts))
    return account


def _note(user: User, entry: Entry, action: str, outcome: str, address: str, **details: object) -> None:
    audit.record(user, action, outcome=outcome, address=address, details={"entry": entry.key, **details})


def _refusals(user: User, now: datetime) -> int:
    """Return how often this user's accounts were refused lately, since one was accepted."""
    lately = AuditEntry.objects.filter(at__gte=now - WINDOW, actor_id=user.pk)
    accepted = lately.filter(action=_ACCEPTED).order_by("-pk").values_list("pk", flat=True).first()
    return lately.filter(action=_REFUSED, pk__gt=accepted or 0).count()


def cancel(grant: Grant, actor: User, *, address: str = "") -> bool:
    """Erase what was stored of an unfinished set-up, its consent included. False, and nothing done, once it began."""
    with transaction.atomic():
        connections = list(Connection.objects.select_for_update().filter(grant=grant))
        if any(one.state != Connection.State.SETUP for one in connections):
            return False
        for connection in connections:
            erase(connection)
        return grants.revoke(grant, actor, address=address)
