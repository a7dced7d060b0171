"""One story under every way to read the evidence: a small set of iClouds in which any two readings meet."""

from __future__ import annotations

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.icloud.simulator.habits import pairwise
from tests.integrations.icloud.simulators import an_icloud
from tests.integrations.icloud.stage import connected
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("habits", pairwise(), ids=lambda _: "")
def test_whatever_icloud_is_like_both_sides_end_up_the_same(alice, habits):
    live_through(alice, habits)


def live_through(alice, habits):
    """Let both sides make, change and delete, and see that they agree in the end and then keep still."""
    with an_icloud(habits) as icloud:
        fill(icloud)
        with connected(icloud, alice) as stage:
            meeting, other = (a_meeting(alice, *facts) for facts in (("Kick-off", 6), ("Review", 7)))
            stage.settle(alice)
            assert blocks(alice) == [(soon(2), "Dentist"), (soon(3), "Piano"), (soon(4), "Run")]
            assert len(icloud.work.resources) == 2

            edit_there(icloud)
            activities.edit(alice, Activity.objects.get(pk=meeting.pk), {"location": "Room 2"})
            activities.delete(alice, Activity.objects.get(pk=other.pk))
            stage.settle(alice)
            assert blocks(alice) == [(soon(2, 14), "Dentist"), (soon(4), "Run")]
            meeting.refresh_from_db()
            assert (meeting.title, meeting.location) == ("Launch", "Room 2")
            (text,) = (one.text.decode() for one in icloud.work.resources.values())
            assert "SUMMARY:Launch" in text and "LOCATION:Room 2" in text

            before = len(stage.writes())
            stage.settle(alice)
            assert len(stage.writes()) == before


def fill(icloud):
    for day, title in enumerate(("Dentist", "Piano", "Run"), 2):
        icloud.add(icloud.home, event(title.lower(), stamp(soon(day)), title=title), f"{title.lower()}.ics")


def a_meeting(user, title, day):
    return activities.create(user, "meeting", title=title, start=soon(day), end=soon(day, 10))


def edit_there(icloud):
    """Let the phone move the dentist, delete the piano lesson and rename the kick-off."""
    icloud.add(icloud.home, event("dentist", stamp(soon(2, 14)), title="Dentist"), "dentist.ics")
    icloud.world.delete(icloud.home, "piano.ics")
    (kick_off,) = (one for one in icloud.work.resources.values() if b"SUMMARY:Kick-off" in one.text)
    icloud.add(icloud.work, kick_off.text.decode().replace("SUMMARY:Kick-off", "SUMMARY:Launch"), kick_off.name)


def blocks(user):
    return sorted((row.start, row.title) for row in agenda_of(user) if row.kind == "block")
