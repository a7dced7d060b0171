"""The limit of requests a minute, counted by account (A76)."""

from __future__ import annotations

from collections import deque

from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.refusal import Refused

_MINUTE = 60.0


class Throttle:
    """Remembers when each account asked."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._asked: dict[str, deque[float]] = {}

    def pass_or_refuse(self, dsid: str, now: float, habits: Habits) -> None:
        """Count a request, and refuse it when there were too many within the minute."""
        if not habits.throttle:
            return
        asked = self._asked.setdefault(dsid, deque())
        while asked and asked[0] <= now - _MINUTE:
            asked.popleft()
        asked.append(now)
        if len(asked) > habits.throttle:
            hint = (("Retry-After", str(habits.throttle_hint)),) if habits.throttle_hint else ()
            raise Refused(habits.throttled, answer=Answer(habits.throttled, hint))
