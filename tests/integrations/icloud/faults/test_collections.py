"""Rows 11 to 13: members and calendars that are said to be gone."""

from __future__ import annotations

import pytest

from agenda.models import Activity, Block
from integrations.models import RemoteCalendar
from notices.models import Notice
from tests.integrations.icloud.faults.holding import PRIVATE
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("missing", ["404", "left-out"])
def test_fault_11_what_a_multiget_does_not_find_though_it_is_listed_is_not_taken_for_deleted(scene, missing):
    icloud = scene.icloud
    icloud.switch(multiget_missing=missing, lag_multiget=5.0, lag_get=5.0)
    icloud.world.delete(icloud.home, "private-77.ics")
    icloud.clock.pass_(10)
    icloud.add(icloud.home, PRIVATE.replace("Backyard 12", "Backyard 13"), "private-77.ics")
    icloud.clock.pass_(2)  # a reader of bodies still sees the moment in which there was none
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("ok", 0) and Block.objects.count() == 1
    assert [one.status for one in icloud.log if one.method == "GET"] == [404], "it was asked for by itself, too"
    scene.holds("Dentist")
    assert scene.writes == []


def test_fault_11_what_the_listing_too_says_is_gone_is_gone(scene):
    scene.icloud.world.delete(scene.icloud.home, "private-77.ics")
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("ok", 1)
    scene.holds()
    assert scene.writes == []


@pytest.mark.parametrize("kind", ["404", "410"])
def test_fault_12_a_calendar_that_is_said_to_be_gone_loses_nothing(scene, kind):
    scene.breaks(kind, path="/home/", times="forever")
    scene.icloud.add(scene.icloud.home, event("run-1", stamp(soon(6)), title="Run"))
    scene.meet()
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("needs_user", 0) and "no longer there" in report.reason
    assert set(scene.fired) == {kind} and Block.objects.count() == 1
    assert scene.writes == [("PUT", 201)], "the other calendar goes on"
    scene.holds("Dentist", "Kick-off", "Run")
    assert len(scene.writes) == 1


@pytest.mark.parametrize("name", ["Home", "Work"])
def test_fault_12_a_calendar_that_was_deleted_takes_nothing_along_and_its_owner_is_told(scene, name):
    scene.meet()
    assert scene.sync().outcome == "ok"
    scene.icloud.world.delete_collection(scene.icloud.account.calendar(name))
    report = scene.sync()
    assert report.outcome == "needs_user" and "Nothing was deleted here" in report.reason
    assert Block.objects.count() == Activity.objects.filter(deleted_at=None).count() == 1
    assert RemoteCalendar.objects.exclude(gone_at=None).count() == 1 and Notice.objects.count() == 1
    scene.holds("Dentist", "Kick-off", outcome="needs_user", but=["Dentist" if name == "Home" else "Kick-off"])
    assert scene.writes == [("PUT", 201)] and Notice.objects.count() == 1


def test_fault_13_a_new_calendar_of_the_same_name_is_another_one_until_its_owner_chooses_it(scene):
    icloud = scene.icloud
    icloud.world.delete_collection(icloud.home)
    again = icloud.world.make_collection(icloud.account, "Home")
    icloud.add(again, event("run-1", stamp(soon(6)), title="Run"))
    report = scene.sync()
    assert (report.outcome, report.tally.imported, report.tally.local_deleted) == ("needs_user", 0, 0)
    scene.holds("Dentist", "Run", outcome="needs_user", but=["Dentist", "Run"])
    assert [block.title for block in blocks(scene)] == ["Dentist"] and scene.writes == []
    bodies = [one for one in scene.stage.sent() if one.path.startswith(again.path) and one.method != "PROPFIND"]
    assert not bodies, "nothing of it was read"


def test_fault_13_a_calendar_made_anew_at_the_same_address_shows_what_it_shows(scene):
    icloud = scene.icloud
    for number in range(3):
        icloud.add(icloud.home, event(f"run-{number}", stamp(soon(6 + number)), title=f"Run {number}"))
    assert scene.sync().outcome == "ok"
    icloud.world.delete_collection(icloud.home)
    icloud.world.make_collection(icloud.account, "Home", id="home")
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("held", 0)
    titles = ["Dentist", "Run 0", "Run 1", "Run 2"]
    scene.holds(*titles, outcome="held", but=titles)
    assert scene.writes == []


def blocks(scene):
    from tests.integrations.sync.stage import agenda_of

    return [row for row in agenda_of(scene.alice) if row.kind == "block"]
