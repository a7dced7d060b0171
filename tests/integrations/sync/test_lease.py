"""One holder at a time: a stale one writes nothing, a dead one is found out (I9)."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import pytest
from django.db import connection as database

from agenda.models import Activity
from integrations.models import Connection, Link, ProviderAccount, Run
from integrations.services import disconnect
from integrations.sync import lease
from tests.integrations.sync.stage import a_stage, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import during, titles

pytestmark = pytest.mark.django_db


def test_fault_41_a_holder_that_slept_through_its_lease_writes_nothing_more(stage, alice, monkeypatch):
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 2)
    connection = stage.connections[alice.pk]

    def sleep_while_another_syncs():
        stage.clock.pass_(minutes=10)
        with monkeypatch.context() as patched:
            patched.setattr(lease, "_is_dead", lambda holder: False)
            assert stage.sync(alice).outcome == "ok"

    with monkeypatch.context() as patched:
        during(stage, patched, 4, sleep_while_another_syncs, after=False)
        report = stage.sync(alice)
    assert report.outcome in ("retry", "continue")
    assert titles(stage, alice) == ["M0", "M1", "M2"]
    connection.refresh_from_db()
    assert connection.last_reason == "", "what the other run said stands"
    stage.settle(alice)
    assert titles(stage, alice) == ["M0", "M1", "M2"] and Link.objects.count() == 3


def test_a_lease_is_renewed_while_it_is_used_and_fences_the_former_holder(stage, alice):
    stage.connect(alice)
    connection = stage.connections[alice.pk]
    first = lease.claim(connection, stage.clock.now)
    assert first and lease.claim(connection, stage.clock.now) is None
    stage.clock.pass_(seconds=60)
    first.keep()
    stage.clock.pass_(seconds=60)
    assert lease.claim(connection, stage.clock.now) is None
    stage.clock.pass_(seconds=60)
    second = lease.claim(connection, stage.clock.now)
    assert second and second.fence > first.fence
    with pytest.raises(lease.LeaseLost):
        first.keep()
    with pytest.raises(lease.LeaseLost), first.writing():
        pytest.fail("a stale holder must not get here")
    first.release()
    assert lease.claim(connection, stage.clock.now) is None, "a stale holder frees nothing"
    second.release()


def test_a_dead_holder_is_found_out_at_once_and_an_unknown_one_is_not(stage, alice):
    stage.connect(alice)
    connection = stage.connections[alice.pk]
    assert lease.claim(connection, stage.clock.now)
    ours = ProviderAccount.objects.get().holder
    where, pid, started = ours.rsplit(":", 2)
    for holder, dead in (
        (ours, False),
        (f"{where}:{pid}:{int(started) - 1}", True),
        (f"{where}:4194304:1", True),
        (f"elsewhere:{pid}:1", False),
        ("nonsense", False),
        ("", False),
    ):
        assert lease._is_dead(holder) is dead, holder
    assert int(pid) == os.getpid()
    ProviderAccount.objects.update(holder=f"{where}:4194304:1")
    assert lease.claim(connection, stage.clock.now)


def test_a_disconnect_during_a_run_is_refused_and_after_a_stale_one_nothing_is_written(stage, alice, monkeypatch):
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon())))
    stage.connect(alice)
    meeting(alice, "First", 2)
    connection = stage.connections[alice.pk]

    def refused():
        with pytest.raises(disconnect.DisconnectRefused):
            disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)

    def gone():
        stage.clock.pass_(minutes=5)
        disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)

    for act in (refused, gone):
        with monkeypatch.context() as patched:
            during(stage, patched, 3, act, after=True)
            meeting(alice, "Another", 3)
            stage.sync(alice)
    assert Connection.objects.count() == Link.objects.count() == Run.objects.count() == 0
    assert Activity.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_fault_44_two_workers_at_once_sync_as_one(company, transactional_db):
    """On a database that both really share."""
    from tests.factories import UserFactory

    alice = UserFactory.create(company=company, name="Alice", email="alice@example.org")
    reports = []

    def work(stage):
        try:
            for _run in range(4):
                reports.append(stage.sync(alice).outcome)
        finally:
            database.close()

    with a_stage() as stage:
        for n in range(5):
            stage.phone(alice).add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
        stage.connect(alice)
        for n in range(5):
            meeting(alice, f"M{n}", n + 2)
        threads = [threading.Thread(target=work, args=(stage,)) for _worker in range(2)]
        for thread in threads:
            thread.start()
        for n in range(5, 8):
            meeting(alice, f"M{n}", n + 2)
        for thread in threads:
            thread.join()
        stage.clock.pass_(minutes=2)
        stage.settle(alice)
        assert titles(stage, alice) == [f"M{n}" for n in range(8)]
        assert Link.objects.filter(block=None).count() == 8 and Link.objects.exclude(block=None).count() == 5
        assert set(reports) <= {"ok", "retry"}
        assert Run.objects.filter(ended_at=None).count() == 0


def test_the_clock_of_the_lease_is_long_enough_for_any_request():
    assert timedelta(seconds=60) < lease.NEEDED < lease.LENGTH
