"""One connection: requests read one after the other, answers put on the wire, faults let loose on both."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from integrations.icloud.simulator import reading
from integrations.icloud.simulator.message import Answer, Host, Request
from integrations.icloud.simulator.world import World

_BODY_SECONDS = 30.0
_STEP = 0.02


class Answers(Protocol):
    """What answers requests."""

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""

    def other_url(self, host: Host) -> str:
        """Return the address of the host that this one is not."""


@dataclass(slots=True)
class Connection:
    """One client's socket, until it or we hang up."""

    sock: socket.socket
    host: Host
    world: World
    answers: Answers
    stopping: threading.Event

    def serve(self) -> None:
        """Answer requests until the end."""
        with suppress(OSError), self.sock, self.sock.makefile("rb") as stream:
            while not self.stopping.is_set() and self._serve_one(stream):
                pass

    def _serve_one(self, stream: BinaryIO) -> bool:
        """Answer one request; return whether the connection stays."""
        self.sock.settimeout(self.world.habits.idle_seconds)
        try:
            request = self._read(stream)
        except reading.Garbled:
            self.sock.sendall(Answer(400, (("Connection", "close"),)).head())
            return False
        if request is None:
            return False
        exchange = Exchange(self, request, self.answers.other_url(self.host))
        self._exchange(exchange)
        return exchange.open and request.header("connection").lower() != "close"

    def _exchange(self, exchange: Exchange) -> None:
        self.world.note(exchange.request)
        fault = self.world.faults.claim(exchange.request)
        if fault:
            fault.play(exchange)
        else:
            exchange.send(exchange.answer())

    # reading

    def _read(self, stream: BinaryIO) -> Request | None:
        """Return the next request, or None when the client went away or said nothing for too long."""
        line = stream.readline(reading.LINE)
        if not line.strip():
            return None
        self.sock.settimeout(_BODY_SECONDS)
        method, target = reading.request_line(line)
        head = reading.header_lines(stream)
        headers = dict(map(reading.header, head))
        request = Request(method, target, self.host, headers, at=self.world.clock())
        request.had_auth = "authorization" in headers
        if self._wants_body(request):
            request.body = reading.body(stream, headers)
        request.bytes_in = len(line) + sum(map(len, head)) + 2 + len(request.body)
        return request

    def _wants_body(self, request: Request) -> bool:
        """Do what the habit is about "Expect: 100-continue" (A21); return whether a body follows."""
        if not request.header("expect"):
            return True
        if self.world.habits.expect == "continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.world.habits.expect != "refused"


@dataclass(slots=True)
class Exchange:
    """One request and what is sent about it. `open` tells whether another may follow on the connection."""

    connection: Connection
    request: Request
    other_host: str  # the address of the host that was not asked: the shard's for the entry, and the reverse
    open: bool = True
    _answer: Answer | None = None

    def answer(self) -> Answer:
        """Let the server act, once, and return what it would say."""
        if self._answer is None:
            if self.request.header("expect") and self.connection.world.habits.expect == "refused":
                self.open = False
                self._answer = Answer(417)
            else:
                self._answer = self.connection.answers.answer(self.request)
            self.request.status = self._answer.status
        return self._answer

    def send(self, answer: Answer) -> None:
        """Send a well-framed answer."""
        self.request.status = answer.status
        self.raw(answer.head() + (b"" if self.request.method == "HEAD" else answer.body))

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.request.bytes_out += len(data)
        self.connection.sock.sendall(data)

    def reset(self) -> None:
        """End the connection by a reset."""
        self.open = False
        reset(self.connection.sock)

    def hang_up(self) -> None:
        """End the connection without another word."""
        self.open = False
        with suppress(OSError):
            self.connection.sock.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than the client stays and the server runs."""
        waited = 0.0
        while waited < seconds and not self.connection.stopping.wait(min(_STEP, seconds)) and self._client_is_there():
            waited += _STEP

    def _client_is_there(self) -> bool:
        sock = self.connection.sock
        try:
            sock.setblocking(False)
            return getattr(sock, "pending", None) is not None or sock.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            sock.settimeout(_BODY_SECONDS)


def reset(sock: socket.socket) -> None:
    """Close a socket so that the other side gets a reset."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.shutdown(socket.SHUT_RD)
    sock.close()
