"""Looks when it matters: an agenda that is open is fresh, a burst of edits is one run, and fresh edits go first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from agenda.services import activities
from integrations import receivers, tasks
from integrations.models import Connection, Link
from integrations.services import freshness, runs
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import during, titles
from tests.integrations.wizard.walk import signed_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def woken(monkeypatch, django_capture_on_commit_callbacks):
    """Return a list of the connections that workers were woken for."""
    found: list[object] = []
    monkeypatch.setattr(receivers, "press", found.extend)
    return found


def test_opening_an_agenda_has_it_looked_at_once_a_minute_whoever_opens_it(stage, alice, bob):
    stage.connect(alice)
    stage.settle(alice)
    now = stage.clock.now() + timedelta(minutes=5)
    assert len(freshness.stale(alice, MINUTE, now)) == 1
    assert freshness.stale(alice, MINUTE, now + timedelta(seconds=30)) == []
    assert len(freshness.stale(alice, MINUTE, now + timedelta(seconds=61))) == 1
    assert freshness.stale(bob, MINUTE, now) == []


def test_what_was_looked_at_a_moment_ago_is_not_looked_at_again(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    assert freshness.stale(alice, MINUTE, stage.clock.now()) == []


@pytest.mark.parametrize("state", [Connection.State.PAUSED, Connection.State.NEEDS_USER])
def test_what_stands_still_is_not_looked_at(stage, alice, state):
    stage.connect(alice)
    Connection.objects.update(state=state)
    assert freshness.stale(alice, MINUTE, stage.clock.now()) == []


def test_an_edit_on_the_phone_is_in_a_colleagues_open_agenda_with_the_next_look(
    stage, alice, bob, mallory, woken, django_capture_on_commit_callbacks
):
    stage.connect(alice)
    stage.settle(alice)
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(2))))
    Connection.objects.update(last_look_at=stage.clock.now() - timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(bob).post(f"{reverse('agenda_look')}?of={alice.pk}")
    assert (answer.status_code, answer.json(), len(woken)) == (200, {}, 1)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(bob).post(f"{reverse('agenda_look')}?of={alice.pk}")
        signed_in(alice).get(reverse("agenda"))
    assert len(woken) == 1, "any number of open pages make one look"
    assert signed_in(mallory).post(f"{reverse('agenda_look')}?of={alice.pk}").status_code == 404
    report = stage.sync(alice)
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Busy"] and report.tally.imported == 1


def test_a_burst_of_edits_wakes_one_worker_and_makes_one_run(stage, alice, woken, django_capture_on_commit_callbacks):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    writes = len(stage.writes())
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(10):
            activities.edit(alice, first, {"title": f"First {n}"})
    assert len(woken) == 1
    report = stage.sync(alice)
    assert len(stage.writes()) == writes + 1 and report.tally.remote_updated == 1
    assert titles(stage, alice) == ["First 9"]
    with django_capture_on_commit_callbacks(execute=True):
        activities.edit(alice, first, {"title": "Later"})
    assert len(woken) == 2, "what comes after the run wakes somebody again"


def test_a_fresh_edit_overtakes_the_backlog(stage, alice, monkeypatch):
    stage.connect(alice)
    first = meeting(alice, "First", 2)
    stage.settle(alice)
    for n in range(30):
        meeting(alice, f"Backlog {n}", 3 + n % 20)

    def act():
        stage.clock.pass_(seconds=3)
        activities.edit(alice, first, {"title": "Fresh"})

    before = len(stage.writes())
    with monkeypatch.context() as patched:
        during(stage, patched, 6, act, after=True)
        stage.sync(alice)
    written = [condition for _verb, condition in stage.writes()[before:]]
    assert len(written) == 31
    assert next(n for n, condition in enumerate(written) if condition != "*") <= 5
    assert len(titles(stage, alice)) == 31 and not Link.objects.filter(needs_push=True).exists()


def test_the_latest_edit_goes_out_first(stage, alice):
    stage.connect(alice)
    made = [meeting(alice, f"M{n}", n + 2) for n in range(5)]
    stage.settle(alice)
    before = len(stage.server.log)
    for one in (made[3], made[0], made[4]):
        activities.edit(alice, one, {"location": "Quay 7"})
    stage.sync(alice)
    hrefs = {link.href.reveal(): link.activity_id for link in Link.objects.all()}
    written = [hrefs[one.path] for one in stage.server.log[before:] if one.verb == "PUT"]
    assert written == [made[4].pk, made[0].pk, made[3].pk]


def test_a_ring_during_a_run_is_heard_by_the_same_task(stage, alice, monkeypatch):
    stage.connect(alice)
    meeting(alice, "First", 3)
    real = runs.sync_connection
    seen: list[str] = []

    def synced(pk, **more):
        report = real(pk, world=stage.world)
        assert report
        if not seen:
            meeting(alice, "Second", 4)
        seen.append(report.outcome)
        return report

    monkeypatch.setattr(runs, "sync_connection", synced)
    tasks.sync_connection(str(stage.connections[alice.pk].pk))
    assert seen == ["ok", "ok"] and titles(stage, alice) == ["First", "Second"]
