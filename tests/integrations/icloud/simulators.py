"""The simulated iCloud as a fixture: one account, Alice's, a clock that can be moved, and a plain client beside ours.

What must hold whenever Halfpast talked to it is looked at when a test ends: no mail to anybody, no write without a
condition (I11), no `If-Match: *` (docs/icloud.md A54).
"""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest

from integrations.gateway import dav
from integrations.gateway.base import Credentials, Profile
from integrations.gateway.limiter import Limiters
from integrations.gateway.reach import Reach
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.message import Request
from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.world import World

APPLE_ID = "alice@icloud.example"
APP_PASSWORD = "abcd-efgh-ijkl-mnop"
MAIN_PASSWORD = "Correct-Horse-7"
AGENT = "Somebody/1.0"
NAMESPACES = {
    "d": "DAV:",
    "c": "urn:ietf:params:xml:ns:caldav",
    "cs": "http://calendarserver.org/ns/",
    "i": "http://apple.com/ns/ical/",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())


@dataclass
class Clock:
    """The real time, moved by as much as a test says."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def pass_(self, seconds: float) -> None:
        self.ahead += seconds


def unhurried() -> Limiters:
    """Return limiters of a test's own: what one test spent is nothing to the next."""
    return Limiters(time.monotonic, time.sleep)


@dataclass(frozen=True)
class Reply:
    """An answer as a plain client reads it. `headers` are pairs, in the order they came."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def etag(self) -> str:
        return self.header("ETag")

    @property
    def tree(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.text)  # noqa: S314  # our own server

    @property
    def rows(self) -> dict[str, ElementTree.Element]:
        """Return the responses by their hrefs; the last one where an href comes twice."""
        return {row.findtext("d:href", "", NAMESPACES): row for row in self.tree.findall("d:response", NAMESPACES)}

    @property
    def hrefs(self) -> list[str]:
        """Return all hrefs, in their order."""
        return [row.findtext("d:href", "", NAMESPACES) for row in self.tree.findall("d:response", NAMESPACES)]

    @property
    def token(self) -> str:
        return self.tree.findtext("d:sync-token", "", NAMESPACES)


def found(row: ElementTree.Element, name: str) -> Any:
    """Return a property of a row that came with 200, as "d:getetag"; None when it did not."""
    for part in row.findall("d:propstat", NAMESPACES):
        if " 200" in part.findtext("d:status", "", NAMESPACES):
            return part.find(f"d:prop/{name}", NAMESPACES)
    return None


def missing(row: ElementTree.Element) -> set[str]:
    """Return the local names of the properties that came with 404."""
    parts = (p for p in row.findall("d:propstat", NAMESPACES) if " 404" in p.findtext("d:status", "", NAMESPACES))
    return {child.tag.partition("}")[2] for part in parts for child in part.find("d:prop", NAMESPACES) or ()}


def xml(name: str, inside: str = "") -> str:
    """Return a request body; prefixes d, c, cs and i are declared."""
    return f'<?xml version="1.0" encoding="utf-8"?><{name} {_DECLARED}>{inside}</{name}>'


def propfind_of(*names: str) -> str:
    return xml("d:propfind", f"<d:prop>{''.join(f'<{name}/>' for name in names)}</d:prop>")


@dataclass
class ICloud:
    """A running simulator with Alice's account, and a plain client of hers."""

    simulator: Simulator
    account: Account
    clock: Clock
    mail_is_fine: bool = False  # set by tests that are about mail
    calendars_may_go: bool = False  # set by tests of who removes calendars of his own making
    is_told_what: bool = False  # set by tests of the gateway alone, which does as it is told
    may_delete: set[str] = field(default_factory=set)  # paths of others' making that their owner named in this test
    _lines: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.simulator.world

    @property
    def log(self) -> list[Request]:
        return self.world.log

    @property
    def credentials(self) -> Credentials:
        return Credentials(APPLE_ID, APP_PASSWORD)

    @property
    def reach(self) -> Reach:
        """Return a policy in which this simulator stands in for Apple."""
        return Reach(icloud=self.simulator.url)

    def switch(self, **habits: Any) -> None:
        """Change habits while it runs."""
        self.world.habits = replace(self.world.habits, **habits)

    def gateway(self, profile: Profile, credentials: Credentials | None = None) -> dav.DavGateway:
        """Return Halfpast's own gateway to it, over the real transport."""
        return dav.connect(  # type: ignore[return-value]
            profile, self.simulator.url, credentials or self.credentials, reach=self.reach, limiters=unhurried()
        )

    # a plain client

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes = "",
        *,
        host: str = "shard",
        user: str = APPLE_ID,
        password: str = APP_PASSWORD,
        **headers: str | None,
    ) -> Reply:
        """Send one request; header names with underscores for dashes, None leaves a usual one out."""
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        usual: dict[str, str | None] = {"Authorization": f"Basic {pair}", "User-Agent": AGENT}
        sent = usual | {name.replace("_", "-").title(): value for name, value in headers.items()}
        line = self._line(host)
        data = body.encode() if isinstance(body, str) else body
        line.putrequest(method, quote(path, safe="/%?"), skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                line.putheader(name, value)
        line.putheader("Content-Length", str(len(data)))
        try:
            line.endheaders(data or None)
            answer = line.getresponse()
            return Reply(answer.status, answer.getheaders(), answer.read().decode())
        except (OSError, http.client.HTTPException):
            self._lines.pop(host).close()
            raise

    def _line(self, host: str) -> http.client.HTTPConnection:
        if host not in self._lines:
            url = self.simulator.url if host == "entry" else self.simulator.shard_url(self.account)
            parts = urlsplit(url)
            self._lines[host] = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        return self._lines[host]

    def propfind(self, path: str, *names: str, depth: str = "0", **more: Any) -> Reply:
        return self.ask("PROPFIND", path, propfind_of(*names) if names else "", depth=depth, **more)

    def put(self, path: str, text: str, **headers: str | None) -> Reply:
        headers = {"content_type": "text/calendar; charset=utf-8", **headers}
        return self.ask("PUT", path, text, **headers)  # type: ignore[arg-type]

    def sync(self, calendar: Collection, token: str = "", *, more: str = "", depth: str = "1") -> Reply:
        inside = f"<d:sync-token>{token.replace('&', '&amp;').replace('<', '&lt;')}</d:sync-token>"
        inside += f"<d:sync-level>1</d:sync-level>{more}<d:prop><d:getetag/></d:prop>"
        return self.ask("REPORT", calendar.path, xml("d:sync-collection", inside), depth=depth)

    def multiget(self, calendar: Collection, *names: str, data: str = "<c:calendar-data/>") -> Reply:
        hrefs = "".join(f"<d:href>{quote(calendar.path + name)}</d:href>" for name in names)
        body = xml("c:calendar-multiget", f"<d:prop><d:getetag/>{data}</d:prop>{hrefs}")
        return self.ask("REPORT", calendar.path, body, depth="1")

    # the account

    @property
    def home(self) -> Collection:
        return self.account.calendar("Home")

    @property
    def work(self) -> Collection:
        return self.account.calendar("Work")

    def add(self, calendar: Collection, text: str, name: str = "", **more: Any) -> Resource:
        """Store an event without the network, past validation."""
        return self.world.put(calendar, name or f"event-{len(calendar.resources) + 1}.ics", text, **more)

    def settle(self) -> None:
        """Let everything become due that the server does by itself."""
        self.clock.pass_(60)
        self.world.catch_up()

    @property
    def mailed(self) -> list[str]:
        """Return whom iCloud mailed for something that came over the network; what a phone sends is its owner's."""
        return [one.recipient for one in self.world.mails if one.by == "dav"]

    def _foreign_deletions(self) -> list[str]:
        """Return what Halfpast deleted that it had not made itself: an event keeps its name when a phone drags it."""
        sent = [one for one in self.log if one.header("user-agent").startswith("Halfpast")]
        made = {_name(one.path) for one in sent if one.method == "PUT" and one.if_none_match == "*"}
        gone = {one.path for one in sent if one.method == "DELETE" and not one.path.endswith("/")}
        return [path for path in gone - self.may_delete if _name(path) not in made]

    def close(self) -> None:
        for line in self._lines.values():
            line.close()
        self.simulator.stop()

    def check(self) -> None:
        """Fail when Halfpast did here what it must never do."""
        assert self.mail_is_fine or not self.mailed, "iCloud mailed somebody"
        assert self.is_told_what or not self._foreign_deletions(), (
            "what Halfpast had not made was deleted, though nobody had named it"
        )
        for one in self.log:
            if one.header("user-agent").startswith("Halfpast"):
                assert one.if_match != "*", f"If-Match: * in {one}"
                whole = one.method == "DELETE" and one.path.endswith("/") and self.calendars_may_go
                conditional = one.if_match or one.if_none_match == "*"
                assert one.method not in ("PUT", "DELETE") or conditional or whole, one


def _name(path: str) -> str:
    return path.rpartition("/")[2]


@contextmanager
def an_icloud(habits: Habits | None = None, *, tls: ssl.SSLContext | None = None, **account: Any) -> Iterator[ICloud]:
    """Run a simulator with Alice's account; `account` as World.add_account takes it."""
    clock = Clock()
    world = World(habits, clock)
    alice = world.add_account(
        APPLE_ID, "Alice Anders", main_password=MAIN_PASSWORD, app_password=APP_PASSWORD, **account
    )
    running = ICloud(Simulator(world, tls=tls), alice, clock)
    running.simulator.start()
    try:
        yield running
        running.check()
    finally:
        running.close()


@pytest.fixture
def icloud() -> Iterator[ICloud]:
    """A simulated iCloud with Alice's account: calendars Home and Work, reminders."""
    with an_icloud() as running:
        yield running
