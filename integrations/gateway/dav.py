"""The gateway to real CalDAV servers."""

from __future__ import annotations

import time
from collections.abc import Callable

from integrations.gateway.base import Credentials, Gateway, Profile


def connect(
    profile: Profile,
    server_url: str,
    credentials: Credentials,
    *,
    home: str = "",
    account: str = "",
    interactive: bool = False,
    clock: Callable[[], float] = time.monotonic,
    deadline: float | None = None,
) -> Gateway:
    """Return the gateway of one account on a real server; nothing is sent yet."""
    raise NotImplementedError("being written")
