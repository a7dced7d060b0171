"""Sends one request and follows its redirects: to allowed addresses only, in time, and never twice by mistake."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead

from django.utils.translation import gettext as _

from integrations.gateway.answer import Answer
from integrations.gateway.base import Meter
from integrations.gateway.errors import (
    AddressRefused,
    DeadlinePassed,
    GatewayError,
    NotUnderstood,
    OutcomeUnknown,
    RedirectLoop,
    TimedOut,
    Unreachable,
)
from integrations.gateway.paths import joined
from integrations.gateway.pool import Pool
from integrations.gateway.reach import Door, Reach
from integrations.gateway.resolve import Lookup, Records, Resolver, Service, ask_records, ask_system
from integrations.gateway.target import Target
from integrations.gateway.wire import Wire

CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 60.0
RECORDS_SECONDS = 2.0
MAX_REDIRECTS = 5
AGENT = "Halfpast/0.1"  # a request without one is refused by iCloud (docs/icloud.md A19)
READS = frozenset({"PROPFIND", "REPORT", "GET", "OPTIONS"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PRINTABLE = re.compile(r"[!-~]+")
_UNSAFE = re.compile(r"[\r\n\0]")


@dataclass(slots=True)
class Outgoing:
    """One request to send. `before_sending` is called for every request that really goes out, redirects included."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")
    meter: Meter = field(default_factory=Meter)
    deadline: float | None = None  # the run's end, on the transport's clock
    before_sending: Callable[[], None] = lambda: None
    follow: bool = True  # False: a redirect is the answer

    @property
    def writes(self) -> bool:
        """True when sending it twice could do something twice."""
        return self.method not in READS


class _Stale(Exception):
    """A kept connection turned out to be dead before any byte of an answer: the request may be repeated."""


class Transport:
    """The process's way out. Thread-safe; `shared()` is the one that everybody uses."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        lookup: Lookup = ask_system,
        records: Records = ask_records,
    ) -> None:
        """Start without connections. `lookup` resolves names, `records` finds a domain's CalDAV servers."""
        self._clock = clock
        self._pool = Pool(clock)
        self._resolver = Resolver(clock, lookup)
        self._records = records

    def services(self, domain: str, deadline: float | None = None) -> list[Service]:
        """Return where a domain's records say that its calendars are, best first; none within two seconds is none."""
        left = RECORDS_SECONDS if deadline is None else min(RECORDS_SECONDS, deadline - self._clock())
        return self._records(domain, left) if left > 0 else []

    def send(self, request: Outgoing, door: Door) -> Answer:
        """Return the answer to `request` (a redirect only if it says so); the caller reads or closes it."""
        url, until = request.url, None
        seen: set[str] = set()
        for _hop in range(MAX_REDIRECTS + 1):
            target = door.target(url)
            request.before_sending()
            until = until or self._end_of(request)
            answer = self._on_some_wire(request, target, door.reach, until)
            if answer.status not in _REDIRECTS or not request.follow:
                return answer
            answer.small_body()
            seen.add(url)
            url = joined(url, _location(answer))
            if url in seen:
                raise _loop(target)
        raise _loop(target)

    def _end_of(self, request: Outgoing) -> float:
        now = self._clock()
        if request.deadline is None:
            return now + REQUEST_SECONDS
        if now >= request.deadline:
            raise DeadlinePassed("the run's time is over")
        return min(now + REQUEST_SECONDS, request.deadline)

    def _on_some_wire(self, request: Outgoing, target: Target, reach: Reach, until: float) -> Answer:
        connect_until = min(until, self._clock() + CONNECT_SECONDS)
        addresses = self._resolver.addresses(target, connect_until - self._clock())
        if kept := self._pool.take(target, addresses, reach.ca_file):
            try:
                return self._exchange(request, target, kept, until, kept=True)
            except _Stale:
                connect_until = min(until, self._clock() + CONNECT_SECONDS)
        fresh = self._pool.open(target, addresses, reach.ca_file, connect_until)
        return self._exchange(request, target, fresh, until, kept=False)

    def _exchange(self, request: Outgoing, target: Target, wire: Wire, until: float, kept: bool) -> Answer:
        wire.begin(until)
        try:
            wire.send(_head(request, target) + request.body)
            _count(request)
            response = wire.receive(request.method)
        except BaseException as failure:
            self._settle(request.meter, wire, reusable=False)
            if not isinstance(failure, OSError | HTTPException | ValueError):
                raise
            raise self._verdict(request, wire, failure, kept) from None
        lost = functools.partial(self._lost, request)
        return Answer(target.url, response, wire, lost, functools.partial(self._settle, request.meter))

    def _verdict(self, request: Outgoing, wire: Wire, failure: Exception, kept: bool) -> Exception:
        broken_before_answer = wire.received == 0 and not isinstance(failure, TimeoutError)
        if kept and broken_before_answer and (not request.writes or wire.sent == 0):
            return _Stale()
        if request.writes and wire.sent == 0 and not isinstance(failure, TimeoutError):
            return Unreachable("the connection was closed before the request could be sent")
        return self._lost(request, failure)

    def _lost(self, request: Outgoing, failure: Exception) -> GatewayError:
        """Name what it means that the answer to a request that was sent did not come."""
        if request.writes:
            return OutcomeUnknown("the server's answer to a change was lost")
        if request.deadline is not None and self._clock() >= request.deadline:
            return DeadlinePassed("the run's time is over")
        if isinstance(failure, TimeoutError):
            return TimedOut("the server did not answer in time")
        if isinstance(failure, OSError | IncompleteRead):
            return Unreachable("the server's answer was cut")
        return NotUnderstood(f"the server's answer is not HTTP ({type(failure).__name__})")

    def _settle(self, meter: Meter, wire: Wire, reusable: bool) -> None:
        meter.bytes_down += wire.received
        if reusable:
            self._pool.give_back(wire)
        else:
            wire.close()


@functools.cache
def shared() -> Transport:
    """Return the process's transport."""
    return Transport()


def _head(request: Outgoing, target: Target) -> bytes:
    ours = {"Host": target.authority, "User-Agent": AGENT, "Content-Length": str(len(request.body))}
    headers = ours | request.headers
    if not _PRINTABLE.fullmatch(target.path) or any(_UNSAFE.search(f"{k}{v}") for k, v in headers.items()):
        raise AddressRefused(_("An address or header holds characters that may not be sent."), target.origin)
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _count(request: Outgoing) -> None:
    meter = request.meter
    meter.requests += 1
    meter.writes += request.writes
    meter.by_method[request.method] = meter.by_method.get(request.method, 0) + 1


def _loop(target: Target) -> RedirectLoop:
    sentence = _("The server %(host)s redirects in circles: check the server address, or tell whoever runs it.")
    return RedirectLoop(sentence % {"host": target.host})


def _location(answer: Answer) -> str:
    location = answer.header("Location")
    if not location:
        raise NotUnderstood("the server redirects without saying where to")
    return location


__all__ = ["Answer", "Outgoing", "Reach", "Transport", "shared"]
