"""Rows 30 and 31: answers that take too long, and answers that are too much."""

from __future__ import annotations

import time

import pytest
from django.test import override_settings

from agenda.services import activities
from integrations.gateway import transport
from integrations.icloud.simulator import tls
from integrations.services import runs
from tests.agenda.ical.measured import megabytes, peak_reset
from tests.integrations.icloud.faults.holding import PRIVATE, Scene
from tests.integrations.icloud.simulators import an_icloud
from tests.integrations.icloud.stage import connected
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db

RUN = event("run", stamp(soon(5)), title="Run")


@pytest.fixture
def hurried(monkeypatch):
    """Let a request have a quarter of a second instead of sixty, and a connection as much instead of five."""
    monkeypatch.setattr(transport, "REQUEST_SECONDS", 0.25)
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.25)


def sync_in_time(scene):
    begun = time.monotonic()
    report = scene.sync()
    assert time.monotonic() - begun < 5, "cut at the deadline, not when the server had enough"
    return report


def test_fault_30_a_request_has_a_minute_a_connection_five_seconds_and_a_run_four_minutes():
    assert (transport.REQUEST_SECONDS, transport.CONNECT_SECONDS, runs.LENGTH) == (60, 5, 240)


SLOW = [("stalled", {}), ("stalled-headers", {}), ("drip", {"pause": 0.01}), ("drip", {"pause": 0.05, "size": 40})]


@pytest.mark.parametrize("verb", ["PROPFIND", "REPORT"])
@pytest.mark.parametrize(("kind", "values"), SLOW, ids=["stalled", "headers", "bytes", "pieces"])
def test_fault_30_a_slow_answer_is_cut_after_a_minute_in_all(scene, hurried, verb, kind, values):
    scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    scene.breaks(kind, verb=verb, times="forever", **values)
    report = sync_in_time(scene)
    assert (report.outcome, report.reason) == ("retry", "The server could not be reached.")
    assert scene.fired == [kind], "a server that is slow is not asked for the same again"
    assert [title for title, _start in scene._here()] == ["Dentist"] and scene.writes == []
    scene.holds("Dentist", "Run")


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_fault_30_a_change_whose_answer_stalls_is_looked_at_before_it_is_sent_again(scene, hurried, verb):
    meeting = scene.meet()
    if verb == "DELETE":
        scene.stage.settle(scene.alice)
        meeting.refresh_from_db()
        activities.delete(scene.alice, meeting)
    scene.breaks("stalled", verb=verb)
    assert sync_in_time(scene).outcome == "retry"
    assert scene.fired == ["stalled"]
    scene.holds("Dentist", *(["Kick-off"] if verb == "PUT" else []))
    assert [one for one, _status in scene.writes].count(verb) == 1


def test_fault_30_a_run_ends_in_time_and_the_next_goes_on(scene, monkeypatch):
    for number in range(3):
        scene.meet(f"M{number}", number + 4)
    monkeypatch.setattr(runs, "LENGTH", 0.3)
    scene.breaks("stalled", verb="PUT", nth=2)
    begun = time.monotonic()
    assert scene.sync().outcome in ("retry", "continue")
    assert time.monotonic() - begun < 3
    monkeypatch.undo()
    scene.holds("Dentist", "M0", "M1", "M2")
    assert [one for one, status in scene.writes if status == 201] == ["PUT"] * 3


def test_fault_30_a_handshake_that_stalls_is_cut_after_five_seconds(hurried, tmp_path, alice, bob, said, called):
    papers = tls.papers(tmp_path)
    trust = override_settings(HALFPAST_CA_FILE=str(papers.ca_file))
    with trust, an_icloud(tls=papers.context()) as icloud:
        icloud.add(icloud.home, PRIVATE, "private-77.ics")
        with connected(icloud, alice) as stage:
            scene = Scene(stage, alice, bob, said, called)
            assert scene.sync().outcome == "ok"
            icloud.simulator.cut()
            scene.breaks("silent", times="forever")
            report = sync_in_time(scene)
            assert (report.outcome, set(scene.fired)) == ("retry", {"silent"})
            scene.holds("Dentist")


def test_fault_31_a_listing_without_end_is_cut_at_128_megabytes_with_flat_memory(scene):
    scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    for kind in ("gzip-bomb", "endless"):
        scene.icloud.world.faults.clear()
        scene.breaks(kind, verb="REPORT", path="/home/", times="forever")
        peak_reset()
        memory = megabytes("VmRSS")
        report = scene.sync()
        assert megabytes("VmHWM") - memory < 64
        assert report.outcome == "failed" and "more than Halfpast reads" in report.reason
        assert scene.fired[-1] == kind
        assert report.meter.bytes_down < 140_000_000
    assert [title for title, _start in scene._here()] == ["Dentist"] and scene.writes == []
    scene.holds("Dentist", "Run")


def test_fault_31_an_event_without_end_is_cut_at_20_megabytes_and_set_apart(scene):
    scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    scene.breaks("endless", verb="REPORT", path="/home/", nth=2, times="forever")
    scene.breaks("endless", verb="GET", times="forever")
    report = scene.sync()
    assert (report.outcome, report.tally.quarantined) == ("ok", 1)
    assert scene.fired == ["endless"] * 2 and report.meter.bytes_down < 43_000_000
    scene.icloud.world.restamp(scene.icloud.home, "run.ics")
    scene.holds("Dentist", "Run")
