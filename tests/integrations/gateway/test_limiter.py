"""The pace of one account, on a clock of its own."""

from __future__ import annotations

import pytest

from integrations.gateway.base import Profile
from integrations.gateway.errors import DeadlinePassed
from integrations.gateway.limiter import Limiter, Limiters

ICLOUD = Profile("iCloud", in_flight=1, burst=20, per_second=2.0, per_minute=240)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_is_free_and_then_two_a_second(clock: Clock) -> None:
    limiter = Limiter(ICLOUD, clock, clock.sleep)
    for _ in range(15):
        limiter.spend(None)
    assert clock.now == 1000.0
    for _ in range(20):
        limiter.spend(None)
    assert clock.now == pytest.approx(1010.0)


def test_never_more_than_240_in_any_minute(clock: Clock) -> None:
    limiter = Limiter(Profile("fast", burst=500, per_second=100.0, per_minute=240), clock, clock.sleep)
    at = []
    for _ in range(600):
        limiter.spend(None)
        at.append(clock.now)
    assert all(later - earlier >= 60 for earlier, later in zip(at, at[240:], strict=False))


def test_interactive_work_has_tokens_of_its_own(clock: Clock) -> None:
    limiter = Limiter(ICLOUD, clock, clock.sleep)
    for _ in range(15):
        limiter.spend(None)
    for _ in range(5):
        limiter.spend(None, interactive=True)
    assert clock.now == 1000.0


def test_a_wait_past_the_deadline_is_not_begun(clock: Clock) -> None:
    limiter = Limiter(Profile("slow", burst=1, per_second=0.1, per_minute=10), clock, clock.sleep)
    limiter.spend(1005.0)
    with pytest.raises(DeadlinePassed):
        limiter.spend(1005.0)
    assert clock.now == 1000.0
    limiter.spend(1020.0)
    assert clock.now == pytest.approx(1010.0)


def test_a_clock_that_jumps_back_gives_no_tokens_and_takes_none(clock: Clock) -> None:
    limiter = Limiter(ICLOUD, clock, clock.sleep)
    clock.now -= 3600
    for _ in range(15):
        limiter.spend(None)
    assert clock.now == 1000.0 - 3600


def test_no_place_in_flight_before_the_deadline(clock: Clock) -> None:
    limiter = Limiter(ICLOUD, clock, clock.sleep)
    limiter.enter(None)
    with pytest.raises(DeadlinePassed):
        limiter.enter(clock.now)
    limiter.leave()
    limiter.enter(clock.now)


def test_an_accounts_limiter_is_shared_and_others_are_not(clock: Clock) -> None:
    limiters = Limiters(clock, clock.sleep)
    assert limiters.of("a", ICLOUD) is limiters.of("a", ICLOUD)
    assert limiters.of("a", ICLOUD) is not limiters.of("b", ICLOUD)
    assert limiters.of("", ICLOUD) is not limiters.of("", ICLOUD)
