"""A new calendar for what Halfpast writes, so that it stays apart from the owner's own."""

from __future__ import annotations

import uuid
from contextlib import closing
from posixpath import join
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from integrations.gateway.base import CalendarRow
from integrations.gateway.errors import GatewayError
from integrations.models import Connection, RemoteCalendar
from integrations.services.connect import PATIENCE, ConnectRefused, store_calendar
from integrations.services.surroundings import THE_WORLD, Surroundings


def make_calendar(connection: Connection, name: str, world: Surroundings = THE_WORLD) -> RemoteCalendar:
    """Make an empty calendar in the account and return its row. ConnectRefused when the server will not."""
    home = connection.home.reveal()
    path = join(unquote(urlsplit(home).path), f"{uuid.uuid4()}/")
    try:
        with closing(world.line(connection, seconds=PATIENCE, interactive=True)) as line:
            line.make_calendar(path, name)
            made = _listed(line.look(home), path)
    except GatewayError as error:
        raise ConnectRefused(_refusal(name)) from error
    if made is None:
        raise ConnectRefused(_refusal(name))
    with transaction.atomic():
        return store_calendar(connection, made)


def _listed(rows: list[CalendarRow], path: str) -> CalendarRow | None:
    return next((row for row in rows if row.path == path), None)


def _refusal(name: str) -> str:
    return _("The calendar “%(name)s” could not be made. Choose another one, or make it in your calendar app.") % {
        "name": name
    }
