"""The throttle, and how quick the stand-in itself is (docs/icloud.md A76)."""

from __future__ import annotations

import time

import pytest

from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.world import World
from tests.integrations.icloud.simulator.texts import event
from tests.integrations.icloud.simulators import propfind_of


def look(icloud, **more):
    return icloud.propfind(icloud.account.home, "d:displayname", **more)


@pytest.mark.parametrize("status", [503, 429, 403])
@pytest.mark.parametrize(("hint", "said"), [(0, ""), (5, "5")])
def test_A76_too_many_requests_a_minute_are_refused(icloud, status, hint, said):
    icloud.switch(throttle=3, throttled=status, throttle_hint=hint)
    assert [look(icloud).status for _ in range(4)] == [207, 207, 207, status]
    assert look(icloud).header("Retry-After") == said
    icloud.clock.pass_(61)
    assert look(icloud).status == 207


def test_A76_accounts_are_counted_apart(icloud):
    icloud.switch(throttle=1)
    bob = icloud.world.add_account("bob@icloud.example", "Bob", main_password="x", app_password="bob")
    assert [look(icloud).status for _ in range(2)] == [207, 503]
    reply = icloud.ask(
        "PROPFIND", bob.home, propfind_of("d:displayname"), depth="0", user="bob@icloud.example", password="bob"
    )
    assert reply.status == 207


def test_it_starts_at_once_and_lists_five_thousand_events_in_no_time(icloud):
    began = time.perf_counter()
    with Simulator(World()):
        started = time.perf_counter() - began
    for n in range(5000):
        icloud.add(icloud.home, event(f"n{n}"), f"n{n}.ics")
    began = time.perf_counter()
    reply = icloud.sync(icloud.home)
    listed = time.perf_counter() - began
    print(f"started in {started * 1000:.1f} ms, 5,000 events listed in {listed * 1000:.0f} ms")
    assert started < 0.02 and listed < 1.0 and len(reply.hrefs) == 5001


def test_what_a_host_is_shut_for_is_refused_and_comes_back_on_the_same_port(icloud):
    assert look(icloud).status == 207
    icloud.simulator.shut("shard")
    with pytest.raises(OSError):
        look(icloud)
    icloud.simulator.reopen("shard")
    assert look(icloud).status == 207
