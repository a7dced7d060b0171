"""The gateway to real CalDAV servers: the Protocol's verbs as requests, and their answers as plain values."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

from agenda.ical.decode import decoded
from integrations.gateway import bodies, discovery
from integrations.gateway.answer import Answer
from integrations.gateway.base import (
    CalendarRow,
    Credentials,
    Discovery,
    Gateway,
    Listing,
    Profile,
    Resource,
    Written,
)
from integrations.gateway.client import Client, Session
from integrations.gateway.errors import (
    CalendarGone,
    GatewayError,
    Hostile,
    NotUnderstood,
    PreconditionFailed,
    Rejected,
    TokenInvalid,
    TooLarge,
    UidTaken,
    Unreachable,
)
from integrations.gateway.feeder import preconditions
from integrations.gateway.limiter import Limiters
from integrations.gateway.line import Line, line_of
from integrations.gateway.multistatus import dav
from integrations.gateway.paths import collection, identity, origin, parent
from integrations.gateway.reach import Reach
from integrations.gateway.reader import ITEM_CEILING, Reader, crlf
from integrations.gateway.statuses import check_read, check_write, read_error
from integrations.gateway.transport import Transport

#: answers that may be taken apart to find the item that spoils them, before the server is taken to be at fault
MOST_SPOILT = 60


def connect(
    profile: Profile,
    server_url: str,
    credentials: Credentials,
    *,
    home: str = "",
    account: str = "",
    hosts: Collection[str] = (),
    interactive: bool = False,
    clock: Callable[[], float] = time.monotonic,
    deadline: float | None = None,
    reach: Reach | None = None,
    transport: Transport | None = None,
    limiters: Limiters | None = None,
) -> Gateway:
    """Return the gateway of one account on a real server; nothing is sent yet. See `open_gateway` for the arguments.

    `reach`, `transport` and `limiters` are the process's own unless given.
    """
    door = (reach or Reach.from_settings()).door(profile.hosts, server_url, hosts)
    line = line_of(profile, door, account, interactive, clock, deadline, transport, limiters)
    return DavGateway(profile, server_url, line, credentials, home)


class DavGateway:
    """One account on one CalDAV server."""

    def __init__(self, profile: Profile, server_url: str, line: Line, credentials: Credentials, home: str) -> None:
        """Remember whom to ask."""
        self.profile = profile
        self.meter = line.meter
        self._line = line
        self._typed = server_url
        self._client = Client(Session(line, credentials))
        self._origin = origin(home or server_url)
        self._reader = Reader(line, collection(identity(home)) if home else "")
        self._spoilt = 0

    def __repr__(self) -> str:
        """Name the gateway without account or server."""
        return "DavGateway(***)"

    def discover(self) -> Discovery:
        """Ask the domain's records where its server is, then try the typed address, its well-known, the root."""
        found = discovery.discover(self._client, self._line, self._typed)
        self._move_to(found.home)
        return found

    def look(self, home: str) -> list[CalendarRow]:
        """List the home's calendars with their cursors by one PROPFIND."""
        depth = 0 if home.endswith(discovery.LONE_CALENDAR) else 1
        answer = self._client.propfind(home, bodies.propfind(bodies.LOOK), depth)
        check_read(answer)
        self._move_to(answer.url)
        found = self._reader.calendars(answer)
        return [row if row.cursor or row.subscribed else self._with_cursor(row) for row in found]

    def changes(self, calendar: str, token: str) -> Listing:
        """Ask for a sync-collection report; a plain listing where the server has none."""
        answer = self._client.report(self._url(calendar), bodies.sync_collection(token), 0)
        if answer.status < 300:
            return self._reader.listing(answer, calendar, full=not token)
        names = preconditions(answer.small_body())
        if _no_such_report(answer.status, names):
            return self.listing(calendar)
        if dav("valid-sync-token") in names or (token and answer.status in (400, 403, 409, 410, 412)):
            raise TokenInvalid(f"the server does not know this sync token ({answer.status})")
        raise read_error(answer)

    def listing(self, calendar: str) -> Listing:
        """List every resource with its ETag by PROPFIND."""
        answer = self._client.propfind(self._url(calendar), bodies.propfind(bodies.ETAGS), 1)
        check_read(answer)
        return self._reader.listing(answer, calendar, full=True)

    def fetch(self, calendar: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        """Yield bodies by multiget. Each chunk is read whole before it is handed out: no request stays open."""
        asked = list(dict.fromkeys(hrefs))
        for first in range(0, len(asked), self.profile.chunk):
            yield from self._fetch_chunk(calendar, asked[first : first + self.profile.chunk])

    def get(self, href: str) -> Resource | None:
        """Return one resource, or None."""
        answer = self._client.get(self._url(href))
        if answer.status in (404, 410):
            answer.small_body()
            return None
        check_read(answer)
        text = decoded(answer.body(ITEM_CEILING))
        if not answer.framed and not text.rstrip().upper().endswith("END:VCALENDAR"):
            raise Unreachable("the server's answer was cut")
        return Resource(href, answer.header("ETag"), crlf(text))

    def create(self, href: str, text: str) -> Written:
        """Store a new resource."""
        return self._written(href, self._client.put(self._url(href), text, {"If-None-Match": "*"}))

    def update(self, href: str, text: str, etag: str) -> Written:
        """Replace the text that had exactly `etag`."""
        answer = self._conditional(etag, lambda condition: self._client.put(self._url(href), text, condition))
        return self._written(href, answer)

    def delete(self, href: str, etag: str) -> None:
        """Delete the resource that has exactly `etag`."""
        answer = self._conditional(etag, lambda condition: self._client.delete(self._url(href), condition))
        if answer.status in (404, 410):
            answer.small_body()
            return
        check_write(answer, lambda: Rejected("the server refuses to delete this event"))

    def make_calendar(self, path: str, name: str) -> None:
        """Make an empty calendar for events."""
        answer = self._client.mkcalendar(self._url(collection(path)), bodies.make_calendar(name))
        check_write(answer, lambda: Rejected("the server refuses to make this calendar"))

    def close(self) -> None:
        """Nothing is held: connections belong to the process."""

    # addresses

    def _move_to(self, url: str) -> None:
        self._origin = origin(url)
        self._reader.space = collection(identity(url))

    def _url(self, path: str) -> str:
        return self._origin + self._reader.spelling.quoted(path)

    # requests

    def _with_cursor(self, row: CalendarRow) -> CalendarRow:
        answer = self._client.propfind(self._url(row.path), bodies.propfind(bodies.LOOK), 0)
        check_read(answer)
        return next(iter(self._reader.calendars(answer)), row)

    def _fetch_chunk(self, calendar: str, chunk: list[str]) -> list[Resource]:
        try:
            return self._multiget(calendar, chunk)
        except Hostile:
            raise
        except (NotUnderstood, TooLarge):  # one item may spoil the answer for all: a control character is enough
            self._spoilt += 1
            half = len(chunk) // 2
            if not half:
                return []  # it does not come; read alone, it will say why
            if self._spoilt > MOST_SPOILT:
                raise
        return self._fetch_chunk(calendar, chunk[:half]) + self._fetch_chunk(calendar, chunk[half:])

    def _multiget(self, calendar: str, chunk: list[str]) -> list[Resource]:
        answer = self._client.report(self._url(calendar), bodies.multiget(map(self._reader.spelling.quoted, chunk)))
        check_read(answer)
        return self._reader.resources(answer, calendar, chunk)

    def _conditional(self, etag: str, send: Callable[[dict[str, str]], Answer]) -> Answer:
        """Send a write on condition that the version is still this one.

        A weak ETag never matches by the letter of RFC 9110 §13.1.1, yet some servers compare it as text, and others
        own the strong one that a proxy has weakened on the way: a refusal of the first is followed by the second.
        """
        answer = send({"If-Match": _needed(etag)})
        if answer.status != 412 or not etag.startswith("W/"):
            return answer
        answer.small_body()
        return send({"If-Match": etag.removeprefix("W/")})

    def _written(self, href: str, answer: Answer) -> Written:
        check_write(answer, lambda: self._why_not_stored(href, answer.status))
        etag = answer.header("ETag")
        return Written(etag if etag.startswith('"') and etag.endswith('"') and len(etag) > 2 else "")

    def _why_not_stored(self, href: str, status: int) -> GatewayError:
        """Ask whether the calendar is still there: 404 and a bare 409 mean that or something about the event."""
        calendar = parent(href)
        answer = self._client.propfind(self._url(calendar), bodies.propfind(bodies.ETAGS), 0)
        try:
            check_read(answer)
            self._reader.listing(answer, calendar, full=False)
        except CalendarGone as gone:
            return gone
        return UidTaken("the UID exists already (409)") if status == 409 else Rejected(f"refused ({status})")


def _no_such_report(status: int, names: frozenset[str]) -> bool:
    """Tell whether a plain listing must do: there is no such report, or it is too long to give (RFC 6578 §3.6)."""
    return status in (405, 415, 501, 507) or dav("supported-report") in names


def _needed(etag: str) -> str:
    if etag in ("", "*"):  # If-Match: * is backwards on iCloud, and blind everywhere (docs/icloud.md A54)
        raise PreconditionFailed("no ETag is known for this resource: look again first")
    return etag
