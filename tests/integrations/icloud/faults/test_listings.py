"""Rows 17 to 19: cursors that are not known any more, and listings that are too short."""

from __future__ import annotations

import pytest

from agenda.models import Block
from integrations.icloud.entry import ICLOUD
from integrations.models import HeldPlan
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def runs(scene, number):
    """Let so many more events be imported, and return all titles."""
    icloud = scene.icloud
    for one in range(number):
        icloud.add(icloud.home, event(f"run-{one}", stamp(soon(5 + one)), title=f"Run {one}"), f"run-{one}.ics")
    assert scene.sync().tally.imported == number
    return ["Dentist", *(f"Run {one}" for one in range(number))]


@pytest.mark.parametrize("habit", ["403-element", "403", "410", "412", "everything"])
def test_fault_17_a_cursor_that_is_not_known_any_more_costs_one_full_listing_and_deletes_nothing(scene, habit):
    titles, icloud = runs(scene, 4), scene.icloud
    icloud.switch(bad_token=habit, token_seconds=3600.0)
    icloud.add(icloud.home, event("swim", stamp(soon(9)), title="Swim"))
    icloud.clock.pass_(7200)
    before = len(icloud.log)
    report = scene.sync()
    assert (report.outcome, report.tally.imported, report.tally.local_deleted) == ("ok", 1, 0)
    answers = [one.status for one in icloud.log[before:] if one.method == "REPORT"]
    assert answers[0] == (207 if habit == "everything" else int(habit[:3]))
    scene.holds(*titles, "Swim")
    assert scene.writes == []


@pytest.mark.parametrize("kind", ["403", "410", "412"])
def test_fault_17_a_report_that_is_refused_for_no_reason_deletes_nothing(scene, kind):
    titles = runs(scene, 3)
    scene.icloud.add(scene.icloud.home, event("swim", stamp(soon(9)), title="Swim"))
    scene.breaks(kind, verb="REPORT", path="/home/")
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("ok", 0) and scene.fired == [kind]
    scene.holds(*titles, "Swim")
    assert scene.writes == []


def listed_anew(scene):
    """Let the time pass after which a calendar is listed whole."""
    scene.icloud.clock.pass_(ICLOUD.profile.safety_listing.total_seconds() + 60)


def test_fault_18_a_listing_that_is_suddenly_empty_is_held_for_the_owner(scene):
    titles = runs(scene, 4)
    listed_anew(scene)
    scene.breaks("empty-listing", verb="PROPFIND", path="/home/$", times="forever")
    scene.breaks("404", verb="GET", times="forever")
    for _ in range(2):
        report = scene.sync()
        assert (report.outcome, report.tally.held, report.tally.local_deleted) == ("held", 5, 0)
    assert "empty-listing" in scene.fired and Block.objects.count() == 5
    assert HeldPlan.objects.get(closed_at=None).reason == HeldPlan.Reason.SHRUNKEN
    scene.holds(*titles)
    assert scene.writes == [] and not HeldPlan.objects.filter(closed_at=None).exists()


def test_fault_18_what_an_empty_report_leaves_out_is_asked_for_by_itself(scene):
    scene.icloud.switch(token_seconds=3600.0)
    scene.icloud.add(scene.icloud.home, event("swim", stamp(soon(9)), title="Swim"))
    scene.icloud.clock.pass_(7200)
    scene.breaks("empty-listing", verb="REPORT", path="/home/", nth=2)
    report = scene.sync()
    assert report.tally.local_deleted == 0 and scene.fired == ["empty-listing"]
    assert Block.objects.count() >= 1
    scene.holds("Dentist", "Swim")
    assert scene.writes == []


@pytest.mark.parametrize(("number", "outcome"), [(7, "ok"), (13, "held")])
def test_fault_19_a_listing_of_half_of_the_last_deletes_nothing_that_still_stands(scene, number, outcome):
    titles = runs(scene, number)
    listed_anew(scene)
    scene.breaks("half-listing", verb="PROPFIND", path="/home/$", times="forever")
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == (outcome, 0)
    assert "half-listing" in scene.fired and Block.objects.count() == number + 1
    scene.holds(*titles)
    assert scene.writes == [] and not HeldPlan.objects.filter(closed_at=None).exists()


def test_fault_19_what_is_missing_and_answers_404_by_itself_is_gone(scene):
    titles = runs(scene, 7)
    for one in range(3):
        scene.icloud.world.delete(scene.icloud.home, f"run-{one}.ics")
    listed_anew(scene)
    report = scene.sync()
    assert (report.outcome, report.tally.local_deleted) == ("ok", 3)
    scene.holds("Dentist", *titles[4:])
    assert scene.writes == []
