"""How often: looks and pushes when they matter, each for as little as it can cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from agenda.services import activities
from integrations import receivers
from integrations.models import Connection
from tests.integrations.sync.scenarios.acts import fill
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles
from tests.integrations.wizard.walk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    """Return a list of the connections that workers were woken for."""
    found: list[object] = []
    monkeypatch.setattr(receivers, "press", found.extend)
    return found


def test_an_idle_run_is_one_request_and_writes_nothing(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    before = len(stage.writes())
    for _ in range(3):
        report = stage.sync(alice)
        assert report.meter.requests == 1 and report.outcome == "ok"
    assert len(stage.writes()) == before


def test_every_half_hour_and_not_all_at_once(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    for person in (alice, bob):
        stage.settle(person)
    found = dict(Connection.objects.values_list("user", "next_sync_at"))
    ahead = [(found[person.pk] - stage.clock.now()).total_seconds() for person in (alice, bob)]
    assert all(0 < seconds <= 3600 for seconds in ahead) and ahead[0] != ahead[1]


def test_a_burst_of_edits_is_one_wake_and_one_put(stage, alice, woken, django_capture_on_commit_callbacks):
    stage.connect(alice)
    made = meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    writes = len(stage.writes())
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(20):
            activities.edit(alice, made, {"title": f"Kick-off {n}"})
    assert len(woken) == 1 and stage.sync(alice).tally.remote_updated == 1
    assert len(stage.writes()) - writes == 1 and titles(stage, alice) == ["Kick-off 19"]
    print("B10: 20 edits in a burst: 1 wake, 1 PUT")


def test_opening_an_agenda_looks_once_a_minute_and_an_idle_look_is_one_request(
    stage, alice, bob, woken, django_capture_on_commit_callbacks
):
    stage.connect(alice)
    fill(stage, alice, 3)
    stage.settle(alice)
    Connection.objects.update(last_look_at=stage.clock.now() - timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        for _open in range(5):
            signed_in(bob).post(f"{reverse('agenda_look')}?of={alice.pk}")
            signed_in(alice).get(reverse("agenda"))
    assert len(woken) == 1
    asked = stage.asked()
    stage.sync(alice)
    assert stage.asked() == asked + 1
    stage.phone(alice).add(stage.path(alice, "Home"), event("new", stamp(soon(5)), title="New"))
    report = stage.sync(alice)
    assert "New" in [row.title for row in agenda_of(alice)] and report.meter.requests <= 3
    print(f"B11: 10 openings in a minute: 1 look, 1 request; a look with news: {report.meter.requests} requests")
