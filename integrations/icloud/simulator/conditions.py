"""If-Match and If-None-Match, as this server takes them (A52 to A54)."""

from __future__ import annotations

from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.message import Request
from integrations.icloud.simulator.refusal import Refused


def check(request: Request, stored: Resource | None, *, stale: int = 412) -> None:
    """Raise 412 when a condition does not hold; `stale` is what an outdated ETag is answered with."""
    if request.if_none_match.strip() == "*" and stored:
        raise Refused(412)
    if not request.if_match:
        return
    if request.if_match.strip() == "*":
        if stored:
            raise Refused(412)  # backwards: it creates what is missing and refuses what is there (A54)
    elif stored is None:
        raise Refused(412)
    elif stored.etag not in [one.strip() for one in request.if_match.split(",")] and stale == 412:
        raise Refused(412)
