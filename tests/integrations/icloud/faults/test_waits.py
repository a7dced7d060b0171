"""Rows 14 to 16: servers that ask to wait, that have trouble of their own, or that do not tell everything at once."""

from __future__ import annotations

import pytest

from agenda.models import Block
from integrations.gateway.base import Credentials
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db
PASSWORD = "bcde-fghi-jklm-nopq"


def hinted(kind, hint):
    return pytest.param(kind, {"headers": (("Retry-After", hint),)}, id=f"{kind} {hint}")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param("429-seconds", {"seconds": 600}, id="seconds"),
        pytest.param("503-date", {"seconds": 600}, id="date"),
        *[hinted("429", hint) for hint in ("", "soon", "-5", "0", "1e9", "99999999999999999999", "Tue, 99 Foo 2026")],
        pytest.param("503-nonsense", {}, id="nonsense"),
        pytest.param("503-negative", {}, id="negative"),
        pytest.param("503-short", {}, id="short"),
        pytest.param("503-ten-years", {}, id="ten years"),
        pytest.param("503", {}, id="no word"),
    ],
)
def test_fault_14_a_server_that_asks_to_wait_is_left_alone_between_a_minute_and_six_hours(scene, kind, values):
    scene.breaks(kind, **values)
    scene.meet()
    report = scene.sync()
    assert (report.outcome, report.reason) == ("retry", "The server asked us to wait.")
    assert len(scene.fired) == 1
    wait = scene.connection.account.not_before.timestamp() - scene.icloud.clock()
    assert 58 <= wait <= 6 * 3600
    assert values.get("seconds", 0) - 5 <= wait
    before = len(scene.stage.sent())
    scene.icloud.clock.pass_(wait - 5)
    assert (scene.sync().outcome, len(scene.stage.sent())) == ("retry", before), "not a single request meanwhile"
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_14_one_accounts_wait_is_not_anothers(scene):
    theirs = another_account(scene, scene.bob)
    scene.breaks("429-seconds", path=f"^/{scene.icloud.account.dsid}/", times="forever", seconds=3600)
    assert scene.sync().outcome == "retry"
    scene.icloud.add(theirs.calendar("Home"), event("swim-1", stamp(soon(5)), title="Swim"))
    assert scene.stage.sync(scene.bob).outcome == "ok"
    assert [row.title for row in agenda_of(scene.bob) if row.kind == "block"] == ["Swim"]
    assert set(scene.fired) == {"429-seconds"}
    scene.holds("Dentist")


def test_fault_14_when_many_accounts_are_asked_to_wait_all_of_them_do(scene, carol, mallory):
    people = [scene.bob, carol, mallory]
    for person in people:
        another_account(scene, person)
        assert scene.stage.sync(person).outcome == "ok"
    scene.breaks("429-seconds", times=3, seconds=60)
    for person in (scene.alice, scene.bob, carol):
        assert scene.stage.sync(person).outcome == "retry"
    before = len(scene.stage.sent())
    report = scene.stage.sync(mallory)
    assert (report.outcome, len(scene.stage.sent())) == ("retry", before), "she was never asked to, and waits too"
    scene.holds("Dentist")
    assert scene.stage.sync(mallory).outcome == "ok"


def another_account(scene, person):
    apple_id = f"{person.name.split()[0].lower()}@icloud.example"
    account = scene.icloud.world.add_account(apple_id, person.name, main_password="Main-1", app_password=PASSWORD)
    scene.stage.connect(person, credentials=Credentials(apple_id, PASSWORD))
    return account


@pytest.mark.parametrize("verb", ["PROPFIND", "REPORT", "GET"])
@pytest.mark.parametrize("kind", ["500", "502", "504"])
def test_fault_15_a_servers_own_trouble_passes_and_is_no_calendar(scene, kind, verb):
    if verb == "GET":
        scene.breaks("lost", verb="PUT")
        scene.meet()
        assert scene.sync().outcome == "retry"
    scene.breaks(kind, verb=verb, times=2)
    scene.icloud.add(scene.icloud.home, event("run-1", stamp(soon(6)), title="Run"))
    scene.icloud.clock.pass_(600)
    report = scene.sync()
    assert report.outcome == "retry" and report.tally.local_deleted == 0
    assert kind in scene.fired and Block.objects.filter(owner=scene.alice).count() >= 1
    assert scene.connection.account.strikes
    scene.holds("Dentist", "Run", *(["Kick-off"] if verb == "GET" else []))
    assert {status for _verb, status in scene.writes} <= {0, 201}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_fault_16_a_listing_in_pages_is_read_to_its_end_before_anything_is_inferred(scene, size):
    icloud = scene.icloud
    for number in range(5):
        icloud.add(
            icloud.home, event(f"run-{number}", stamp(soon(5 + number)), title=f"Run {number}"), f"run-{number}.ics"
        )
    assert scene.sync().tally.imported == 5
    icloud.switch(limit="honoured", token_seconds=3600.0)
    icloud.clock.pass_(7200)
    icloud.world.delete(icloud.home, "run-0.ics")
    icloud.add(icloud.home, event("run-9", stamp(soon(9)), title="Run 9"), "run-9.ics")
    icloud.clock.pass_(7200)
    scene.breaks("pages", verb="REPORT", path="/home/", times="forever", size=size)
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted, report.tally.imported) == ("ok", 1, 1)
    assert len(scene.fired) > 2 // size, "page by page"
    scene.holds("Dentist", *(f"Run {number}" for number in (1, 2, 3, 4, 9)))
    assert scene.writes == []


@pytest.mark.parametrize("then", ["507", "500", "truncated"])
def test_fault_16_a_listing_that_is_never_told_to_its_end_deletes_nothing(scene, then):
    icloud = scene.icloud
    for number in range(5):
        icloud.add(
            icloud.home, event(f"run-{number}", stamp(soon(5 + number)), title=f"Run {number}"), f"run-{number}.ics"
        )
    assert scene.sync().tally.imported == 5
    icloud.switch(limit="honoured", bad_token="410", token_seconds=3600.0)
    icloud.clock.pass_(7200)
    icloud.add(icloud.home, event("run-9", stamp(soon(9)), title="Run 9"), "run-9.ics")
    icloud.clock.pass_(7200)
    scene.breaks("pages", verb="REPORT", path="/home/", nth=2, times=1)
    scene.breaks(then, verb="REPORT", path="/home/", nth=3, times="forever")
    scene.breaks("half-listing", verb="PROPFIND", path="/home/$", times="forever")
    report = scene.sync()
    assert report.tally.local_deleted == 0 and Block.objects.count() >= 6
    assert {"pages", then} <= set(scene.fired)
    scene.holds("Dentist", *(f"Run {number}" for number in (0, 1, 2, 3, 4, 9)))
    assert scene.writes == []


def test_fault_16_a_server_that_has_no_room_for_a_report_is_asked_for_a_plain_listing(scene):
    scene.breaks("507", verb="REPORT", path="/home/", nth=1)
    scene.icloud.add(scene.icloud.home, event("run-1", stamp(soon(6)), title="Run"))
    assert scene.sync().outcome == "ok" and scene.fired == ["507"]
    scene.holds("Dentist", "Run")
    assert scene.writes == []
