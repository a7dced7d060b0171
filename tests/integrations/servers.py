"""Real calendar servers as fixtures, and another CalDAV client to fill them. Import the fixtures into a conftest."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import http.client
import itertools
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
import trustme

from integrations.gateway.base import Credentials
from integrations.gateway.reach import Reach
from integrations.gateway.target import host_ports

_numbers = itertools.count(1)
_DAV = "application/xml; charset=utf-8"


def event(uid: str, title: str = "Dentist", start: str = "20261201T100000Z", end: str = "20261201T110000Z") -> str:
    """Return a plain event as another client would write it, with an alarm and a property nobody knows."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20261101T100000Z\r\nDTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:{title}\r\n"
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR;ACKNOWLEDGED=1:AUTOMATIC\r\n"
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@dataclass
class Account:
    """One account on a real server, used as another client would. Paths and hrefs are decoded, without host."""

    server: Server
    username: str
    password: str = field(repr=False)
    home: str

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.username, self.password)

    @property
    def home_url(self) -> str:
        return self.server.url.rstrip("/") + quote(self.home)

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Send one request; header names with underscores for dashes."""
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        sent = {"Authorization": f"Basic {pair}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.server.connection()
        try:
            connection.request(method, quote(path), body.encode() or None, sent)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def make_calendar(self, name: str, component: str = "VEVENT") -> str:
        """Make a calendar and return its path."""
        path = f"{self.home}{re.sub('[^a-z0-9]+', '-', name.lower())}-{next(_numbers)}/"
        status, _, text = self.request(
            "MKCALENDAR",
            path,
            '<c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop>'
            f"<displayname>{escape(name)}</displayname><c:supported-calendar-component-set>"
            f'<c:comp name="{component}"/></c:supported-calendar-component-set></prop></set></c:mkcalendar>',
            Content_Type=_DAV,
        )
        assert status == 201, (status, text)
        return path

    def color(self, calendar: str, color: str) -> None:
        """Give a calendar a colour, as "#63da38"."""
        status, _, text = self.request(
            "PROPPATCH",
            calendar,
            '<propertyupdate xmlns="DAV:"><set><prop><calendar-color xmlns="http://apple.com/ns/ical/">'
            f"{color}</calendar-color></prop></set></propertyupdate>",
            Content_Type=_DAV,
        )
        assert status == 207, (status, text)

    def put(self, calendar: str, text: str, name: str = "") -> str:
        """Store an event in a calendar, new or over what is there, and return its href."""
        uid = re.search(r"^UID:(.*?)\r?$", text, re.MULTILINE)
        href = f"{calendar}{name or (uid[1] if uid else 'item')}.ics"
        self.overwrite(href, text)
        return href

    def overwrite(self, href: str, text: str) -> None:
        """Store this text at an href, whatever is there."""
        status, _, said = self.request("PUT", href, text, Content_Type="text/calendar; charset=utf-8")
        assert status in (200, 201, 204), (status, said)

    def fill(self, calendar: str, count: int, prefix: str = "filled") -> list[str]:
        """Store `count` plain events on consecutive hours and return their hrefs."""
        hours = (time.strftime("%Y%m%dT%H0000Z", time.gmtime(1796040000 + 3600 * n)) for n in range(count + 1))
        pairs = itertools.pairwise(hours)
        return [
            self.put(calendar, event(f"{prefix}-{n}", f"Event {n}", start, end)) for n, (start, end) in enumerate(pairs)
        ]

    def read(self, href: str) -> str | None:
        """Return an event's text, or None when it is not there."""
        status, _, text = self.request("GET", href)
        return text if status == 200 else None

    def edit(self, href: str, old: str, new: str) -> None:
        """Replace a piece of an event's text."""
        text = self.read(href)
        assert text and old in text, (href, old, text)
        self.overwrite(href, text.replace(old, new))

    def delete(self, href: str) -> None:
        """Delete an event or, with a final slash, a calendar."""
        status, _, text = self.request("DELETE", href)
        assert status in (200, 204), (status, text)

    def move(self, href: str, calendar: str) -> str:
        """Drag an event to another calendar, as Apple's devices do: deleted here, stored there."""
        text = self.read(href)
        assert text
        self.delete(href)
        return self.put(calendar, text, href.rpartition("/")[2].removesuffix(".ics"))

    def hrefs(self, calendar: str) -> list[str]:
        """Return the hrefs of a calendar's events, sorted."""
        body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        status, _, text = self.request("PROPFIND", calendar, body, Depth="1", Content_Type=_DAV)
        assert status == 207, (status, text)
        found = (unquote(href) for href in re.findall(r"href>([^<]+\.ics)</", text))
        return sorted(set(found))

    def texts(self, calendar: str) -> list[str]:
        """Return the texts of a calendar's events."""
        return [text for href in self.hrefs(calendar) if (text := self.read(href))]


@dataclass
class Server:
    """A running server."""

    name: str
    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    ca_file: str = ""

    @property
    def host_port(self) -> str:
        """Return "host:port", as HALFPAST_PRIVATE_HOSTS wants it."""
        return urlsplit(self.url).netloc

    @property
    def reach(self) -> Reach:
        """Return a policy that admits this server."""
        return Reach(host_ports([self.host_port]), ca_file=self.ca_file)

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings that admit this server, for commands and workers started by a test."""
        return {"HALFPAST_PRIVATE_HOSTS": self.host_port, "HALFPAST_CA_FILE": self.ca_file}

    def account(self, name: str = "", password: str = "") -> Account:
        """Open a fresh account without calendars."""
        username, password = name or f"user{next(_numbers)}", password or f"pässword-{next(_numbers)}"
        digest = base64.b64encode(hashlib.sha1(password.encode(), usedforsecurity=False).digest()).decode()
        secret = password if self.name == "radicale" else f"{{SHA}}{digest}"
        with (self.folder / "users").open("a") as users:
            users.write(f"{username}:{secret}\n")
        account = Account(self, username, password, f"/{username}/")
        if self.name == "xandikos":
            account.home += "calendars/"
        account.request("PROPFIND", "/", Depth="0")
        return account

    def connection(self) -> http.client.HTTPConnection:
        host, _, port = self.host_port.rpartition(":")
        if not self.ca_file:
            return http.client.HTTPConnection(host, int(port), timeout=30)
        context = ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection(host, int(port), timeout=30, context=context)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start_radicale(folder: Path) -> Server:
    """Start Radicale over plain http."""
    port = free_port()
    (folder / "users").touch()
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n"
    )
    process = _start(folder, "-m", "radicale", "-C", str(folder / "config"))
    return _ready(Server("radicale", f"http://127.0.0.1:{port}/", folder, process))


def start_xandikos(folder: Path) -> Server:
    """Start Xandikos over TLS with a certificate of a test authority: it takes passwords no other way."""
    port = free_port()
    (folder / "users").touch()
    authority, certs = trustme.CA(), folder / "state" / "certs"
    certs.mkdir(parents=True)
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    leaf.private_key_pem.write_to_path(certs / "selfsigned.key")
    (certs / "selfsigned.crt").write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    authority.cert_pem.write_to_path(folder / "ca.pem")
    process = _start(
        folder,
        *("-m", "xandikos", "multi-user", "-d", str(folder / "data"), "--state-dir", str(folder / "state")),
        *("--autocert", "--htpasswd", str(folder / "users"), "-l", "127.0.0.1", "-p", str(port), "--no-detect-systemd"),
    )
    return _ready(Server("xandikos", f"https://127.0.0.1:{port}/", folder, process, str(folder / "ca.pem")))


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    log = (folder / "log").open("wb")
    return subprocess.Popen([sys.executable, *arguments], stdout=log, stderr=log, preexec_fn=_die_with_parent)  # noqa: PLW1509


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _ready(server: Server) -> Server:
    host, _, port = server.host_port.rpartition(":")
    for _ in range(300):
        if server.process.poll() is not None:
            break
        with socket.socket() as sock:
            if sock.connect_ex((host, int(port))) == 0:
                return server
        time.sleep(0.05)
    server.stop()
    raise RuntimeError(f"{server.name} did not start: {(server.folder / 'log').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Radicale for the whole run; take a fresh account from it for each test."""
    server = start_radicale(tmp_path_factory.mktemp("radicale"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Xandikos, over TLS, for the whole run; take a fresh account from it for each test."""
    server = start_xandikos(tmp_path_factory.mktemp("xandikos"))
    yield server
    server.stop()
