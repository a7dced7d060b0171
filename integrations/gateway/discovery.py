"""Finds an account's home from the address somebody typed (RFC 6764, RFC 5397, RFC 4791 §6.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from integrations.gateway import bodies
from integrations.gateway.base import Discovery
from integrations.gateway.client import Client
from integrations.gateway.errors import (
    AddressRefused,
    CalendarGone,
    Forbidden,
    GatewayError,
    NotUnderstood,
    Unreachable,
)
from integrations.gateway.multistatus import Multistatus, Row, caldav, dav
from integrations.gateway.paths import collection, identity, joined
from integrations.gateway.reach import Door
from integrations.gateway.statuses import check_read

#: Marks a home that is itself the only calendar, for servers without principals. A fragment is never sent.
LONE_CALENDAR = "#calendar"
_CEILING = 8 * 1024 * 1024
_HOME = caldav("calendar-home-set")
_PRINCIPAL = dav("current-user-principal")
_ADDRESSES = caldav("calendar-user-address-set")


@dataclass(frozen=True, slots=True)
class _Found:
    """One answered PROPFIND: where it was answered, and what about that address."""

    url: str
    row: Row

    def link(self, name: str) -> str:
        """Return the first href of a property as an absolute URL, or ""."""
        hrefs = [href for href in self.row.hrefs(name) if href]
        return joined(self.url, hrefs[0]) if hrefs else ""


def discover(client: Client, door: Door, typed: str) -> Discovery:
    """Return where the account lives; the error of the best attempt when nothing is found."""
    missed: list[GatewayError] = []
    door.target(typed)
    for url in _candidates(typed):
        try:
            return _from(client, door, url)
        except (AddressRefused, CalendarGone, Forbidden, NotUnderstood, Unreachable) as miss:
            missed.append(miss)
    raise next((miss for miss in missed if isinstance(miss, AddressRefused)), missed[0])


def _candidates(typed: str) -> list[str]:
    root = urljoin(typed, "/")
    return list(dict.fromkeys([urljoin(typed, urlsplit(typed).path or "/"), root + ".well-known/caldav", root]))


def _from(client: Client, door: Door, url: str) -> Discovery:
    entry = _ask(client, url)
    if principal := entry.link(_PRINCIPAL):
        found = _ask(client, door.target(principal).url)
        if found.link(_HOME):
            return _at_home(door, found)
    if entry.link(_HOME):
        return _at_home(door, entry)
    return _without_principal(client, entry)


def _at_home(door: Door, principal: _Found) -> Discovery:
    home = door.target(principal.link(_HOME)).url
    account = collection(identity(principal.url))
    return Discovery(account, principal.url, collection(home), tuple(_addresses(principal.row)))


def _without_principal(client: Client, entry: _Found) -> Discovery:
    """See whether the address itself is a calendar, or a collection of some."""
    account = collection(identity(entry.url))
    if caldav("calendar") in entry.row.names(dav("resourcetype")):
        return Discovery(account, entry.url, collection(entry.url) + LONE_CALENDAR)
    rows = _rows(client, entry.url, 1)[1]
    if any(caldav("calendar") in row.names(dav("resourcetype")) for row in rows):
        return Discovery(account, entry.url, collection(entry.url))
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
