"""Rows 38 to 48 of the fault matrix (docs/reliability.md): clocks, workers, queues, databases, and people mid-run."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerAway

from agenda.models import Activity, Block
from agenda.services import activities
from agenda.services.blocks import recompute_spans
from integrations import receivers, tasks
from integrations.models import Connection, Link, ProviderAccount, Run
from integrations.services import disconnect, dispatch, runs
from integrations.sync.lease import Lease
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import Killed, Steps, meeting, recovers, stepping, undone
from tests.integrations.sync.test_races import during, titles

pytestmark = pytest.mark.django_db


def task_of(stage, monkeypatch):
    """Let the worker's task run on the stage."""
    real = runs.sync_connection
    monkeypatch.setattr(runs, "sync_connection", lambda pk, **more: real(pk, world=stage.world, **more))
    return lambda user: tasks.sync_connection(str(stage.connections[user.pk].pk))


@pytest.mark.parametrize("jump", [{"hours": 1}, {"hours": -1}, {"days": 1}, {"days": -1}])
def test_fault_38_a_clock_that_jumps_in_a_run_loses_and_doubles_nothing(stage, alice, monkeypatch, jump):
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(4))))
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 3)
    with monkeypatch.context() as patched:
        during(stage, patched, 5, lambda: stage.clock.pass_(**jump), after=True)
        stage.sync(alice)
    assert recovers(stage, alice)
    assert titles(stage, alice) == ["M0", "M1", "M2"] and Block.objects.count() == 1
    assert ProviderAccount.objects.get().lease_until is None, "no lock is left behind"


def test_fault_40_a_run_whose_worker_was_killed_is_closed_by_the_next(stage, alice, monkeypatch):
    stage.connect(alice)
    meeting(alice, "First", 3)
    with stepping(stage, monkeypatch, Steps(6)), suppress(Killed):
        stage.sync(alice)
    assert Run.objects.filter(ended_at=None).count() == 1
    stage.clock.pass_(minutes=3)
    assert recovers(stage, alice)
    killed = Run.objects.order_by("started_at")[0]
    assert (killed.outcome, killed.ended_at is not None) == ("retry", True) and "interrupted" in killed.reason
    assert titles(stage, alice) == ["First"]


def test_fault_42_a_task_that_is_delivered_twice_is_done_once(stage, alice, monkeypatch):
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 3)
    deliver = task_of(stage, monkeypatch)
    with monkeypatch.context() as patched:
        during(stage, patched, 4, lambda: deliver(alice), after=False)
        deliver(alice)
    deliver(alice)
    assert titles(stage, alice) == ["M0", "M1", "M2"]
    assert [verb for verb, _etag in stage.writes()] == ["PUT"] * 3


def test_fault_43_a_beat_that_is_doubled_makes_one_run_a_slot(stage, alice):
    stage.connect(alice)
    now = stage.clock.now()
    assert dispatch.claim_due(now) == [stage.connections[alice.pk].pk]
    assert dispatch.claim_due(now) == []


def test_fault_44_a_manual_sync_beside_a_scheduled_one_says_that_it_is_under_way(stage, alice, monkeypatch):
    stage.connect(alice)
    meeting(alice, "First", 3)
    said = []
    with monkeypatch.context() as patched:
        during(stage, patched, 3, lambda: said.append(stage.sync(alice)), after=False)
        stage.sync(alice)
    [manual] = said
    assert (manual.busy, manual.meter.requests, manual.outcome) == (True, 0, "retry")
    assert titles(stage, alice) == ["First"] and len(stage.writes()) == 1


def test_fault_44_who_found_the_account_taken_by_another_user_is_served_right_after(stage, alice, bob, monkeypatch):
    stage.connect(alice)
    second = share(stage, alice, bob, push_to="Home")
    meeting(alice, "Hers", 3)
    deliver, woken = task_of(stage, monkeypatch), []
    monkeypatch.setattr(tasks, "press", lambda found: woken.extend(found))

    def act():
        meeting(bob, "His", 4)
        deliver(bob)

    stage.connections[bob.pk] = second
    with monkeypatch.context() as patched:
        during(stage, patched, 3, act, after=False)
        deliver(alice)
    assert second.pk in woken
    deliver(bob)
    assert titles(stage, alice) == ["Hers"] and titles(stage, alice, "Home") == ["His"]


def test_fault_45_a_broker_that_is_away_loses_no_edit(stage, alice, monkeypatch, settings):
    stage.connect(alice)
    stage.settle(alice)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def away(*args, **more):
        raise BrokerAway("away")

    monkeypatch.setattr(tasks.sync_connection, "apply_async", away)
    meeting(alice, "First", 3)
    connection = stage.connections[alice.pk]
    receivers.ring_soon([connection.pk])
    tasks.press([connection.pk])
    assert dispatch.unheard(stage.clock.now()) == [connection.pk]
    stage.settle(alice)
    assert titles(stage, alice) == ["First"] and dispatch.unheard(stage.clock.now()) == []


def test_fault_46_a_database_that_goes_away_at_any_commit_loses_and_doubles_nothing(stage, alice, monkeypatch):
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(4))))
    stage.connect(alice)
    for n in range(2):
        meeting(alice, f"M{n}", n + 3)
    for commit in range(1, 15):
        with undone(stage):
            with monkeypatch.context() as patched:
                going_away(patched, commit)
                assert stage.sync(alice).outcome in ("ok", "failed")
            stage.clock.pass_(minutes=3)
            assert recovers(stage, alice), f"restless after commit {commit}"
            assert titles(stage, alice) == ["M0", "M1"] and Block.objects.count() == 1


def going_away(patch, number):
    """Let the database fail at the commit of this number."""
    writing, count = Lease.writing, []

    @contextmanager
    def failing(lease):
        with writing(lease):
            yield
            count.append(1)
            if len(count) == number:
                raise OperationalError("server closed the connection")

    patch.setattr(Lease, "writing", failing)


def test_fault_47_a_busy_sqlite_is_waited_for(settings):
    options = settings.DATABASES["default"].get("OPTIONS", {})
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        assert options["timeout"] >= 20 and options["transaction_mode"] == "IMMEDIATE"


def test_fault_48_somebody_who_leaves_the_company_mid_run_gets_nothing_more_written(stage, alice, monkeypatch):
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 3)
    with monkeypatch.context() as patched:
        during(stage, patched, 4, lambda: disconnect.forget(alice), after=True)
        stage.sync(alice)
    assert len(stage.writes()) <= 1
    assert Connection.objects.count() == Link.objects.count() == 0 and Activity.objects.count() == 3


def test_fault_48_a_zone_that_changes_mid_run_shifts_no_day(stage, alice, monkeypatch):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("day", f"{soon(5):%Y%m%d}", title="Fair"))
    phone.add(home, event("wall", f"{soon(4, 9):%Y%m%dT%H%M%S}", title="Walk"))
    stage.connect(alice)

    def act():
        type(alice).objects.filter(pk=alice.pk).update(timezone="Asia/Tokyo")
        alice.refresh_from_db()
        recompute_spans(alice)

    with monkeypatch.context() as patched:
        during(stage, patched, 3, act, after=True)
        stage.sync(alice)
    stage.settle(alice)
    recompute_spans(alice)
    rows = {row.title: row for row in agenda_of(alice)}
    walk = rows["Walk"].start
    assert rows["Fair"].start == soon(5).date()
    assert isinstance(walk, datetime) and walk.astimezone(alice.zone).hour == 9


def share(stage, owner, other, **choice):
    """Connect `other` to the account of `owner`: a couple, or a shared Apple Account."""
    from integrations.services.connect import Choice, connect, test_credentials
    from tests.integrations.sync.stage import PASSWORD, SERVER

    tried = test_credentials("caldav", SERVER, owner.email, PASSWORD, world=stage.world)
    said = Choice(choice.get("push_to", "Work"), choice.get("imports", ()))
    return connect(other, tried, said, granted_from="a test", world=stage.world)


def test_one_account_of_two_users_gets_one_copy_of_what_both_attend_and_no_ping_pong(stage, alice, bob):
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(6)), title="Private"))
    stage.connect(alice)
    stage.connections[bob.pk] = share(stage, alice, bob, imports=("Home",))
    both = meeting(alice, "Both", 3, attendees=[alice, bob])
    meeting(bob, "Bob's", 4)
    stage.settle(alice, bob)
    assert titles(stage, alice) == ["Bob's", "Both"]
    assert [row.title for row in agenda_of(bob) if row.kind == "block"] == ["Private"]
    writes = len(stage.writes())
    stage.settle(alice, bob)
    assert len(stage.writes()) == writes
    activities.edit(alice, both, {"title": "Both later"})
    stage.settle(bob, alice)
    assert titles(stage, alice) == ["Bob's", "Both later"] and len(stage.writes()) == writes + 1
    assert Activity.objects.filter(deleted_at=None).count() == 2 and ProviderAccount.objects.count() == 1
