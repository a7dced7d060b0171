"""The gateway to a calendar by link: one iCalendar file at a secret address, read and never written."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from integrations.gateway.base import Credentials, Gateway, Profile
from integrations.gateway.feed.address import https_of
from integrations.gateway.feed.door import FeedDoor
from integrations.gateway.feed.gateway import FeedGateway
from integrations.gateway.limiter import Limiters
from integrations.gateway.line import line_of
from integrations.gateway.paths import joined
from integrations.gateway.reach import Reach
from integrations.gateway.transport import Transport


def connect(
    profile: Profile,
    server_url: str,
    credentials: Credentials,
    *,
    home: str = "",
    account: str = "",
    hosts: Collection[str] = (),
    interactive: bool = False,
    clock: Callable[[], float] = time.monotonic,
    deadline: float | None = None,
    reach: Reach | None = None,
    transport: Transport | None = None,
    limiters: Limiters | None = None,
) -> Gateway:
    """Return the gateway of one file; nothing is sent yet. See `open_gateway` for the arguments.

    The address is all there is of an account: no user name and no password is ever sent, so that no host needs to be
    confirmed.
    """
    address = https_of(server_url)
    door = FeedDoor(reach or Reach.from_settings(), (), address)
    line = line_of(profile, door, account, interactive, clock, deadline, transport, limiters)
    return FeedGateway(profile, joined(address, address), line)


__all__ = ["FeedGateway", "connect", "https_of"]
