"""The one door to calendar servers. `open_gateway` gives the gateway of one account; everything else is behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Protocol

from django.utils.module_loading import import_string

from integrations.gateway.base import Credentials, Gateway, Profile


class Opener(Protocol):
    """What makes gateways: what a profile names, or a test's own."""

    def __call__(
        self,
        profile: Profile,
        server_url: str,
        credentials: Credentials,
        *,
        home: str,
        account: str,
        hosts: Collection[str],
        interactive: bool,
        clock: Callable[[], float],
        deadline: float | None,
    ) -> Gateway:
        """Return a gateway; nothing is sent yet."""
        ...


_replaced: list[Opener] = []


def open_gateway(
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
) -> Gateway:
    """Return the gateway of one account; nothing is sent yet.

    `home`: the calendar home's URL as discovered, which calendars' paths are relative to. `account`: a key that all
    gateways to one provider account share (its limiter hangs on it). `hosts`: "host:port" beyond the typed server's
    own that may have the password, as its owner has confirmed. `interactive`: may spend the limiter's reserve.
    `deadline`: the run's end on `clock` (seconds); what would start later raises DeadlinePassed.
    """
    return _opener(profile)(
        profile,
        server_url,
        credentials,
        home=home,
        account=account,
        hosts=hosts,
        interactive=interactive,
        clock=clock,
        deadline=deadline,
    )


@contextmanager
def opened_by(opener: Opener) -> Iterator[None]:
    """Let `opener` make all gateways meanwhile, in every thread: how tests put a MemoryServer behind the services."""
    _replaced.append(opener)
    try:
        yield
    finally:
        _replaced.remove(opener)


def _opener(profile: Profile) -> Opener:
    """Return what makes this provider's gateways. Importing caldav costs 0.4 s: only who really connects pays."""
    opener: Opener = _replaced[-1] if _replaced else import_string(profile.gateway)
    return opener


__all__ = ["Credentials", "Gateway", "Opener", "Profile", "open_gateway", "opened_by"]
