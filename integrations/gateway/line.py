"""The line of one account: what it sends goes over the transport, through its door, at its pace, onto its meter."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from integrations.gateway.answer import Answer
from integrations.gateway.base import Meter, Profile
from integrations.gateway.limiter import Limiter, Limiters
from integrations.gateway.reach import Door
from integrations.gateway.target import split
from integrations.gateway.transport import Outgoing, Transport, shared

log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_limiters = Limiters(time.monotonic, time.sleep)


@dataclass(slots=True)
class Line:
    """Sends one account's requests. `deadline`: the run's end, on the transport's clock."""

    transport: Transport
    door: Door
    limiter: Limiter
    deadline: float | None = None
    interactive: bool = False
    meter: Meter = field(default_factory=Meter)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, follow: bool = True
    ) -> Answer:
        """Return the answer to one request; the account's place in flight is given back when the body is done."""
        outgoing = Outgoing(method, url, dict(headers), body, self.meter, self.deadline, self._pay, follow)
        self.limiter.enter(self.deadline)
        try:
            answer = self.transport.send(outgoing, self.door)
        except BaseException:
            self.limiter.leave()
            raise
        answer.finished = self.limiter.leave
        _note(method, answer)
        return answer

    def _pay(self) -> None:
        self.limiter.spend(self.deadline, self.interactive)


def _note(method: str, answer: Answer) -> None:
    """Log what Apple's support asks for first (docs/icloud.md A13, D19): no path, no header of ours, no body."""
    told = answer.header("X-Apple-Request-UUID")
    request = told if _ID.fullmatch(told) else "-"
    level = logging.INFO if answer.status >= 400 else logging.DEBUG
    log.log(level, "%s answered %s with %d, request %s", split(answer.url).host, method, answer.status, request)


def line_of(
    profile: Profile,
    door: Door,
    account: str,
    interactive: bool,
    clock: Callable[[], float],
    deadline: float | None,
    transport: Transport | None,
    limiters: Limiters | None,
) -> Line:
    """Return an account's line; see `open_gateway` for the arguments. `transport`, `limiters`: else the process's."""
    limiter = (limiters or _limiters).of(account, profile)
    until = None if deadline is None else time.monotonic() + deadline - clock()
    return Line(transport or shared(), door, limiter, until, interactive)
