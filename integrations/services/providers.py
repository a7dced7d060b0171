"""Providers: what happens to many accounts of one server at once is the server's doing, and none of theirs.

Shares count accounts whose connections are in use and have worked before. Fewer than three affected prove nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from integrations.entry import Entry
from integrations.models import Connection, ProviderAccount
from vault.hashing import keyed_hash
from vault.models import DataKey

log = logging.getLogger(__name__)

#: so far back accounts are counted as hit at the same time
TOGETHER = timedelta(minutes=10)
LEAST = 3
#: more than this share of accounts asked to wait: all of them wait (fault row 14)
THROTTLED = 0.20
BRAKE = timedelta(minutes=5)
#: more than this share refused: no password is believed to be revoked
REFUSED = 0.05
#: … until so many of its tries were refused: they are half an hour apart
CREDULITY = 24


def name_of(entry: Entry, home: str) -> str:
    """Return the key that all accounts of one provider share: the entry's server, or the host that was found."""
    host = entry.key if entry.server else (urlsplit(home).hostname or "")
    return keyed_hash(DataKey.objects.shared(), "provider", host)


def name(connection: Connection, entry: Entry) -> None:
    """Note which provider an account belongs to, where that is not known yet."""
    account = connection.account
    if not account.provider:
        account.provider = name_of(entry, connection.home.reveal())
        account.save(update_fields=["provider"])


def note_wait(account: ProviderAccount, now: datetime) -> None:
    """Write down that the server asked this account to wait; when it asks many, brake all of its accounts."""
    ProviderAccount.objects.filter(pk=account.pk).update(throttled_at=now)
    if _is_common(account, Q(throttled_at__gt=now - TOGETHER), THROTTLED):
        shorter = Q(not_before=None) | Q(not_before__lt=now + BRAKE)
        braked = ProviderAccount.objects.filter(shorter, provider=account.provider).update(not_before=now + BRAKE)
        log.warning("a provider asks many accounts to wait: all of them do", extra={"accounts": braked})


def note_refusal(connection: Connection, now: datetime) -> bool:
    """Write down that the password was refused; return whether so many are at once that it must be the server.

    At once is from ten minutes before this connection's first refusal on: accounts are asked one after another.
    """
    account, first = connection.account, connection.refused_at or now
    ProviderAccount.objects.filter(pk=account.pk).update(refused_at=now)
    if connection.refused_count >= CREDULITY:
        return False
    return _is_common(account, Q(refused_at__gt=first - TOGETHER), REFUSED)


def _is_common(account: ProviderAccount, hit: Q, share: float) -> bool:
    working = _working(account.provider)
    number = working.filter(hit).count()
    return number >= LEAST and number > share * working.count()


def _working(provider: str) -> QuerySet[ProviderAccount]:
    asked = [Connection.State.ACTIVE, Connection.State.NEEDS_USER]
    live = Connection.objects.filter(state__in=asked).exclude(last_success_at=None)
    return ProviderAccount.objects.filter(provider=provider, connections__in=live).distinct()
