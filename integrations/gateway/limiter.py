"""How fast one provider account may be asked: a bucket of tokens, a ceiling a minute, and a number in flight."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from integrations.gateway.base import Profile
from integrations.gateway.errors import DeadlinePassed

_RESERVED = 5  # tokens that only interactive work may spend
_MINUTE = 60.0
_KEPT = 10_000


class Limiter:
    """One account's pace. Thread-safe; waiting never goes past the caller's deadline."""

    def __init__(self, profile: Profile, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Start with a full bucket. `clock` counts seconds; `sleep` waits some."""
        self._profile = profile
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(profile.burst)
        self._at = clock()
        self._minute: deque[float] = deque()
        self._lock = threading.Lock()
        self._slots = threading.Condition()
        self._busy = 0

    def spend(self, deadline: float | None, interactive: bool = False) -> None:
        """Take one token, waiting for it if need be; DeadlinePassed when it would come too late."""
        while (wait := self._try(interactive)) > 0:
            if deadline is not None and self._clock() + wait >= deadline:
                raise DeadlinePassed("the run's time is over before the server may be asked again")
            self._sleep(wait)

    def enter(self, deadline: float | None) -> None:
        """Take a place among the requests in flight; DeadlinePassed when none comes free in time."""
        with self._slots:
            while self._busy >= self._profile.in_flight:
                left = None if deadline is None else deadline - self._clock()
                if left is not None and left <= 0:
                    raise DeadlinePassed("the run's time is over while other requests of this account were running")
                self._slots.wait(left)
            self._busy += 1

    def leave(self) -> None:
        """Give the place back."""
        with self._slots:
            self._busy -= 1
            self._slots.notify()

    def _try(self, interactive: bool) -> float:
        """Take a token and return 0, or return how many seconds to wait before trying again."""
        with self._lock:
            now = self._clock()
            self._refill(now)
            floor = 0.0 if interactive else min(_RESERVED, self._profile.burst - 1)
            missing = 1.0 + floor - self._tokens
            wait = max(missing / self._profile.per_second, self._minute_wait(now))
            if wait > 0:
                return wait
            self._tokens -= 1.0
            self._minute.append(now)
            return 0.0

    def _refill(self, now: float) -> None:
        earned = max(0.0, now - self._at) * self._profile.per_second
        self._tokens = min(float(self._profile.burst), self._tokens + earned)
        self._at = now

    def _minute_wait(self, now: float) -> float:
        while self._minute and self._minute[0] <= now - _MINUTE:
            self._minute.popleft()
        return 0.0 if len(self._minute) < self._profile.per_minute else self._minute[0] + _MINUTE - now


class Limiters:
    """All accounts' limiters of this process, by account key; those not used for long are forgotten."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Start with none."""
        self._clock = clock
        self._sleep = sleep
        self._known: OrderedDict[str, Limiter] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, account: str, profile: Profile) -> Limiter:
        """Return the limiter that all gateways to this account share; without a key, one of its own."""
        if not account:
            return Limiter(profile, self._clock, self._sleep)
        with self._lock:
            limiter = self._known.pop(account, None) or Limiter(profile, self._clock, self._sleep)
            self._known[account] = limiter
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return limiter
