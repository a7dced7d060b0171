"""One account asked word for word, for the probe: over the same transport, through the same door, at the same pace."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from integrations.gateway.base import Credentials, Profile
from integrations.gateway.errors import GatewayError
from integrations.gateway.limiter import Limiters
from integrations.gateway.line import Line, line_of
from integrations.gateway.multistatus import Multistatus, Row
from integrations.gateway.reach import Reach
from integrations.gateway.transport import Transport

_CEILING = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, whatever its status. Its repr shows the status alone."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def done(self) -> bool:
        """Return whether the server did what it was asked."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    def all(self, name: str) -> list[str]:
        """Return every value of a header, in their order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def rows(self) -> list[Row]:
        """Return the rows of a multistatus; none for any other answer."""
        return list(self._rows())

    def token(self) -> str:
        """Return the sync token of a report, or ""."""
        report = Multistatus([self.body])
        try:
            list(report)
        except GatewayError:
            return ""
        return report.sync_token

    def _rows(self) -> Iterator[Row]:
        if self.status == 207:
            yield from Multistatus([self.body])


class Raw:
    """One account. GatewayError when no answer comes; a refusal is an answer."""

    def __init__(self, line: Line, credentials: Credentials) -> None:
        """Remember whom to ask."""
        self._line = line
        pair = f"{credentials.username}:{credentials.password}".encode()
        self._sign_in = f"Basic {base64.b64encode(pair).decode()}"

    def __repr__(self) -> str:
        """Name it without the account."""
        return "Raw(***)"

    @property
    def requests(self) -> int:
        """Return how many requests were sent."""
        return self._line.meter.requests

    def ask(
        self,
        method: str,
        url: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = True,
        sign_in: bool = True,
    ) -> Said:
        """Send one request. `follow`: redirects too; `sign_in`: with the password."""
        sent = {**(headers or {}), **({"Authorization": self._sign_in} if sign_in else {})}
        answer = self._line.send(method, url, sent, body.encode(), follow=follow)
        return Said(answer.status, tuple(answer.headers.items()), answer.body(_CEILING))


def open_raw(
    profile: Profile,
    server_url: str,
    credentials: Credentials,
    *,
    reach: Reach | None = None,
    transport: Transport | None = None,
    limiters: Limiters | None = None,
) -> Raw:
    """Return one account for word-for-word questions; nothing is sent yet. All but the first three: the process's."""
    door = (reach or Reach.from_settings()).door(profile.hosts, server_url)
    return Raw(line_of(profile, door, "", False, time.monotonic, None, transport, limiters), credentials)
