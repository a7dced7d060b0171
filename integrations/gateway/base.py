"""What the sync asks of a calendar server, as a Protocol over plain values. All that speaks CalDAV is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider's habits and limits, as measured or assumed; one frozen value per integration folder."""

    name: str
    in_flight: int = 4  # requests of one account at the same time
    burst: int = 40  # tokens that may be spent at once
    per_second: float = 8.0  # tokens that come back each second
    per_minute: int = 480  # never more in any minute
    chunk: int = 50  # resources per multiget
    rewrites: bool = True  # may store another text than it was sent: read back after each write
    lags: bool = False  # may answer from before our own write for some seconds (iCloud, docs/icloud.md A39)
    etags_repeat: bool = False  # the same ETag may come back with another text
    account_wide_uids: bool = False  # one UID may exist once in the whole account (A55)
    safety_listing: timedelta = timedelta(days=1)  # a full ETag listing this often
    gateway: str = "integrations.gateway.dav.connect"  # dotted path of what makes gateways to it
    hosts: tuple[str, ...] = ()  # allowed host patterns ("icloud.com", "*.icloud.com"); empty: the typed host's rules


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """User name and password of one account; its repr shows neither."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Return a mask."""
        return "Credentials(***)"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One row of a calendar home. `path` is the decoded, host-less identity, always with a final slash."""

    path: str
    name: str
    color: str = ""  # "#RRGGBB" or empty
    writable: bool = True
    holds_events: bool = True  # VEVENT is among its components
    subscribed: bool = False
    shared: bool = False
    ctag: str = ""  # empty: the listing carries none
    sync_token: str = ""  # empty: the listing carries none
    bare: bool = False  # only the path was told: name, colour and rights stand as they were known

    @property
    def cursor(self) -> str:
        """Return what changes whenever the calendar does, or "" where the server tells neither."""
        return self.ctag or self.sync_token


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where an account lives: `account` is its host-less identity (the principal's path), `home` an absolute URL."""

    account: str
    principal: str
    home: str
    addresses: tuple[str, ...] = ()  # the account's own calendar addresses, lower case, without "mailto:"
    hosts: tuple[str, ...] = ()  # "host:port" beyond the typed server's own that had a part in it, to be kept


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed resource: its host-less decoded path and its ETag as the server wrote it."""

    href: str
    etag: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a calendar says has changed (or, when `full`, everything it holds). `token`: the report's own, may be ""."""

    entries: tuple[Entry, ...]
    removed: tuple[str, ...] = ()
    token: str = ""
    full: bool = False
    complete: bool = True  # False: the server cut the list short; nothing may be inferred from what is missing


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource's text with exactly its ETag (one pair). `etag` may be weak or empty."""

    href: str
    etag: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write. `etag` is empty unless the server sent a strong one."""

    etag: str = ""


@dataclass(slots=True)
class Meter:
    """What one gateway has spent: requests sent, decoded-independent wire bytes down, writes among the requests."""

    requests: int = 0
    bytes_down: int = 0
    writes: int = 0
    by_method: dict[str, int] = field(default_factory=dict)


class Gateway(Protocol):
    """One account on one server. Every method may raise a gateway.errors.GatewayError and nothing else.

    Reads may be repeated by the gateway, writes never: a write whose outcome is unknown raises OutcomeUnknown.
    """

    profile: Profile
    meter: Meter

    def discover(self) -> Discovery:
        """Find principal and calendar home from the entry address (RFC 6764 well-known, RFC 5397, RFC 4791 §6.2.1)."""
        ...

    def look(self, home: str) -> list[CalendarRow]:
        """List the home's calendars with their cursors: one request, and one a calendar shown without cursor."""
        ...

    def changes(self, calendar: str, token: str) -> Listing:
        """Return what changed since `token` (RFC 6578); "" asks for everything. TokenInvalid when the server forgot."""
        ...

    def listing(self, calendar: str) -> Listing:
        """Return every resource with its ETag, by PROPFIND: a full listing without a token."""
        ...

    def fetch(self, calendar: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        """Yield the bodies of `hrefs` by multiget, chunk after chunk; what the server leaves out does not come."""
        ...

    def get(self, href: str) -> Resource | None:
        """Return one resource, or None when the server answers 404 or 410."""
        ...

    def create(self, href: str, text: str) -> Written:
        """Store a new resource (If-None-Match: *). PreconditionFailed when the href is taken, UidTaken for the UID."""
        ...

    def update(self, href: str, text: str, etag: str) -> Written:
        """Replace the text that had exactly `etag` (If-Match). PreconditionFailed when it changed meanwhile."""
        ...

    def delete(self, href: str, etag: str) -> None:
        """Delete the resource that has exactly `etag` (If-Match). 404 and 410 count as done."""
        ...

    def make_calendar(self, path: str, name: str) -> None:
        """Make an empty calendar for events at `path` (RFC 4791 §5.3.1)."""
        ...

    def close(self) -> None:
        """Give back what the gateway holds."""
        ...
