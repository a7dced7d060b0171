"""The gateway to a MemoryServer: the same contract as the real one, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from integrations.gateway.base import CalendarRow, Discovery, Entry, Listing, Meter, Profile, Resource, Written
from integrations.gateway.errors import CalendarGone, DeadlinePassed, Forbidden, PreconditionFailed
from integrations.gateway.memory.calendar import MemoryAccount, MemoryCalendar, Stored
from integrations.gateway.memory.faults import Request
from integrations.gateway.memory.server import MemoryServer

ORIGIN = "memory://server"
_WRITES = frozenset({"PUT", "DELETE", "MKCALENDAR"})
T = TypeVar("T")


class MemoryGateway:
    """One account of a MemoryServer, behind the Gateway Protocol. `out_of_time` stands for the run's deadline."""

    def __init__(
        self,
        server: MemoryServer,
        username: str,
        password: str,
        profile: Profile,
        *,
        out_of_time: Callable[[], bool] = lambda: False,
    ) -> None:
        """Remember whom to ask; nothing is sent yet."""
        self.profile = profile
        self.meter = Meter()
        self._server = server
        self._username = username
        self._password = password
        self._out_of_time = out_of_time

    def __repr__(self) -> str:
        """Name the gateway without the account."""
        return "MemoryGateway(***)"

    def discover(self) -> Discovery:
        """Find the account's home: three requests, as on a real server."""
        for path in ("/", "/principal/"):
            self._send("PROPFIND", path, lambda account: None)
        account = self._send("PROPFIND", "/home/", lambda account: account)
        principal = f"/principals/{account.username}/"
        return Discovery(principal, ORIGIN + principal, ORIGIN + account.home, account.addresses)

    def look(self, home: str) -> list[CalendarRow]:
        """List the home's calendars, with one more request each where the listing shows no cursors."""
        path = unquote(urlsplit(home).path)
        rows = self._send("PROPFIND", path, lambda account: self._rows(account, path))
        return rows if self._server.habits.home_cursors else [self._with_cursor(row) for row in rows]

    def changes(self, calendar: str, token: str) -> Listing:
        """Return what changed since `token`, or everything; a plain listing where the server has no such report."""
        if not self._server.habits.sync_collection:
            return self.listing(calendar)
        return self._send("REPORT", calendar, lambda account: self._report(_held(account, calendar), token))

    def listing(self, calendar: str) -> Listing:
        """Return every resource with its ETag."""
        resources = self._send(
            "PROPFIND", calendar, lambda account: self._seen("PROPFIND", _held(account, calendar))[1]
        )
        return Listing(tuple(Entry(href, stored.etag) for href, stored in resources.items()), full=True)

    def fetch(self, calendar: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        """Yield the bodies of `hrefs` chunk by chunk; what is missing does not come."""
        asked = list(dict.fromkeys(hrefs))
        for first in range(0, len(asked), self.profile.chunk):
            chunk = asked[first : first + self.profile.chunk]
            found = self._send("REPORT", calendar, lambda account: self._seen("REPORT", _held(account, calendar))[1])
            yield from (Resource(h, found[h].etag, found[h].text) for h in chunk if h in found)

    def get(self, href: str) -> Resource | None:
        """Return one resource, or None."""
        found = self._send("GET", href, lambda account: self._seen_at_href(account, href))
        return Resource(href, found.etag, found.text) if found else None

    def create(self, href: str, text: str) -> Written:
        """Store a new resource."""
        return self._send("PUT", href, lambda account: self._put(account, href, text, "*"), "*")

    def update(self, href: str, text: str, etag: str) -> Written:
        """Replace the text that had exactly `etag`."""
        _need(etag)
        return self._send("PUT", href, lambda account: self._put(account, href, text, etag), etag)

    def delete(self, href: str, etag: str) -> None:
        """Delete the resource that has exactly `etag`; a missing one counts as done."""
        _need(etag)
        self._send("DELETE", href, lambda account: self._delete(account, href, etag), etag)

    def make_calendar(self, path: str, name: str) -> None:
        """Make an empty calendar."""
        self._send("MKCALENDAR", path, lambda account: self._make(account, path, name))

    def close(self) -> None:
        """Nothing is held."""

    # how a request goes

    def _send(self, verb: str, path: str, act: Callable[[MemoryAccount], T], condition: str = "") -> T:
        if self._out_of_time():
            raise DeadlinePassed("the run's time is over")
        request = Request(verb, path, self._username, condition)
        self._count(request)
        fault = self._server.faults.meet(request)
        if fault and not fault.done:
            raise fault.error
        answer = act(self._server.sign_in(self._username, self._password))
        if fault:
            raise fault.error
        return answer

    def _count(self, request: Request) -> None:
        self._server.log.append(request)
        self.meter.requests += 1
        self.meter.writes += request.verb in _WRITES
        self.meter.by_method[request.verb] = self.meter.by_method.get(request.verb, 0) + 1

    def _seen(self, verb: str, calendar: MemoryCalendar) -> tuple[int, dict[str, Stored]]:
        habits = self._server.habits
        lag = habits.lag if verb in habits.lag_verbs else habits.lag * 0
        return calendar.seen_at(self._server.clock() - lag)

    def _seen_at_href(self, account: MemoryAccount, href: str) -> Stored | None:
        calendar = account.calendars.get(_parent(href))
        return self._seen("GET", calendar)[1].get(href) if calendar else None

    # what the server answers

    def _rows(self, account: MemoryAccount, path: str) -> list[CalendarRow]:
        if path != account.home:
            raise CalendarGone("there is no such calendar home")
        return [self._row(c, self._server.habits.home_cursors) for c in account.calendars.values()]

    def _row(self, calendar: MemoryCalendar, cursors: bool) -> CalendarRow:
        token = calendar.token(self._seen("PROPFIND", calendar)[0]) if cursors else ""
        return CalendarRow(
            calendar.path,
            calendar.name,
            calendar.color,
            calendar.writable,
            calendar.holds_events,
            calendar.subscribed,
            calendar.shared,
            ctag=token,
            sync_token=token if self._server.habits.sync_collection else "",
        )

    def _with_cursor(self, row: CalendarRow) -> CalendarRow:
        return self._send("PROPFIND", row.path, lambda account: self._row(_held(account, row.path), True))

    def _report(self, calendar: MemoryCalendar, token: str) -> Listing:
        serial, resources = self._seen("REPORT", calendar)
        since = calendar.serial_of(token) if token else 0
        hrefs = calendar.touched_between(since, serial) if token else list(resources)
        page = self._server.habits.page
        shown = hrefs[:page]
        complete = len(shown) == len(hrefs)
        until = max(since, serial) if complete else calendar.shown_until(since, serial, shown)
        return Listing(
            tuple(Entry(h, resources[h].etag) for h in shown if h in resources),
            tuple(h for h in shown if h not in resources),
            calendar.token(until),
            not token,
            complete,
        )

    def _put(self, account: MemoryAccount, href: str, text: str, condition: str) -> Written:
        calendar = _writable(account, href)
        self._server.check_condition(calendar, href, condition)
        stored = self._server.store(account, calendar, href, text)
        exact = self._server.habits.etag_on_put and stored.text == text and not stored.etag.startswith("W/")
        return Written(stored.etag if exact else "")

    def _delete(self, account: MemoryAccount, href: str, etag: str) -> None:
        calendar = _writable(account, href)
        if href not in calendar.resources:
            return
        self._server.check_condition(calendar, href, etag)
        self._server.remove(account, calendar, href)

    def _make(self, account: MemoryAccount, path: str, name: str) -> None:
        if path in account.calendars:
            raise Forbidden("there is a calendar at this path already")
        self._server.add_calendar(account, name, path)


def _parent(href: str) -> str:
    return href.rpartition("/")[0] + "/"


def _held(account: MemoryAccount, path: str) -> MemoryCalendar:
    calendar = account.calendars.get(path)
    if calendar is None:
        raise CalendarGone("there is no such calendar")
    return calendar


def _writable(account: MemoryAccount, href: str) -> MemoryCalendar:
    calendar = _held(account, _parent(href))
    if not calendar.writable:
        raise Forbidden("this calendar is read-only")
    return calendar


def _need(etag: str) -> None:
    if not etag:
        raise PreconditionFailed("no ETag is known for this resource: look again first")
