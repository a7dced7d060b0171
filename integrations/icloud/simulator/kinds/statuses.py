"""Refusals and outages: a status in place of an answer; the server never acts."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

from integrations.icloud.simulator.kinds.kind import Shelf, Values
from integrations.icloud.simulator.message import Answer, Request, page

shelf = Shelf()
_TEN_YEARS = 10 * 365 * 24 * 3600
CHALLENGES = (
    ("WWW-Authenticate", 'Basic realm="MMCalDav"'),
    ("WWW-Authenticate", 'X-MobileMe-AuthToken realm="MMCalDav"'),
)


def _status(status: int, *, html: bool = False) -> Callable[[Request, Values], Answer]:
    """Return what answers with this status, and with the `headers` of the fault's values."""

    def answer(_request: Request, values: Values) -> Answer:
        headers = tuple(values.get("headers", ()))
        return page(status, *headers) if html else Answer(status, headers)

    return answer


def _hinted(status: int, hint: Callable[[Values], str]) -> Callable[[Request, Values], Answer]:
    """Return what answers with this status and a Retry-After."""
    return lambda _request, values: Answer(status, (("Retry-After", hint(values)),))


shelf.instead("401", "a valid password is refused, as in a wave of 401", lambda _r, _v: Answer(401, CHALLENGES))
shelf.instead("403", "refused without a reason, and not for the password", _status(403))
shelf.instead("404", "the collection or item is said to be gone", _status(404))
shelf.instead("410", "gone for good; on a sync a way to refuse a token", _status(410))
shelf.instead("412", "a precondition is said to have failed", _status(412))
shelf.instead("429", "too many requests", _status(429))
shelf.instead("500", "the server broke down, nothing is stored", _status(500))
shelf.instead("502", "the front cannot reach the back", _status(502, html=True))
shelf.instead("503", "throttled, without a word how long", _status(503))
shelf.instead("504", "the front gave up on the back: a page in HTML", _status(504, html=True))
shelf.instead("507", "the account is full", _status(507))
shelf.instead(
    "429-seconds", "too many requests; Retry-After `seconds` (30)", _hinted(429, lambda v: str(v.get("seconds", 30)))
)
shelf.instead("503-seconds", "throttled; Retry-After `seconds` (30)", _hinted(503, lambda v: str(v.get("seconds", 30))))
shelf.instead(
    "503-date",
    "throttled; Retry-After is a date `seconds` (30) from now",
    _hinted(503, lambda v: formatdate(time.time() + v.get("seconds", 30), usegmt=True)),
)
shelf.instead("503-short", "throttled; Retry-After is one second, which is too short", _hinted(503, lambda _v: "1"))
shelf.instead("503-nonsense", "throttled; Retry-After is no number and no date", _hinted(503, lambda _v: "soon"))
shelf.instead("503-negative", "throttled; Retry-After is negative", _hinted(503, lambda _v: "-5"))
shelf.instead("503-ten-years", "throttled; Retry-After is ten years", _hinted(503, lambda _v: str(_TEN_YEARS)))
