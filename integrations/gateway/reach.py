"""Where the transport may go: one policy, built once from settings, and one door per account that checks every URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from integrations.gateway.errors import AddressRefused

HostPort = tuple[str, int]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_NUMBER_LAST = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)")
_DOUBTFUL = re.compile(r"[\x00-\x20\x7f\\]")  # readers of URLs disagree on these
_DOTTED_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")

#: Suffixes of two labels under which strangers register names: there, the same owner needs three labels in common.
_SHARED_SUFFIXES = frozenset(
    f"{second}.{top}"
    for top, seconds in {
        "uk": "co org ac gov me ltd plc net sch",
        "au": "com net org edu gov id",
        "nz": "co org net ac govt school",
        "jp": "co or ne ac go gr ed",
        "br": "com net org gov edu",
        "za": "co org net gov ac",
        "in": "co net org gov ac firm gen ind",
        "kr": "co or ne go ac re",
        "cn": "com net org gov edu ac",
        "tw": "com net org gov edu idv",
        "hk": "com net org gov edu idv",
        "sg": "com net org gov edu per",
        "mx": "com org gob edu net",
        "ar": "com org gob edu net",
        "tr": "com org gov edu net",
        "il": "co org net ac gov",
        "at": "co or ac gv",
        "pl": "com net org edu gov",
        "com": "herokuapp github gitlab netlify vercel azurewebsites appspot blogspot cloudfront amazonaws",
        "io": "github gitlab",
        "app": "netlify vercel web fly",
        "net": "azurewebsites cloudfront dyndns ddns",
        "org": "duckdns dyndns",
        "dev": "pages workers",
    }.items()
    for second in seconds.split()
)


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
    def url(self) -> str:
        """Return the whole URL."""
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Reach:
    """The operator's policy. `private_hosts` may be private, loopback and plain http; `icloud` stands in for Apple."""

    private_hosts: frozenset[HostPort] = frozenset()
    icloud: str = ""  # a URL, never in production
    ca_file: str = ""  # further roots, never in production

    @classmethod
    def from_settings(cls) -> Reach:
        """Return the policy of this installation (HALFPAST_PRIVATE_HOSTS and, outside production, the stand-ins)."""
        from django.conf import settings

        listed = settings.HALFPAST_PRIVATE_HOSTS
        if settings.PRODUCTION:
            return cls(host_ports(listed))
        started = getattr(settings, "HALFPAST_STARTED_HOSTS", [])
        return cls(host_ports([*listed, *started]), settings.HALFPAST_ICLOUD_URL, settings.HALFPAST_CA_FILE)

    def door(self, patterns: tuple[str, ...], typed: str) -> Door:
        """Return the door for an entry: its host patterns, or without any the rules for the address somebody typed."""
        return Door(self, patterns, typed)


@dataclass(frozen=True, slots=True)
class Door:
    """Decides for one account which URLs may be asked at all. Nothing is resolved or sent here."""

    reach: Reach
    patterns: tuple[str, ...]
    typed: str = field(repr=False)

    def target(self, url: str) -> Target:
        """Return the checked target of `url`; AddressRefused when it lies outside the allow-list."""
        asked = split(url)
        inside = self._admits(asked)
        if not inside and not self._allows(asked):
            raise AddressRefused(
                f"{asked.scheme}://{asked.authority} is not an address this connection may use; "
                "check the server address."
            )
        return Target(asked.scheme, asked.host, asked.port, asked.path, inside)

    def _admits(self, asked: Target) -> bool:
        if self.patterns:
            return bool(self.reach.icloud) and self._stands_in(split(self.reach.icloud), asked)
        listed, typed = self.reach.private_hosts, split(self.typed)
        return (asked.host, asked.port) in listed and (
            (typed.host, typed.port) in listed or _same_site(asked.host, typed.host)
        )

    def _stands_in(self, icloud: Target, asked: Target) -> bool:
        secure_enough = asked.scheme == "https" or icloud.scheme == "http"
        loopback = {asked.host, icloud.host} <= _LOOPBACK
        listed = (asked.host, asked.port) in self.reach.private_hosts
        return listed or (secure_enough and (loopback or _same_site(asked.host, icloud.host)))

    def _allows(self, asked: Target) -> bool:
        if asked.scheme != "https":
            return False
        if self.patterns:
            named = any(fnmatchcase(asked.host, pattern) for pattern in self.patterns)
            return named and asked.port == 443 and not self.reach.icloud
        typed = split(self.typed)
        if (asked.host, asked.port) == (typed.host, typed.port):
            return True
        return asked.port == 443 and _same_site(asked.host, typed.host)


def split(url: str) -> Target:
    """Return a URL's parts; AddressRefused for any form whose meaning two readers could take differently."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("the server address is not a valid URL.") from None
    if parts.scheme not in _PORTS:
        raise AddressRefused("an address begins with https:// and the server's name.")
    if parts.username is not None or parts.password is not None or _DOUBTFUL.search(url):
        raise AddressRefused("the server address must hold neither a user name nor blanks nor backslashes.")
    return Target(parts.scheme, host_name(parts.hostname or ""), port or _PORTS[parts.scheme], _path(parts))


def host_name(host: str) -> str:
    """Return a host as it is compared and resolved: lower case, ASCII, without a final dot."""
    host = host.lower().rstrip(".")
    if ":" in host:
        return host.partition("%")[0]
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise AddressRefused("the server address holds no valid host name.") from None
    if not _NAME.fullmatch(host) or (_NUMBER_LAST.fullmatch(host) and not _DOTTED_QUAD.fullmatch(host)):
        raise AddressRefused("the server address holds no valid host name.")
    return host


def host_ports(listed: list[str]) -> frozenset[HostPort]:
    """Read "host:port" entries; one without a port means 443."""
    parts = [urlsplit(f"//{entry.strip()}") for entry in listed if entry.strip()]
    return frozenset((host_name(p.hostname or ""), p.port or 443) for p in parts)


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _same_site(one: str, other: str) -> bool:
    return one == other or ("." in one and registrable(one) == registrable(other))


def registrable(host: str) -> str:
    """Return the part of a host name that one owner registers: a conservative guess; an IP address is its own."""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit() or len(labels) < 2:
        return host
    taken = 3 if ".".join(labels[-2:]) in _SHARED_SUFFIXES else 2
    return ".".join(labels[-taken:])
