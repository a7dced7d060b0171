"""Targets: one URL in parts whose meaning no two readers take differently, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna
from django.utils.translation import gettext as _

from integrations.gateway.errors import AddressRefused

HostPort = tuple[str, int]
_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_NUMBER_LAST = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)")
_DOUBTFUL = re.compile(r"[\x00-\x20\x7f\\]")  # readers of URLs disagree on these
_UNPRINTABLE = re.compile(r"[^!-~]")
_LONGEST_EVIDENCE = 200
_DOTTED_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")


@dataclass(frozen=True, slots=True)
class Target:
    """One URL that may be asked. `inside`: private and loopback addresses are admitted for it."""

    scheme: str
    host: str
    port: int
    path: str  # with the query, as it is sent
    inside: bool = False

    @property
    def authority(self) -> str:
        """Return the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def host_port(self) -> str:
        """Return "host:port" as settings and confirmations write it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return the URL without its path, which may name an account."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """Return the whole URL."""
        return f"{self.origin}{self.path}"


def split(url: str) -> Target:
    """Return a URL's parts; AddressRefused for any form whose meaning two readers could take differently."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("The server address is not a valid URL.")) from None
    if parts.scheme not in _PORTS:
        raise AddressRefused(_("A server address begins with https:// and the server's name."), _evidence(parts))
    if parts.username is not None or parts.password is not None or _DOUBTFUL.search(url):
        sentence = _("The server address must hold neither a user name nor blanks nor backslashes.")
        raise AddressRefused(sentence, _evidence(parts))
    try:
        host = host_name(parts.hostname or "")
    except AddressRefused as refusal:
        raise AddressRefused(str(refusal), _evidence(parts)) from None
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], _path(parts))


def _evidence(parts: SplitResult) -> str:
    """Return what the audit trail may hold of an address that is none: no user name, no path, nothing unprintable."""
    return _UNPRINTABLE.sub("?", f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")[:_LONGEST_EVIDENCE]


def host_name(host: str) -> str:
    """Return a host as it is compared and resolved: lower case, ASCII, without a final dot."""
    host = host.lower().rstrip(".")
    if ":" in host:
        return host.partition("%")[0]
    try:
        host = host if host.isascii() else idna.encode(host, uts46=True).decode().rstrip(".")
    except idna.IDNAError:
        raise AddressRefused(_("The server address holds no valid host name.")) from None
    if not _NAME.fullmatch(host) or (_NUMBER_LAST.fullmatch(host) and not _DOTTED_QUAD.fullmatch(host)):
        raise AddressRefused(_("The server address holds no valid host name."))
    return host


def host_ports(listed: Iterable[str]) -> frozenset[HostPort]:
    """Read "host:port" entries; one without a port means 443. AddressRefused for what is none."""
    return frozenset(_host_port(entry.strip()) for entry in listed if entry.strip())


def _host_port(entry: str) -> HostPort:
    try:
        parts = urlsplit(f"//{entry}")
        port = parts.port or 443
        if parts.path.strip("/") or parts.username is not None:
            raise ValueError
    except ValueError:
        raise AddressRefused(_("“%s” is no host with a port.") % entry) from None
    return host_name(parts.hostname or ""), port


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path
