"""Finds an account's home from the address somebody typed (RFC 6764, RFC 5397, RFC 4791 §6.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import unquote

from integrations.gateway import bodies
from integrations.gateway.base import Discovery
from integrations.gateway.client import Client
from integrations.gateway.errors import (
    AddressRefused,
    CalendarGone,
    Forbidden,
    GatewayError,
    NotUnderstood,
    RedirectLoop,
    Unreachable,
)
from integrations.gateway.line import Line
from integrations.gateway.multistatus import Multistatus, Row, caldav, dav
from integrations.gateway.paths import collection, identity, joined
from integrations.gateway.places import places
from integrations.gateway.reach import Door
from integrations.gateway.statuses import check_read

#: Marks a home that is itself the only calendar, for servers without principals. A fragment is never sent.
LONE_CALENDAR = "#calendar"
_CEILING = 8 * 1024 * 1024
_HOME = caldav("calendar-home-set")
_PRINCIPAL = dav("current-user-principal")
_ADDRESSES = caldav("calendar-user-address-set")
_MISSES = (AddressRefused, CalendarGone, Forbidden, NotUnderstood, RedirectLoop, Unreachable)


@dataclass(frozen=True, slots=True)
class _Found:
    """One answered PROPFIND: where it was answered, and what about that address."""

    url: str
    row: Row

    def link(self, name: str) -> str:
        """Return the first href of a property as an absolute URL, or ""."""
        hrefs = [href for href in self.row.hrefs(name) if href]
        return joined(self.url, hrefs[0]) if hrefs else ""


def discover(client: Client, line: Line, typed: str) -> Discovery:
    """Return where the account lives; the error of the best attempt when nothing is found.

    HostUnconfirmed before anything is sent, when the domain's own records name a server of another domain.
    """
    missed: list[GatewayError] = []
    for url in places(line, typed):
        try:
            return _from(client, line.door, url)
        except _MISSES as miss:
            missed.append(miss)
    raise next((miss for miss in missed if isinstance(miss, AddressRefused)), missed[0])


def _from(client: Client, door: Door, url: str) -> Discovery:
    entry = _ask(client, url)
    if principal := entry.link(_PRINCIPAL):
        found = _ask_principal(client, door.target(principal).url)
        if found.link(_HOME):
            return _at_home(door, found)
    if entry.link(_HOME):
        return _at_home(door, entry)
    if door.patterns:  # a known provider has principals and homes: no guessing
        raise NotUnderstood("the server did not say where this account's calendars are")
    return _without_principal(client, door, entry)


def _ask_principal(client: Client, url: str) -> _Found:
    """Ask an account's principal, twice when it leaves its home out: iCloud does so off and on (docs/icloud.md A77)."""
    found = _ask(client, url)
    return found if found.link(_HOME) else _ask(client, url)


def _at_home(door: Door, principal: _Found) -> Discovery:
    home = door.target(principal.link(_HOME)).url
    account = collection(identity(principal.url))
    addresses = tuple(_addresses(principal.row))
    return Discovery(account, principal.url, collection(home), addresses, door.further)


def _without_principal(client: Client, door: Door, entry: _Found) -> Discovery:
    """See whether the address itself is a calendar, or a collection of some."""
    account = collection(identity(entry.url))
    if caldav("calendar") in entry.row.names(dav("resourcetype")):
        return Discovery(account, entry.url, collection(entry.url) + LONE_CALENDAR, hosts=door.further)
    rows = _rows(client, entry.url, 1)[1]
    if any(caldav("calendar") in row.names(dav("resourcetype")) for row in rows):
        return Discovery(account, entry.url, collection(entry.url), hosts=door.further)
    raise NotUnderstood("no calendars were found at this address; check the server address")


def _ask(client: Client, url: str) -> _Found:
    answered, rows = _rows(client, url, 0)
    if not rows:
        raise NotUnderstood("the server told nothing about this address")
    return _Found(answered, rows[0])


def _rows(client: Client, url: str, depth: int) -> tuple[str, list[Row]]:
    answer = client.propfind(url, bodies.propfind(bodies.FIND_PRINCIPAL), depth)
    check_read(answer)
    with closing(answer):
        return answer.url, list(Multistatus(answer.chunks(_CEILING)))


def _addresses(row: Row) -> Iterator[str]:
    for href in row.hrefs(_ADDRESSES):
        if href.lower().startswith("mailto:"):
            yield unquote(href[7:]).strip().lower()
