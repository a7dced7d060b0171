"""What goes wrong on purpose, by verb, path and count.

The server asks `claim(request)` for every request before anything is done, and `claim_door(host)` for every connection
before a byte is read. A fault that is claimed takes over: `fault.play(exchange)` decides whether the server acts at all
(`exchange.answer()` lets it act, once), and what goes over the wire (`exchange.send(answer)`, `exchange.raw(bytes)`,
`exchange.reset()`, `exchange.hang_up()`). A fault at the door gets the bare socket: `fault.play_at_door(sock)`.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from integrations.icloud.simulator.message import Answer, Host, Request

DOOR_KINDS = frozenset({"refused"})


class Exchange(Protocol):
    """One request on its connection, in the hands of a fault."""

    request: Request

    def answer(self) -> Answer:
        """Let the server act, once, and return what it would say."""

    def send(self, answer: Answer) -> None:
        """Send a well-framed answer."""

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""

    def reset(self) -> None:
        """End the connection by a reset."""

    def hang_up(self) -> None:
        """End the connection without another word."""


@dataclass(slots=True)
class Fault:
    """One fault: it meets the matching requests number `nth` to `nth + times - 1`, counted from when it was added."""

    kind: str
    verb: str = ""  # any
    path: str = ""  # a pattern to be found in the decoded path; any
    nth: int = 1
    times: int | Literal["forever"] = 1
    host: Host | None = None
    values: dict[str, Any] = field(default_factory=dict)
    met: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the request when it matches, and tell whether this one fails."""
        if self.verb not in ("", request.method) or self.host not in (None, request.host):
            return False
        if not re.search(self.path, request.path):
            return False
        self.met += 1
        return self.nth <= self.met and (self.times == "forever" or self.met < self.nth + self.times)

    def play(self, exchange: Exchange) -> None:
        """Do what goes wrong."""
        if self.kind == "reset":
            exchange.reset()
        elif self.kind == "reset-after":
            exchange.answer()
            exchange.reset()
        else:
            exchange.send(Answer(int(self.kind), tuple(self.values.get("headers", ()))))

    def play_at_door(self, sock: socket.socket) -> None:
        """Do what goes wrong before a byte was read."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


class Faults:
    """The faults that are set; the first that strikes wins. `fired` are those that did, in order."""

    def __init__(self) -> None:
        """Start without faults."""
        self.pending: list[Fault] = []
        self.fired: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Set faults."""
        with self._lock:
            self.pending += faults

    def clear(self) -> None:
        """Let everything work again; what has fired stays in the record."""
        with self._lock:
            self.pending.clear()

    def claim(self, request: Request) -> Fault | None:
        """Return the fault that strikes this request, if any, and note it in both records."""
        with self._lock:
            struck = next((f for f in self.pending if f.kind not in DOOR_KINDS and f.strikes(request)), None)
            if struck:
                self.fired.append(struck)
                request.fault = struck.kind
            return struck

    def claim_door(self, host: Host) -> Fault | None:
        """Return the fault that strikes this new connection, if any, and note it."""
        knock = Request("", "/", host)
        with self._lock:
            struck = next((f for f in self.pending if f.kind in DOOR_KINDS and f.strikes(knock)), None)
            if struck:
                self.fired.append(struck)
            return struck
