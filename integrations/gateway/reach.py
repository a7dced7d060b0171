"""Where the transport may go: one policy, built once from settings, and one door per account that checks every URL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from django.utils.translation import gettext as _

from integrations.gateway.domains import same_site
from integrations.gateway.errors import AddressRefused, HostUnconfirmed
from integrations.gateway.target import HostPort, Target, host_ports, split

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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

    def door(self, patterns: tuple[str, ...], typed: str, confirmed: Collection[str] = ()) -> Door:
        """Return the door for an entry: its host patterns, or without any the rules for the address somebody typed.

        `confirmed`: "host:port" of other domains, to which the owner has agreed to send the password.
        """
        return Door(self, patterns, typed, host_ports(confirmed))


@dataclass(frozen=True, slots=True)
class Door:
    """Decides for one account which URLs may be asked at all. Nothing is resolved or sent here."""

    reach: Reach
    patterns: tuple[str, ...]
    typed: str = field(repr=False)
    confirmed: frozenset[HostPort] = frozenset()

    def target(self, url: str) -> Target:
        """Return the checked target of `url`; AddressRefused when it lies outside the allow-list."""
        asked = split(url)
        inside = self._admits(asked)
        if not inside and not self._allows(asked):
            raise self._refusal(asked)
        return Target(asked.scheme, asked.host, asked.port, asked.path, inside)

    def told_of(self, hosts: Collection[HostPort]) -> Door:
        """Return this door, open also to hosts that the typed domain's own records name within it (RFC 6764)."""
        own = {(host, port) for host, port in hosts if same_site(host, split(self.typed).host)}
        return Door(self.reach, self.patterns, self.typed, self.confirmed | own) if own else self

    @property
    def further(self) -> tuple[str, ...]:
        """Return the hosts beyond the typed server's own rules, as "host:port"."""
        return tuple(sorted(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.confirmed))

    def _admits(self, asked: Target) -> bool:
        """Return whether a host may be private and plain: one that the operator listed and this account is about."""
        if self.patterns:
            return bool(self.reach.icloud) and self._stands_in(split(self.reach.icloud), asked)
        listed = (asked.host, asked.port) in self.reach.private_hosts
        return listed and (asked.host == split(self.typed).host or (asked.host, asked.port) in self.confirmed)

    def _stands_in(self, icloud: Target, asked: Target) -> bool:
        secure_enough = asked.scheme == "https" or icloud.scheme == "http"
        loopback = {asked.host, icloud.host} <= _LOOPBACK
        listed = (asked.host, asked.port) in self.reach.private_hosts
        return listed or (secure_enough and (loopback or same_site(asked.host, icloud.host)))

    def _allows(self, asked: Target) -> bool:
        if asked.scheme != "https":
            return False
        if self.patterns:
            named = any(fnmatchcase(asked.host, pattern) for pattern in self.patterns)
            return named and asked.port == 443 and not self.reach.icloud
        typed = split(self.typed)
        if (asked.host, asked.port) == (typed.host, typed.port) or (asked.host, asked.port) in self.confirmed:
            return True
        return asked.port == 443 and same_site(asked.host, typed.host)

    def _refusal(self, asked: Target) -> AddressRefused:
        """Return what is wrong: the address that was typed, or one that its server names."""
        typed = split(self.typed)
        if not self.patterns and (asked.host, asked.port) == (typed.host, typed.port):
            sentence = _(
                "%(where)s is plain http, which would show the password to everybody on the way. Begin the address "
                "with https://, or ask your operator to admit the server (HALFPAST_PRIVATE_HOSTS)."
            )
            return AddressRefused(sentence % {"where": asked.origin}, asked.origin)
        names = {"typed": typed.host, "where": asked.origin}
        if self.patterns or not self._may_be_confirmed(asked):
            sentence = _("The server %(typed)s leads to %(where)s, where this connection's password may not go.")
            return AddressRefused(sentence % names, asked.origin)
        sentence = _(
            "The server %(typed)s leads to %(where)s, which you have not confirmed. Connect the account anew if "
            "the password may go there."
        )
        return HostUnconfirmed(sentence % names, asked.origin, asked.host_port)

    def _may_be_confirmed(self, asked: Target) -> bool:
        """Return whether the owner may be asked: about a name he can judge, over https, or one the operator listed."""
        is_name = "." in asked.host and ":" not in asked.host and not asked.host.rpartition(".")[2].isdigit()
        return (asked.scheme == "https" and is_name) or (asked.host, asked.port) in self.reach.private_hosts
