"""Discovery that leads astray: the calendar home or the principal missing or on somebody else's host."""

from __future__ import annotations

import re
from collections.abc import Callable

from integrations.icloud.simulator.kinds.kind import Shelf, Values, with_body
from integrations.icloud.simulator.kinds.redirects import FOREIGN
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()


def _property(name: str, new: Callable[[str], str]) -> Callable[[Answer, Request, Values], Answer]:
    """Return what changes the address in a property; "" takes the whole property away."""
    pattern = re.compile(rf"<{name}\b[^>]*>\s*<href[^>]*>([^<]*)</href>\s*</{name}>".encode())

    def change(found: re.Match[bytes]) -> bytes:
        address = new(found[1].decode())
        return found[0].replace(found[1], address.encode()) if address else b""

    return lambda answer, _request, _values: with_body(answer, pattern.sub(change, answer.body))


def _elsewhere(address: str) -> str:
    """Return the same path on somebody else's host."""
    return FOREIGN + re.sub(r"^https?://[^/]+", "", address)


shelf.altered(
    "no-home", "the calendar home is missing in an otherwise good answer", _property("calendar-home-set", lambda _a: "")
)
shelf.altered(
    "foreign-home", "the calendar home is on somebody else's host", _property("calendar-home-set", _elsewhere)
)
shelf.altered(
    "no-principal",
    "the principal is missing in an otherwise good answer",
    _property("current-user-principal", lambda _a: ""),
)
shelf.altered(
    "foreign-principal", "the principal is on somebody else's host", _property("current-user-principal", _elsewhere)
)
