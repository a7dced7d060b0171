"""Names to addresses: resolved within a deadline, vetted, and remembered for a minute. And domains to servers."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.gateway.errors import AddressRefused, TimedOut, Unreachable
from integrations.gateway.target import Target

Lookup = Callable[[str, int], Sequence[str]]
Records = Callable[[str, float], "list[Service]"]
_KEPT_FOR = 60.0
_KEPT_NAMES = 1024

#: Beyond what Python itself calls not global: tunnels and translations that end in other networks, and cloud metadata.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "fec0::/10",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "168.63.129.16/32",
        "192.88.99.0/24",
    )
)


def is_public(address: str) -> bool:
    """Tell whether an address is a plain public one: not private, loopback, link-local, mapped, or translated."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or int(ip) < 1 << 32):
        return False
    if any(ip.version == net.version and ip in net for net in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def ask_system(host: str, port: int) -> list[str]:
    """Ask the system's resolver; addresses in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Service:
    """One server of a domain as its SRV record names it; `path` from the TXT record, or ""."""

    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        """Return the address that discovery begins at; without a path, the well-known one (RFC 6764 §6)."""
        return f"https://{self.host}:{self.port}{self.path or '/.well-known/caldav'}"


def ask_records(domain: str, seconds: float) -> list[Service]:
    """Ask the DNS for a domain's CalDAV servers over TLS, best first. No answer, for any reason, is no server."""
    import dns.exception
    import dns.resolver
    from dns.rdtypes.ANY.TXT import TXT
    from dns.rdtypes.IN.SRV import SRV

    name = f"_caldavs._tcp.{domain}"
    try:
        servers = [one for one in dns.resolver.resolve(name, "SRV", lifetime=seconds) if isinstance(one, SRV)]
    except (dns.exception.DNSException, OSError):
        return []
    try:
        texts = [one for one in dns.resolver.resolve(name, "TXT", lifetime=seconds) if isinstance(one, TXT)]
    except (dns.exception.DNSException, OSError):
        texts = []
    ranked = sorted(servers, key=lambda one: (one.priority, -one.weight))
    path = path_in([b"".join(text.strings) for text in texts])
    return [Service(host, one.port, path) for one in ranked if (host := one.target.to_text(omit_final_dot=True))]


def path_in(texts: Sequence[bytes]) -> str:
    """Return the path that TXT records name as "path=/…", or ""."""
    for text in texts:
        key, _equals, value = text.decode("ascii", "replace").partition("=")
        if key.strip().lower() == "path" and value.startswith("/"):
            return value.strip()
    return ""


class Resolver:
    """Gives the addresses a target may be asked at. One per process."""

    def __init__(self, clock: Callable[[], float], lookup: Lookup = ask_system) -> None:
        """Use `lookup` for names and `clock` (seconds) to forget answers after a minute."""
        self._clock = clock
        self._lookup = lookup
        self._known: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}
        self._lock = threading.Lock()
        self._askers = ThreadPoolExecutor(8, thread_name_prefix="resolve")

    def addresses(self, target: Target, within: float) -> list[str]:
        """Return the vetted addresses of a target, families alternating; AddressRefused when none is allowed."""
        found = self._find(target.host, target.port, within)
        allowed = [a for a in found if target.inside or is_public(a)]
        if not allowed:
            sentence = _(
                "%(host)s lies in a private network. If that is right, ask your operator to admit %(host_port)s "
                "(HALFPAST_PRIVATE_HOSTS)."
            )
            raise AddressRefused(sentence % {"host": target.host, "host_port": target.host_port}, target.origin)
        return _alternating(allowed)

    def _find(self, host: str, port: int, within: float) -> Sequence[str]:
        with self._lock:
            until, found = self._known.get((host, port), (0.0, ()))
        if until > self._clock():
            return found
        found = self._ask(host, port, within)
        with self._lock:
            if len(self._known) >= _KEPT_NAMES:
                self._known.clear()
            self._known[host, port] = (self._clock() + _KEPT_FOR, found)
        return found

    def _ask(self, host: str, port: int, within: float) -> Sequence[str]:
        try:
            found = self._askers.submit(self._lookup, host, port).result(max(within, 0.0))
        except FutureTimeout:
            raise TimedOut(f"the name {host} could not be resolved in time") from None
        except (OSError, UnicodeError):
            raise Unreachable(f"the name {host} could not be resolved") from None
        if not found:
            raise Unreachable(f"the name {host} has no address")
        return found


def _alternating(addresses: list[str]) -> list[str]:
    """Mix the families, so that a network without working IPv6 costs one attempt, not all."""
    first = [a for a in addresses if (":" in a) == (":" in addresses[0])]
    second = [a for a in addresses if a not in first]
    mixed = [a for pair in zip(first, second, strict=False) for a in pair]
    return mixed + first[len(second) :] + second[len(first) :]
