"""A server whose clock is wrong, or that does not tell the time."""

from __future__ import annotations

import time
from email.utils import formatdate

from integrations.icloud.simulator.kinds.kind import Shelf, Values
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()


def _shifted(answer: Answer, _request: Request, values: Values) -> Answer:
    there = formatdate(time.time() + 86_400 * values.get("days", 1), usegmt=True)
    return answer.without_header("Date").with_headers(("Date", there))


shelf.altered("clock", "the Date is `days` (1) ahead; behind when negative", _shifted)
shelf.altered("no-date", "there is no Date", lambda answer, _r, _v: answer.without_header("Date"))
