"""Places: where discovery asks, in which order (RFC 6764 §6)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from integrations.gateway.errors import AddressRefused, HostUnconfirmed
from integrations.gateway.line import Line
from integrations.gateway.resolve import Service
from integrations.gateway.target import split

WELL_KNOWN = "/.well-known/caldav"


def places(line: Line, typed: str) -> Iterator[str]:
    """Yield the addresses to try: what the domain's records name, the typed address, its well-known, the root.

    AddressRefused when the typed address itself may not be asked. The line's door is opened to servers that the
    records name within the typed domain; HostUnconfirmed when they name only others.
    """
    line.door.target(typed)
    tried: set[str] = set()
    for url in (*_by_records(line, typed), urljoin(typed, urlsplit(typed).path or "/"), *_known(typed)):
        if url not in tried:
            tried.add(url)
            yield url


def _known(typed: str) -> tuple[str, str]:
    return urljoin(typed, WELL_KNOWN), urljoin(typed, "/")


def _by_records(line: Line, typed: str) -> list[str]:
    """Return the servers that the domain names in its records, when somebody typed a domain and nothing more."""
    if not _is_domain(line, typed):
        return []
    found = line.transport.services(split(typed).host, line.deadline)
    line.door = line.door.told_of([(one.host, one.port) for one in found])
    checked = [_checked(line, one) for one in found]
    allowed = [url for url in checked if isinstance(url, str)]
    unconfirmed = next((one for one in checked if isinstance(one, HostUnconfirmed)), None)
    if unconfirmed and not allowed:
        raise unconfirmed
    return allowed


def _is_domain(line: Line, typed: str) -> bool:
    asked = line.door.target(typed)
    named = "." in asked.host and ":" not in asked.host and not asked.host.rpartition(".")[2].isdigit()
    return named and not line.door.patterns and urlsplit(typed).port is None and asked.path == "/" and not asked.inside


def _checked(line: Line, service: Service) -> str | AddressRefused:
    """Return the URL of a server that the records name, or why it may not be asked."""
    try:
        return line.door.target(service.url).url
    except AddressRefused as refusal:
        return refusal
