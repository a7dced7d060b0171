"""Every kind of fault, as it looks from the other end of the wire: asked with plain `http.client`."""

from __future__ import annotations

import base64
import gzip
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from integrations.icloud.simulator.faults import Fault, UnknownKind
from integrations.icloud.simulator.kinds import KINDS
from integrations.icloud.simulator.kinds.doors import DOOR_KINDS
from integrations.icloud.simulator.phone import Phone
from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.world import World

APPLE_ID, PASSWORD = "alice@icloud.example", "abcd-efgh-ijkl-mnop"
NOON, HOUR = datetime(2026, 12, 1, 12, tzinfo=UTC), timedelta(hours=1)
LISTING = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
DATA = (
    '<c:calendar-multiget xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<prop><getetag/><c:calendar-data/></prop>{}</c:calendar-multiget>"
)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken_off: bool = False

    @property
    def hrefs(self) -> list[str]:
        return [one.text or "" for one in self._tree().findall("{DAV:}response/{DAV:}href")]

    @property
    def etags(self) -> list[str]:
        return [one.text or "" for one in self._tree().iter("{DAV:}getetag")]

    @property
    def texts(self) -> list[str]:
        found = self._tree().iter("{urn:ietf:params:xml:ns:caldav}calendar-data")
        return [(one.text or "").replace("\n ", "") for one in found]

    def _tree(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)  # noqa: S314


class House:
    """A simulator with one account, a series and three single events in Home, and somebody who asks."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.world = simulator, simulator.world
        [self.account] = self.world.accounts.values()
        self.phone = Phone(self.world, self.account)
        self.home = self.account.calendar("Home")
        self.items = [self.phone.create(self.home, f"Event {n}", NOON, NOON + HOUR) for n in range(3)]
        series = self.phone.create(self.home, "Run", NOON, NOON + HOUR, repeats="FREQ=DAILY")
        self.phone.change_zone(series, "Europe/Brussels")
        self.items.append(self.phone.override(series, NOON + timedelta(days=1), title="Walk"))

    def fail(self, kind: str, **more: object) -> None:
        self.world.faults.add(Fault(kind, **more))  # type: ignore[arg-type]

    def ask(self, method: str, path: str = "", body: str = "", **headers: str) -> Answer:
        connection = self.connection()
        pair = base64.b64encode(f"{APPLE_ID}:{PASSWORD}".encode()).decode()
        sent = {"Authorization": f"Basic {pair}", "User-Agent": "test", "Depth": "1"}
        if method in ("PUT", "DELETE"):
            sent |= {"Content-Type": "text/calendar; charset=utf-8"}
            del sent["Depth"]
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path or self.home.path, body.encode() or None, sent)
            return _read(connection.getresponse())
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", urlsplit(self.simulator.url).port or 0, timeout=3)

    def list(self) -> Answer:
        return self.ask("PROPFIND", body=LISTING)

    def multiget(self) -> Answer:
        hrefs = "".join(f"<href>{self.home.path}{item.name}</href>" for item in self.items)
        return self.ask("REPORT", body=DATA.format(hrefs))

    def put(self, name: str = "new") -> Answer:
        text = self.items[0].text.replace(self.items[0].resource.uid, name)
        return self.ask("PUT", f"{self.home.path}{name}.ics", text, If_None_Match="*")


def _read(response: http.client.HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        body = response.read(2_000_000)
    except http.client.IncompleteRead as broken:
        return Answer(response.status, headers, broken.partial, broken_off=True)
    told = int(headers.get("content-length", len(body)))
    return Answer(response.status, headers, body, broken_off=len(body) < told)


@pytest.fixture
def house() -> Iterator[House]:
    world = World()
    world.add_account(APPLE_ID, "Alice", main_password="main", app_password=PASSWORD)
    with Simulator(world) as simulator:
        yield House(simulator)


Check = Callable[[House], None]
CHECKS: dict[str, Check] = {}


def checks(*kinds: str) -> Callable[[Check], Check]:
    def note(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(kinds, check))
        return check

    return note


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_does_what_its_line_says_and_is_over_then(house: House, kind: str) -> None:
    house.fail(kind, **({"to": "https://p99.example/"} if kind == "redirect" else {}))
    house.world.log.clear()
    CHECKS[kind](house)
    [fired] = house.world.faults.fired
    assert (fired.kind, fired.request) == (kind, next(one for one in house.world.log if one.fault == kind))
    assert house.list().status == 207


def test_the_list_of_checks_is_whole() -> None:
    assert set(CHECKS) == set(KINDS)
    assert all([*(kind.says for kind in KINDS.values()), *(kind.says for kind in DOOR_KINDS.values())])


# --- statuses


@checks("401")
def _(house: House) -> None:
    answer = house.list()
    assert (answer.status, answer.body) == (401, b"")
    assert "MMCalDav" in answer.headers["www-authenticate"]


@checks("403", "404", "410", "412", "429", "500", "503", "507")
def _(house: House) -> None:
    answer = house.put()
    [fired] = house.world.faults.fired
    assert (answer.status, answer.body) == (int(fired.kind), b"")
    assert "retry-after" not in answer.headers
    assert "new.ics" not in house.home.resources


@checks("502", "504")
def _(house: House) -> None:
    answer = house.list()
    assert answer.status in (502, 504)
    assert (answer.headers["content-type"][:9], b"<html>" in answer.body) == ("text/html", True)


@checks(*(kind for kind in KINDS if kind.startswith(("429-", "503-"))))
def _(house: House) -> None:
    answer = house.list()
    [fired] = house.world.faults.fired
    hint = answer.headers["retry-after"]
    known = {"seconds": "30", "short": "1", "nonsense": "soon", "negative": "-5", "ten-years": "315360000"}
    if fired.kind == "503-date":
        assert 20 < (parsedate_to_datetime(hint) - datetime.now(UTC)).total_seconds() <= 31
    else:
        assert hint == known[fired.kind.partition("-")[2]]
    assert answer.status == int(fired.kind[:3])


# --- the wire


@checks("reset", "lost")
def _(house: House) -> None:
    with pytest.raises(ConnectionError):  # RemoteDisconnected is one
        house.put()
    assert "new.ics" not in house.home.resources


@checks("reset-after", "lost-after")
def _(house: House) -> None:
    with pytest.raises(ConnectionError):
        house.put()
    assert "new.ics" in house.home.resources


@checks("stalled", "stalled-headers")
def _(house: House) -> None:
    connection = house.connection()
    connection.timeout = 0.2
    connection.request("OPTIONS", house.home.path, headers={"User-Agent": "test"})
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()


@checks("drip")
def _(house: House) -> None:
    house.world.faults.pending[0].values |= {"size": 700, "pause": 0.02}
    started = time.monotonic()
    assert len(house.list().hrefs) == 5
    assert time.monotonic() - started > 0.04


@checks("cut", "length-too-large", "chunk-missing")
def _(house: House) -> None:
    assert house.list().broken_off


@checks("endless")
def _(house: House) -> None:
    assert len(house.list().body) == 2_000_000  # as much as was read


@checks("many-headers")
def _(house: House) -> None:
    with pytest.raises(http.client.HTTPException, match="more than 100"):
        house.list()


# --- redirects and discovery


@checks(*(kind for kind in KINDS if kind.startswith("redirect")))
def _(house: House) -> None:
    answer, host = house.list(), urlsplit(house.simulator.url).netloc
    leads = {
        "redirect": "https://p99.example/",
        "redirect-loop": house.home.path,
        "redirect-foreign": f"https://calendar.example.net{house.home.path}",
        "redirect-http": f"http://{host}{house.home.path}",
        "redirect-private": "https://169.254.169.254/latest/",
    }
    assert answer.status == 302
    assert answer.headers.get("location") == leads.get(house.world.faults.fired[0].kind)


@checks("no-home", "foreign-home", "no-principal", "foreign-principal")
def _(house: House) -> None:
    kind = house.world.faults.fired or house.world.faults.pending
    wanted = "current-user-principal" if "principal" in kind[0].kind else "c:calendar-home-set"
    body = f'<propfind xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><{wanted}/></prop></propfind>'
    path = "/" if "principal" in kind[0].kind else house.account.principal
    failed, sound = (house.ask("PROPFIND", path, body, Depth="0") for _ in range(2))
    assert failed.status == sound.status == 207
    assert failed.body != sound.body
    assert (b"https://calendar.example.net/" in failed.body) == kind[0].kind.startswith("foreign")
    assert house.account.dsid.encode() in sound.body
    if kind[0].kind.startswith("no-"):
        assert house.account.dsid.encode() not in failed.body.replace(path.encode(), b"")


# --- listings


@checks("empty-listing")
def _(house: House) -> None:
    assert house.list().hrefs == [house.home.path]


@checks("half-listing")
def _(house: House) -> None:
    assert len(house.list().hrefs) == 3


@checks("pages")
def _(house: House) -> None:
    house.world.habits = replace(house.world.habits, limit="honoured")
    house.world.faults.clear()
    house.fail("pages", times="forever")
    report = (
        '<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
    )
    page = house.ask("REPORT", body=report)
    assert len(page.hrefs) == 4 and b"507" in page.body, "itself, two members, and that there are more"


@checks("duplicate-href")
def _(house: House) -> None:
    hrefs = house.list().hrefs
    assert sorted(hrefs[1:]) == sorted([*(f"{house.home.path}{item.name}" for item in house.items)] * 2)


@checks("absolute-href", "foreign-href")
def _(house: House) -> None:
    hosts = {urlsplit(href).netloc for href in house.list().hrefs}
    foreign = house.world.faults.fired[0].kind == "foreign-href"
    other = urlsplit(house.simulator.shard_url(house.account)).netloc
    assert hosts == {"calendar.example.net" if foreign else other}


@checks("encoded-href", "plain-href")
def _(house: House) -> None:
    house.world.put(house.home, "a@b c.ics", house.items[0].text.replace(house.items[0].resource.uid, "a@b c"))
    encoded = (house.world.faults.fired or house.world.faults.pending)[0].kind == "encoded-href"
    assert f"{house.home.path}{'a%40b%20c' if encoded else 'a@b c'}.ics" in house.list().hrefs


@checks("etag-changes", "etag-stays", "etag-weak", "etag-missing")
def _(house: House) -> None:
    failed, sound = house.list(), house.list()
    kind = house.world.faults.fired[0].kind
    assert failed.hrefs == sound.hrefs
    if kind == "etag-changes":
        assert len({*failed.etags} - {*sound.etags}) == len(sound.etags)
    else:
        like = {"etag-stays": '"always"', "etag-weak": f"W/{sound.etags[0]}", "etag-missing": ""}
        assert failed.etags[0] == like[kind]


@checks("huge-listing")
def _(house: House) -> None:
    house.world.faults.pending[0].values["count"] = 5_000
    answer = house.list()
    assert (len(answer.hrefs), answer.status) == (5_000, 207)
    assert answer.hrefs[-1] == f"{house.home.path}huge-0004999.ics"


# --- bodies and XML


@checks("truncated", "xml-malformed", "xml-charset", "xxe", "entity-bomb")
def _(house: House) -> None:
    answer = house.list()
    assert (answer.status, answer.broken_off) == (207, False)
    assert answer.body
    if house.world.faults.fired[0].kind == "entity-bomb":
        assert answer.body.count(b"<!ENTITY") == 9 and b"&a8;" in answer.body
    else:
        with pytest.raises(ElementTree.ParseError):
            _ = answer.hrefs


@checks("xml-bom", "xml-utf16")
def _(house: House) -> None:
    body = house.list().body
    assert body[:2] in (b"\xef\xbb", b"\xff\xfe")


@checks("html", "empty-207", "empty-200")
def _(house: House) -> None:
    answer, kind = house.list(), house.world.faults.fired[0].kind
    assert answer.status == (207 if kind == "empty-207" else 200)
    assert (b"<html>" in answer.body) == (kind == "html")


@checks("content-type")
def _(house: House) -> None:
    answer = house.list()
    assert (answer.headers["content-type"], len(answer.hrefs)) == ("text/plain", 5)


@checks("gzip")
def _(house: House) -> None:
    answer = house.list()
    assert answer.headers["content-encoding"] == "gzip"
    assert house.home.path.encode() in gzip.decompress(answer.body)


@checks("gzip-bomb")
def _(house: House) -> None:
    house.world.faults.pending[0].values["size"] = 32 * 1024 * 1024
    answer = house.list()
    assert len(answer.body) < 400_000
    assert len(gzip.decompress(answer.body)) >= 32 * 1024 * 1024


@checks("deep-tags")
def _(house: House) -> None:
    assert house.list().body.count(b"<a>") == 100_000


@checks("many-responses")
def _(house: House) -> None:
    house.world.faults.pending[0].values["count"] = 20_000
    assert house.list().body.count(b"<response>") == 20_000


# --- events


TEXTS = {
    "ical-bad-fold": 'X-TITLE="Rozebroe\nken":geo:51.05,3.75',
    "ical-two-stamps": "DTSTAMP:20200101T000000Z\n",
    "ical-end-first": "DTEND:19990101T000000Z\n",
    "ical-count-until": "COUNT=5;UNTIL=20301231T000000Z",
    "ical-bomb": "RRULE:FREQ=SECONDLY",
    "ical-nonsense": "out of office",
    "ical-bom": "\ufeffBEGIN:VCALENDAR",
    "ical-moved-zone": "RECURRENCE-ID;TZID=America/New_York:20261202T0",
    "rewritten": "PRODID:-//caldav.icloud.com//CALDAVJ",
}


@checks(*TEXTS)
def _(house: House) -> None:
    failed, sound = house.multiget(), house.multiget()
    wanted = TEXTS[house.world.faults.fired[0].kind]
    assert any(wanted in text.replace("\r\n", "\n") for text in failed.texts)
    assert not any(wanted in text.replace("\r\n", "\n") for text in sound.texts)
    assert failed.etags == sound.etags


@checks("ical-no-zone", "ical-orphan", "ical-cut")
def _(house: House) -> None:
    failed, sound = house.multiget().texts, house.multiget().texts
    assert all("BEGIN:VTIMEZONE" in text for text in sound[3:])
    kind = house.world.faults.fired[0].kind
    if kind == "ical-no-zone":
        assert not any("BEGIN:VTIMEZONE" in text for text in failed)
        assert any("TZID=" in text for text in failed)
    elif kind == "ical-orphan":
        assert all("RECURRENCE-ID" in text and "\nRRULE" not in text.partition("BEGIN:VEVENT")[2] for text in failed)
    else:
        assert not any("END:VCALENDAR" in text for text in failed)


@checks("huge-event")
def _(house: House) -> None:
    house.world.faults.pending[0].values["size"] = 100_000
    item = house.items[0]
    answer = house.ask("GET", f"{house.home.path}{item.name}")
    assert len(answer.body) > 100_000
    assert b"DESCRIPTION:xxx" in answer.body


# --- clocks


@checks("clock", "no-date")
def _(house: House) -> None:
    told = house.list().headers.get("date")
    if house.world.faults.fired[0].kind == "clock":
        assert told
        assert 86_000 < (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds() < 86_800
    else:
        assert told is None


# --- which request


def test_a_fault_waits_for_its_request_and_strikes_as_often_as_it_was_told(house: House) -> None:
    house.fail("500", verb="PROPFIND", path="/home/$", nth=2, times=2)
    house.fail("429", host="shard")
    assert house.put().status == 201
    assert [house.list().status for _ in range(4)] == [207, 500, 500, 207]
    assert [fired.request.method for fired in house.world.faults.fired] == ["PROPFIND"] * 2


def test_for_ever_lasts_until_it_is_cleared(house: House) -> None:
    house.fail("503", times="forever")
    assert [house.list().status for _ in range(3)] == [503] * 3
    house.world.faults.clear()
    assert house.list().status == 207
    assert len(house.world.faults.fired) == 3


@pytest.mark.parametrize("kind", DOOR_KINDS)
def test_at_the_door_nothing_is_heard_of_the_request(house: House, kind: str) -> None:
    house.fail(kind, host="entry")
    heard = b""
    with (
        suppress(ConnectionResetError, TimeoutError),  # the first may come while still connecting
        socket.create_connection(("127.0.0.1", urlsplit(house.simulator.url).port or 0), timeout=0.5) as sock,
    ):
        heard = sock.recv(100)
    assert heard[:8] == (b"HTTP/1.1" if kind == "tls-error" else b"")
    assert house.world.faults.fired[0].kind == kind
    assert house.world.log == []


def test_an_unknown_kind_is_refused_with_the_list_of_the_known() -> None:
    with pytest.raises(UnknownKind, match="'fire'.*reset-after"):
        Fault("fire")
