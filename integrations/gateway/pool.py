"""Connections: opened to vetted addresses, kept, and shared by all accounts of the process towards the same host."""

from __future__ import annotations

import functools
import socket
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable

from integrations.gateway.errors import TimedOut, Unreachable
from integrations.gateway.target import Target
from integrations.gateway.wire import Key, Wire

_IDLE = 15.0  # servers cut idle connections at 20 s and more (docs/icloud.md A20)
_KEPT_PER_KEY = 16


@functools.lru_cache(maxsize=4)
def tls(ca_file: str) -> ssl.SSLContext:
    """Return the process's one TLS context (making one costs 28 ms); `ca_file` adds roots outside production."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


class Pool:
    """Kept connections by (scheme, host, port, vetted address); thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Keep nothing yet."""
        self._clock = clock
        self._kept: dict[Key, deque[Wire]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, target: Target, addresses: list[str], ca_file: str) -> Wire | None:
        """Return a kept connection that is still open, or None."""
        for address in addresses:
            while wire := self._pop(_key(target, address, ca_file)):
                if self._clock() - wire.idle_since < _IDLE and wire.quiet():
                    return wire
                wire.close()
        return None

    def give_back(self, wire: Wire) -> None:
        """Keep a connection whose last answer was complete and well framed."""
        wire.idle_since = self._clock()
        with self._lock:
            kept = self._kept[wire.key]
            kept.append(wire)
            dropped = kept.popleft() if len(kept) > _KEPT_PER_KEY else None
        if dropped:
            dropped.close()

    def open(self, target: Target, addresses: list[str], ca_file: str, until: float) -> Wire:
        """Connect to the first address that answers before `until`, and verify the host's certificate."""
        self._drop_idle()
        for tried, address in enumerate(addresses):
            share = (until - self._clock()) / (len(addresses) - tried)
            try:
                return self._connect(target, address, ca_file, share)
            except (OSError, ValueError) as failure:
                last = failure
        kind = TimedOut if isinstance(last, TimeoutError) else Unreachable
        raise kind(f"no connection to {target.host}: {_reason(last)}") from None

    def _drop_idle(self) -> None:
        """Close what nobody has used for a while."""
        oldest = self._clock() - _IDLE
        with self._lock:
            dropped = [wire for kept in self._kept.values() for wire in kept if wire.idle_since <= oldest]
            for wire in dropped:
                self._kept[wire.key].remove(wire)
        for wire in dropped:
            wire.close()

    def _pop(self, key: Key) -> Wire | None:
        with self._lock:
            kept = self._kept.get(key)
            return kept.pop() if kept else None

    def _connect(self, target: Target, address: str, ca_file: str, seconds: float) -> Wire:
        until = self._clock() + seconds
        sock = socket.create_connection((address, target.port), max(seconds, 0.01))
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if target.scheme == "https":
                sock.settimeout(max(until - self._clock(), 0.01))
                sock = tls(ca_file).wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise
        return Wire(_key(target, address, ca_file), sock, self._clock)


def _key(target: Target, address: str, ca_file: str) -> Key:
    scheme = f"{target.scheme}+{ca_file}" if ca_file else target.scheme
    return scheme, target.host, target.port, address


def _reason(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({failure.verify_message})"
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    return type(failure).__name__ if not isinstance(failure, OSError) else (failure.strerror or type(failure).__name__)
