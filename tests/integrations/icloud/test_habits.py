"""One story under every way to read the evidence: a small set of iClouds in which any two readings meet."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert
from integrations.icloud.simulator.habits import pairwise
from integrations.icloud.simulator.phone import Phone
from tests.integrations.icloud.faults.conftest import called, said
from tests.integrations.icloud.faults.holding import PRIVATE, Scene
from tests.integrations.icloud.simulators import an_icloud
from tests.integrations.icloud.stage import connected
from tests.integrations.sync.stage import agenda_of, soon

__all__ = ["called", "said"]
pytestmark = pytest.mark.django_db
BRUSSELS, HOUR, WEEK = ZoneInfo("Europe/Brussels"), timedelta(hours=1), timedelta(days=7)


@pytest.mark.parametrize("habits", pairwise(), ids=lambda _: "")
def test_whatever_icloud_is_like_both_sides_end_up_the_same(alice, bob, said, called, habits):
    with an_icloud(habits) as icloud:
        phone = Phone(icloud.world, icloud.account)
        fill(icloud, phone)
        with connected(icloud, alice, imports=("Home", "Work")) as stage:
            scene = Scene(stage, alice, bob, said, called)
            comes_in_and_goes_out(scene)
            is_edited_and_deleted_on_both_sides(scene, phone)
            is_converted_and_dragged(scene, phone)
            is_divided(scene, phone)
            scene.holds("Choir", "Choir, later", "Dentist", "Launch", "Run")


def fill(icloud, phone):
    """Let the phone hold what is somebody's own: single events, and a series of another zone with a changed date."""
    icloud.add(icloud.home, PRIVATE, "private-77.ics")
    for day, title in ((4, "Piano"), (5, "Run")):
        phone.create(icloud.home, title, soon(day), soon(day) + HOUR)
    first = soon(2, 19).replace(tzinfo=BRUSSELS)
    choir = phone.create(icloud.home, "Choir", first, first + 2 * HOUR, repeats="FREQ=WEEKLY")
    phone.override(choir, first + WEEK, place="Town hall")


def comes_in_and_goes_out(scene):
    for title, day in (("Kick-off", 6), ("Review", 7)):
        scene.meet(title, day)
    scene.stage.settle(scene.alice)
    assert titles(scene) == {"Choir", "Dentist", "Kick-off", "Piano", "Review", "Run"}
    assert len(scene.icloud.work.resources) == 2


def is_edited_and_deleted_on_both_sides(scene, phone):
    """One meeting is changed here and there, an event there alone, one date of the series goes, and two events go."""
    phone.edit(phone.find("Kick-off"), title="Launch")
    activities.edit(scene.alice, activity("Kick-off"), {"location": "Room 2"})
    phone.edit(phone.find("Dentist"), start=soon(3, 14), end=soon(3, 15))
    choir = phone.find("Choir")
    phone.delete_occurrence(choir, choir.events[0].start + 2 * WEEK)
    phone.delete(phone.find("Piano"))
    activities.delete(scene.alice, activity("Review"))
    scene.stage.settle(scene.alice)
    launch = phone.find("Launch")
    assert (activity("Launch").location, "LOCATION:Room 2" in launch.text) == ("Room 2", True)
    assert soon(3, 14) in [row.start for row in agenda_of(scene.alice) if row.title == "Dentist"]
    assert titles(scene) == {"Choir", "Dentist", "Launch", "Run"}
    assert {str(event["SUMMARY"]) for item in phone.items() for event in item.events} == titles(scene)


def is_converted_and_dragged(scene, phone):
    """A private event becomes a meeting where it stands; the phone drags another meeting to another calendar."""
    run = next(block for block in Block.objects.all() if block.spans.filter(start=soon(5)).exists())
    convert.convert(scene.alice, run, "meeting")
    scene.stage.settle(scene.alice)
    phone.drag(phone.find("Launch"), scene.icloud.home)
    scene.stage.settle(scene.alice)
    assert activity("Launch").deleted_at is None and activity("Run").deleted_at is None
    assert not scene.icloud.work.resources
    activities.edit(scene.alice, activity("Launch"), {"location": "Room 3"})


def is_divided(scene, phone):
    """The series goes on otherwise from its fifth date: a second series under a name of its own."""
    choir = phone.find("Choir")
    begin = choir.events[0].start + 4 * WEEK
    phone.split_series(choir, begin, title="Choir, later", start=begin + HOUR, end=begin + 3 * HOUR)
    scene.stage.settle(scene.alice)
    assert titles(scene) == {"Choir", "Choir, later", "Dentist", "Launch", "Run"}
    assert "LOCATION:Room 3" in phone.find("Launch").text


def titles(scene):
    return {row.title for row in agenda_of(scene.alice)}


def activity(title):
    """Return a meeting by its title, which is sealed in the database."""
    return next(one for one in Activity.objects.all() if one.title == title)
