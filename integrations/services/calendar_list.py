"""The list of an account's calendars, as it is on the server now: new ones can be chosen, new names are shown."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

from django.db import transaction

from integrations.gateway.base import CalendarRow
from integrations.gateway.errors import GatewayError
from integrations.models import Connection, RemoteCalendar
from integrations.services.connect import PATIENCE, store_calendar
from integrations.services.surroundings import THE_WORLD, Surroundings


def may_ask(connection: Connection, now: datetime) -> bool:
    """Return whether a page may have something sent for this connection, whose grant and account are loaded.

    Not while it is paused, revoked, or waits: nor with a password that was refused, which a page must not try again.
    """
    wait = connection.account.not_before
    standing = connection.state == Connection.State.ACTIVE and connection.grant.revoked_at is None
    return standing and not connection.refused_count and not (wait and now < wait)


def refresh(connection: Connection, world: Surroundings = THE_WORLD) -> bool:
    """Take up calendars that were made since; False, and nothing changed, when the server is not asked or is silent."""
    if not may_ask(connection, world.now()):
        return False
    try:
        with closing(world.line(connection, seconds=PATIENCE, interactive=True)) as line:
            rows = line.look(connection.home.reveal())
    except GatewayError:
        return False
    known = {calendar.path.reveal(): calendar for calendar in connection.calendars.all()}
    with transaction.atomic():
        for row in rows:
            if row.path in known:
                _follow(known[row.path], row)
            elif row.holds_events and not row.subscribed:
                store_calendar(connection, row)
    return True


def _follow(calendar: RemoteCalendar, row: CalendarRow) -> None:
    if row.bare:
        return
    if calendar.name.reveal() != row.name or calendar.shared != row.shared:
        calendar.name, calendar.shared = row.name, row.shared
        calendar.save(update_fields=["name", "shared"])
