"""One connection to one vetted address: every byte in or out is bounded by the deadline of the request it serves."""

from __future__ import annotations

import io
import select
import socket
import ssl
from collections.abc import Callable
from http.client import HTTPMessage, HTTPResponse

Key = tuple[str, str, int, str]  # scheme, host, port, vetted address
_BUFFER = 64 * 1024


class Wire:
    """A connected socket with a deadline, as HTTPResponse wants to read it. `received` counts bytes of the answers."""

    def __init__(self, key: Key, sock: socket.socket, clock: Callable[[], float]) -> None:
        """Take a connected (and, for https, already verified) socket."""
        self.key = key
        self.received = 0
        self.sent = 0
        self.idle_since = 0.0
        self._sock = sock
        self._clock = clock
        self._until = 0.0
        self._reader: _Reader | None = None

    def begin(self, until: float) -> None:
        """Start a request that must be over at `until`."""
        self._until, self.received, self.sent = until, 0, 0

    def send(self, data: bytes) -> None:
        """Send everything or raise OSError; TimeoutError at the deadline."""
        view = memoryview(data)
        while view:
            self._wait_at_most()
            count = self._sock.send(view[:_BUFFER])
            self.sent += count
            view = view[count:]

    def receive(self, method: str) -> HTTPResponse:
        """Read status line and headers; the body stays on the wire."""
        response = HTTPResponse(self, method=method)  # type: ignore[arg-type]
        response.begin()
        return response

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a fresh reader for one answer (called by HTTPResponse)."""
        self._reader = _Reader(_Raw(self), _BUFFER)
        return self._reader

    def read_into(self, buffer: memoryview) -> int:
        """Read what is there, at most the buffer, before the deadline."""
        self._wait_at_most()
        count = self._sock.recv_into(buffer)
        self.received += count
        return count

    def clean(self) -> bool:
        """Tell whether the last answer was taken to its end, with nothing left behind it."""
        return self._reader is None or self._reader.left_over() == 0

    def quiet(self) -> bool:
        """Tell whether the other side has neither closed a kept connection nor said anything unasked."""
        asked = select.poll()  # not select(): a busy process holds more than 1,024 files
        asked.register(self._sock, select.POLLIN)
        pending = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return not pending and not asked.poll(0)

    def close(self) -> None:
        """Close for good."""
        try:
            self._sock.close()
        except OSError:
            return

    def _wait_at_most(self) -> None:
        left = self._until - self._clock()
        if left <= 0:
            raise TimeoutError("the request's time is over")
        self._sock.settimeout(left)


class _Raw(io.RawIOBase):
    """The socket as a raw stream; frozen once an answer has ended."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.frozen = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return 0 if self.frozen else self._wire.read_into(buffer)


class _Reader(io.BufferedReader):
    """A buffered reader whose end does not close the connection."""

    raw: _Raw

    def close(self) -> None:
        """Leave the connection open: it may serve the next request."""

    def left_over(self) -> int:
        """Return how many bytes were read beyond the answer's end, without reading more."""
        self.raw.frozen = True
        return len(self.peek(1))


def framed_well(headers: HTTPMessage, response: HTTPResponse) -> bool:
    """Tell whether the answer's end is beyond doubt, so that another request may follow on the same connection."""
    lengths = headers.get_all("Content-Length") or []
    chunked = "Transfer-Encoding" in headers
    return not response.will_close and len(lengths) + chunked <= 1
