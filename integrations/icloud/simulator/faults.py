"""What goes wrong on purpose, by verb, path and count (docs/icloud.md C14). `kinds/` holds every kind there is.

The server asks `claim(request)` for every request before anything is done, and `claim_door(host)` for every connection
before a byte is read. A fault that is claimed takes over: `fault.play(exchange)` decides whether the server acts at all
and what goes over the wire; a fault at the door gets the bare socket: `fault.play_at_door(sock)`.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

from integrations.icloud.simulator.kinds import KINDS, Exchange
from integrations.icloud.simulator.kinds.doors import DOOR_KINDS
from integrations.icloud.simulator.message import Host, Request

__all__ = ["Exchange", "Fault", "Faults", "Fired"]

Times = int | Literal["forever"]


class UnknownKind(ValueError):
    """There is no such kind of fault; the message lists those there are."""


class Fault:
    """One fault: it meets the matching requests number `nth` to `nth + times - 1`, counted from when it was added.

    `path` is a pattern to be found in the decoded path; what is left out matches any. Further `values` are the kind's
    own: `Fault("503-seconds", verb="REPORT", seconds=5)`.
    """

    def __init__(
        self,
        kind: str,
        *,
        verb: str | None = None,
        path: str | None = None,
        nth: int = 1,
        times: Times = 1,
        host: Host | None = None,
        **values: Any,
    ) -> None:
        """Describe it; UnknownKind when there is no such kind."""
        if kind not in KINDS and kind not in DOOR_KINDS:
            raise UnknownKind(f"There is no fault {kind!r}; there are: {', '.join([*KINDS, *DOOR_KINDS])}.")
        self.kind, self.verb, self.path, self.host = kind, verb, re.compile(path or ""), host
        self.nth, self.times, self.values, self.met = nth, times, values, 0

    def __repr__(self) -> str:
        """Return the kind and where it strikes."""
        return f"Fault({self.kind!r}, verb={self.verb!r}, path={self.path.pattern!r}, nth={self.nth}, met={self.met})"

    def strikes(self, request: Request) -> bool:
        """Count the request when it matches, and tell whether this one fails."""
        if self.verb not in (None, request.method) or self.host not in (None, request.host):
            return False
        if not self.path.search(request.path):
            return False
        self.met += 1
        return self.nth <= self.met and (self.times == "forever" or self.met < self.nth + self.times)

    def play(self, exchange: Exchange) -> None:
        """Do what goes wrong."""
        KINDS[self.kind].play(exchange, self.values)

    def play_at_door(self, sock: socket.socket) -> None:
        """Do what goes wrong before a byte was read."""
        DOOR_KINDS[self.kind].play(sock)


@dataclass(frozen=True, slots=True)
class Fired:
    """A fault that struck: what, whom, and when (seconds since 1970)."""

    fault: Fault
    request: Request
    at: float

    @property
    def kind(self) -> str:
        """Return the fault's kind."""
        return self.fault.kind


class Faults:
    """The faults that are set; the first that strikes wins. `fired` are those that did, in order."""

    def __init__(self) -> None:
        """Start without faults."""
        self.pending: list[Fault] = []
        self.fired: list[Fired] = []
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
        found = self._claim(request, at_door=False)
        if found:
            request.fault = found.kind
        return found

    def claim_door(self, host: Host) -> Fault | None:
        """Return the fault that strikes this new connection, if any, and note it."""
        return self._claim(Request("", "/", host), at_door=True)

    def _claim(self, request: Request, *, at_door: bool) -> Fault | None:
        """Let every fault count the request, and return the first that strikes it."""
        with self._lock:
            asked = [fault for fault in self.pending if (fault.kind in DOOR_KINDS) == at_door]
            struck = [fault for fault in asked if fault.strikes(request)]
            if not struck:
                return None
            self.fired.append(Fired(struck[0], request, time.time()))
            return struck[0]
