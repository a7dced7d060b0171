"""The seam with caldav: its client sends, but over our transport, and the body stays a stream for our own reader."""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import caldav
from caldav.davclient import DAVClient
from caldav.lib.error import DAVError
from caldav.lib.python_utilities import WireBytes

from integrations.gateway.answer import Answer
from integrations.gateway.base import Credentials
from integrations.gateway.line import Line

_AGENT = f"Halfpast/0.1 (CalDAV; caldav/{caldav.__version__})"

# Its debug lines hold whole bodies: nobody's calendar belongs in a log, whatever the log level of the installation.
logging.getLogger("caldav").setLevel(logging.WARNING)


@dataclass(slots=True)
class Reply:
    """What caldav sees of an answer: its status alone. A hostile header or body cannot trip what never gets it."""

    status_code: int
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    content: bytes = b""
    text: str = ""


@dataclass(slots=True)
class Session:
    """Stands where caldav keeps its HTTP library's session: the same call, sent over the line."""

    line: Line
    credentials: Credentials
    _last: threading.local = field(default_factory=threading.local, repr=False)

    def request(
        self, method: str, url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Reply:
        """Send one request of this account; proxies, certificates and authentication are not caldav's business."""
        answer = self.line.send(method, url, self._headers(headers or {}), bytes(data or b""))
        self._last.answer = answer
        return Reply(answer.status, answer.url)

    def last(self) -> Answer:
        """Return the answer to this thread's latest request."""
        answer: Answer = self._last.__dict__.pop("answer")
        return answer

    def close(self) -> None:
        """Nothing is held: connections belong to the process."""

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        pair = f"{self.credentials.username}:{self.credentials.password}".encode()
        basic = base64.b64encode(pair).decode()
        return {**given, "Authorization": f"Basic {basic}", "Connection": "keep-alive"}


class Client:
    """caldav's client on our session. Each verb returns the answer, whose body the caller reads or closes."""

    def __init__(self, session: Session) -> None:
        """Make the client. It gets neither address nor credentials; `auth_type` only keeps it from negotiating."""
        self._session = session
        self._caldav = DAVClient(
            url="https://calendar.invalid/",
            username="",
            password="",
            auth_type="basic",
            enable_rfc6764=False,
            features={},
            headers={"User-Agent": _AGENT, "Content-Type": "application/xml; charset=utf-8"},
        )
        self._caldav.session.close()
        self._caldav.session = session  # type: ignore[assignment]  # only request() and close() are ever used

    def propfind(self, url: str, body: str, depth: int) -> Answer:
        """Send a PROPFIND."""
        return self._send("PROPFIND", url, body, {"Depth": str(depth), "Accept-Encoding": "gzip"})

    def report(self, url: str, body: str, depth: int | None = None) -> Answer:
        """Send a REPORT; without a depth for multiget (RFC 4791 §7.9)."""
        headers = {"Accept-Encoding": "gzip"} if depth is None else {"Accept-Encoding": "gzip", "Depth": str(depth)}
        return self._send("REPORT", url, body, headers)

    def get(self, url: str) -> Answer:
        """Send a GET, unpacked: some proxies change the ETag of what they pack."""
        return self._send("GET", url, "", {"Accept": "text/calendar", "Accept-Encoding": "identity"})

    def put(self, url: str, text: str, condition: dict[str, str]) -> Answer:
        """Send a PUT of exactly this text."""
        return self._send("PUT", url, WireBytes(text.encode()), {"Content-Type": _CALENDAR, **condition})

    def delete(self, url: str, condition: dict[str, str]) -> Answer:
        """Send a DELETE, without a Depth header (docs/icloud.md A60)."""
        return self._send("DELETE", url, "", condition)

    def mkcalendar(self, url: str, body: str) -> Answer:
        """Send an MKCALENDAR."""
        return self._send("MKCALENDAR", url, body, {})

    def _send(self, method: str, url: str, body: str | WireBytes, headers: dict[str, str]) -> Answer:
        try:
            self._caldav.request(url, method, body, headers)  # type: ignore[arg-type]  # bytes are sent as they are
        except DAVError:
            return self._session.last()  # caldav's opinion of 401, 403, 429 and 503; the answer itself says more
        return self._session.last()


_CALENDAR = "text/calendar; charset=utf-8"
