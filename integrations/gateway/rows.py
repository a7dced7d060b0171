"""Rows of a multistatus as the gateway's values: calendars of a home, entries of a listing."""

from __future__ import annotations

import re

from integrations.gateway.base import CalendarRow
from integrations.gateway.multistatus import APPLE, CALENDARSERVER, Row, caldav, dav

CTAG = f"{CALENDARSERVER} getctag"
SYNC_TOKEN = dav("sync-token")
ETAG = dav("getetag")
TEXT = caldav("calendar-data")
_TYPE = dav("resourcetype")
_PRIVILEGES = dav("current-user-privilege-set")
_COMPONENTS = caldav("supported-calendar-component-set")
_SUBSCRIBED = f"{CALENDARSERVER} subscribed"
_WRITES = frozenset(dav(name) for name in ("all", "write", "write-content"))
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def calendar_row(row: Row, path: str) -> CalendarRow | None:
    """Return the calendar that a home's row describes, or None for the home itself, inboxes and the like.

    Decided by resource type, never by name (docs/icloud.md A23, A27).
    """
    types = row.names(_TYPE)
    subscribed = _SUBSCRIBED in types
    if not subscribed and (caldav("calendar") not in types or any(t.endswith("deleted-calendar") for t in types)):
        return None
    return CalendarRow(
        path=path,
        name=row.text(dav("displayname")),
        color=_color(row.text(f"{APPLE} calendar-color")),
        writable=not subscribed and _writable(row),
        holds_events=_holds_events(row, subscribed),
        subscribed=subscribed,
        shared=f"{CALENDARSERVER} shared" in types,
        ctag=row.text(CTAG),
        sync_token=row.text(SYNC_TOKEN),
    )


def is_collection(row: Row) -> bool:
    """Tell whether a row is a collection, not a resource."""
    return dav("collection") in row.names(_TYPE)


def _writable(row: Row) -> bool:
    """Return what the privileges say; without any the answer to a write will tell (docs/icloud.md A25)."""
    return _PRIVILEGES not in row.props or not _WRITES.isdisjoint(row.names(_PRIVILEGES))


def _holds_events(row: Row, subscribed: bool) -> bool:
    if _COMPONENTS not in row.props:
        return not subscribed
    return "VEVENT" in row.props[_COMPONENTS].components


def _color(text: str) -> str:
    found = _COLOR.match(text)
    return found[0].upper() if found else ""
