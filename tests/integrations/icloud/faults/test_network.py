"""Row 36: there is no way to the server."""

from __future__ import annotations

import pytest

from tests.integrations.icloud.faults.apple import ADDRESS, NAMES, Apple, Internet, an_apple

pytestmark = pytest.mark.django_db
REASON = "The server could not be reached."


@pytest.mark.parametrize("kind", ["reset", "lost", "refused", "tls-error"])
def test_fault_36_a_line_that_breaks_is_passing_trouble(scene, kind):
    scene.icloud.simulator.cut()
    scene.meet()
    scene.breaks(kind, times="forever")
    for _run in range(4):
        report = scene.sync()
        assert report.outcome in ("retry", "failed") and report.reason
        assert kind == "tls-error" or (report.outcome, report.reason) == ("retry", REASON)
        scene.icloud.clock.pass_(3600)
    assert set(scene.fired) == {kind} and scene.writes == []
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_36_a_server_that_takes_no_connections_is_passing_trouble(scene):
    scene.meet()
    for host in ("entry", "shard"):
        scene.icloud.simulator.shut(host)
    asked = len(scene.icloud.log)
    for _run in range(3):
        report = scene.sync()
        assert (report.outcome, report.reason) == ("retry", REASON)
        scene.icloud.clock.pass_(3600)
    assert len(scene.icloud.log) == asked
    for host in ("entry", "shard"):
        scene.icloud.simulator.reopen(host)
    scene.holds("Dentist", "Kick-off")


@pytest.fixture
def apple(monkeypatch, tmp_path, alice, bob, request):
    internet = Internet()
    internet.patch(monkeypatch)
    said, called = (request.getfixturevalue(name) for name in ("said", "called"))
    with an_apple(internet, tmp_path, alice, bob, said, called) as running:
        yield running


def test_fault_36_a_name_that_nobody_knows_is_passing_trouble(apple: Apple):
    apple.scene.meet()
    for name in NAMES:
        apple.internet.names[name] = []
    for _run in range(3):
        report = apple.scene.sync()
        assert (report.outcome, report.reason) == ("retry", REASON)
        apple.scene.icloud.clock.pass_(3600)
    for name in NAMES:
        apple.internet.names[name] = [ADDRESS]
    apple.scene.holds("Dentist", "Kick-off")


def test_fault_36_an_ipv6_black_hole_costs_an_attempt_and_no_run(apple: Apple):
    hole = "2620:149:a44::1"
    apple.scene.meet()
    for name in NAMES:
        apple.internet.names[name] = [hole, ADDRESS]
    assert apple.scene.sync().outcome == "ok"
    assert (hole, 443) in apple.internet.called
    for name in NAMES:
        apple.internet.names[name] = [hole]
    assert apple.scene.sync().outcome == "retry"
    for name in NAMES:
        apple.internet.names[name] = [ADDRESS]
    apple.scene.called[:] = [one for one in apple.scene.called if one[0] != hole]  # Apple's own, and nobody was there
    apple.scene.holds("Dentist", "Kick-off")
