"""Rows of the integrations for tests, with words in all sealed fields that must never be seen."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import User
from integrations import catalog, grants
from integrations.models import Connection, Link, ProviderAccount, RemoteCalendar
from vault.models import DataKey

#: what only the owner may ever see
PRIVATE = ["alice.secret@icloud.example", "abcd-efgh-ijkl-mnop", "p42-caldav.example", "/1234567/principal/", "Therapy"]


def make_connection(user: User, **facts: Any) -> Connection:
    """Return an iCloud connection of this user; every sealed field holds a private word."""
    now = timezone.now()
    username, password, home, account_path, _calendar = PRIVATE
    sealed = {"server": home, "username": username, "password": password, "home": home, "account_path": account_path}
    grant = facts.pop("grant", None) or grants.give(user, catalog.entry("icloud"), address="192.0.2.7", now=now)
    defaults = {
        "entry": "icloud",
        "account": ProviderAccount.objects.create(key=uuid.uuid4().hex),
        "data_key": DataKey.objects.make(),
        "addresses": f'["{username}"]',
        "import_from": now,
        "created_at": now,
        "next_sync_at": now,
    }
    return Connection.objects.create(user=user, grant=grant, **{**defaults, **sealed, **facts})


def make_calendar(connection: Connection, **facts: Any) -> RemoteCalendar:
    """Return a calendar of this connection, with a private name."""
    name = PRIVATE[-1]
    defaults = {"path": f"/{name}/", "path_hash": uuid.uuid4().hex, "name": name}
    return RemoteCalendar.objects.create(connection=connection, **{**defaults, **facts})


def make_link(calendar: RemoteCalendar, **facts: Any) -> Link:
    """Return a link without a local thing, with private words in its text."""
    defaults = {
        "origin": Link.Origin.THEIRS,
        "href": f"/{PRIVATE[-1]}/1.ics",
        "href_hash": uuid.uuid4().hex,
        "uid": PRIVATE[-1],
        "text": PRIVATE[-1],
    }
    return Link.objects.create(connection=calendar.connection, calendar=calendar, **{**defaults, **facts})
