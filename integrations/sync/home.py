"""Home: where an account's calendars are listed, found again when its server has moved it (docs/icloud.md A4, D2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from integrations.gateway.base import CalendarRow, Discovery
from integrations.gateway.errors import (
    AddressRefused,
    CalendarGone,
    GatewayError,
    NotUnderstood,
    RedirectLoop,
    TimedOut,
    Unreachable,
)
from integrations.gateway.paths import collection, identity
from integrations.models import Link
from integrations.sync.record import rewrite
from integrations.sync.session import Session

#: links moved per statement
MOVED = 500


def look(session: Session) -> list[CalendarRow]:
    """List the home; when it does not answer as one, find it again from the entry address, once.

    The account is the same when its principal is: then everything that lay in the old home lies in the new one.
    """
    home = session.connection.home.reveal()
    try:
        return session.gateway.look(home)
    except (AddressRefused, CalendarGone, NotUnderstood, RedirectLoop, Unreachable) as error:
        if not _may_have_moved(session, home, error):
            raise
        found = session.gateway.discover()
        if found.home == home or found.account != session.connection.account_path.reveal():
            raise
    rows = session.gateway.look(found.home)
    _move(session, home, found)
    return rows


def _may_have_moved(session: Session, home: str, error: GatewayError) -> bool:
    """Return whether asking the entry address could help.

    After a time-out it could only double the wait; nor does a host that is the entry's own answer the second time.
    """
    if isinstance(error, TimedOut):
        return False
    return not (isinstance(error, Unreachable) and _same_host(home, session.connection.server.reveal()))


def _same_host(one: str, other: str) -> bool:
    return urlsplit(one).hostname == urlsplit(other).hostname


def _move(session: Session, home: str, found: Discovery) -> None:
    """Write the new home down, and move what lay in the old one along: calendars and their links, all or nothing."""
    old, new = (collection(identity(url)) for url in (home, found.home))
    with session.writing():
        session.connection.home = found.home
        session.connection.hosts = json.dumps(sorted(found.hosts))
        session.connection.save(update_fields=["home", "hosts"])
        if old != new:
            _move_calendars(session, old, new)
            _move_links(session, old, new)


def _move_calendars(session: Session, old: str, new: str) -> None:
    for calendar in session.connection.calendars.all():
        path = calendar.path.reveal()
        if path.startswith(old):
            calendar.connection = session.connection
            calendar.path = new + path.removeprefix(old)
            calendar.path_hash = session.href_hash(calendar.path.reveal().encode())
            calendar.save(update_fields=["path", "path_hash"])


def _move_links(session: Session, old: str, new: str) -> None:
    links = Link.objects.filter(connection=session.connection).select_related("calendar").order_by("pk")
    moved: list[Link] = []
    for link in links.iterator(chunk_size=MOVED):
        moved += _moved(session, link, old, new)
        if len(moved) >= MOVED:
            rewrite(moved, ("href", "href_hash"))
            moved = []
    rewrite(moved, ("href", "href_hash"))


def _moved(session: Session, link: Link, old: str, new: str) -> Iterable[Link]:
    """Return the link under its new href, or nothing when it lay elsewhere. An evicted one has no hash to keep."""
    href = link.href.reveal()
    if not href.startswith(old):
        return []
    link.connection = session.connection
    link.href = new + href.removeprefix(old)
    if link.href_hash == session.href_hash(href.encode()):
        link.href_hash = session.href_hash((new + href.removeprefix(old)).encode())
    return [link]
