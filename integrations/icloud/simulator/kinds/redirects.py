"""Redirects that lead astray."""

from __future__ import annotations

from collections.abc import Callable

from integrations.icloud.simulator.kinds.kind import Shelf, Values
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()
FOREIGN = "https://calendar.example.net"
PRIVATE = "https://169.254.169.254/latest/"


def _to(address: Callable[[Request, Values], str]) -> Callable[[Request, Values], Answer]:
    """Return what answers with a redirect; its `status` (302) may be set."""
    return lambda request, values: Answer(values.get("status", 302), (("Location", address(request, values)),))


shelf.instead("redirect", "a redirect to `to`", _to(lambda _r, values: str(values["to"])))
shelf.instead("redirect-loop", "a redirect to the very same address", _to(lambda request, _v: request.target))
shelf.instead(
    "redirect-foreign", "a redirect to somebody else's host", _to(lambda request, _v: FOREIGN + request.target)
)
shelf.instead(
    "redirect-http", "a redirect from https to plain http", _to(lambda r, _v: f"http://{r.header('host')}{r.target}")
)
shelf.instead("redirect-private", "a redirect to a private address, `to`", _to(lambda _r, v: str(v.get("to", PRIVATE))))
shelf.instead("redirect-nowhere", "a redirect without a Location", lambda _r, v: Answer(v.get("status", 302)))
