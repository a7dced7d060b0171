"""Rows 20 to 24: items that come twice, and versions that say too much, too little or nothing."""

from __future__ import annotations

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.models import Link
from tests.integrations.icloud.faults.holding import PRIVATE, changes
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db

RUN = event("run", stamp(soon(5)), title="Run")


def test_fault_20_an_event_that_is_listed_twice_comes_in_once(scene):
    scene.breaks("duplicate-href", verb="REPORT", times="forever")
    scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    scene.meet()
    assert scene.sync().outcome == "ok"
    assert scene.fired.count("duplicate-href") >= 2
    scene.holds("Dentist", "Run", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_20_one_uid_under_two_addresses_is_one_item_and_always_the_same(scene):
    first = scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    scene.sync()
    scene.icloud.add(scene.icloud.home, RUN.replace("Run", "Run, copied"), "copy.ics")
    for _ in range(2):
        assert scene.sync().outcome == "ok"
        assert [title for title, _start in scene._here()] == ["Dentist", "Run"]
    told = Link.objects.exclude(reason="").get()
    assert (told.state, "another of your calendars" in told.reason) == ("ignored", True)
    scene.icloud.world.delete(scene.icloud.home, first.name)
    scene.holds("Dentist", "Run, copied")
    assert scene.writes == []


def test_fault_21_a_version_that_moves_alone_changes_nothing_anywhere(scene):
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    scene.breaks("etag-changes", verb="REPORT", times="forever")
    with changes() as made:
        for calendar in (scene.icloud.home, scene.icloud.work) * 2:
            [name] = calendar.resources
            scene.icloud.world.restamp(calendar, name)
            assert scene.sync().outcome == "ok"
    assert scene.fired.count("etag-changes") >= 4 and scene.writes == [("PUT", 201)]
    assert not [one for one in made if "agenda_" in one.split("WHERE")[0]]
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    scene.holds("Dentist", "Launch")


def test_fault_22_a_content_that_changes_behind_its_version_is_found_by_the_deep_look(scene):
    [name] = scene.icloud.home.resources
    scene.breaks("etag-stays", verb="REPORT", times="forever")
    scene.breaks("etag-stays", verb="PROPFIND", path="/home/", times="forever")
    scene.icloud.world.restamp(scene.icloud.home, name)
    assert scene.sync().outcome == "ok"
    scene.icloud.add(scene.icloud.home, PRIVATE.replace("SUMMARY:Dentist", "SUMMARY:Dentist, late"), name)
    assert scene.sync().outcome == "ok"
    assert scene._here()[0][0] == "Dentist", "nothing gives it away"
    days = [day for day in range(37) if days_later(scene)[0][0] == "Dentist"]
    assert len(days) < 37 and scene.fired.count("etag-stays") >= 3
    scene.holds("Dentist, late")
    assert scene.writes == []


def days_later(scene):
    """Let a day pass with its sync, and return what the agenda shows then."""
    scene.icloud.clock.pass_(86_400)
    assert scene.sync().outcome == "ok"
    return scene._here()


@pytest.mark.parametrize("kind", ["etag-missing", "etag-weak", "etag-changes"])
def test_fault_23_a_put_whose_version_is_missing_weak_or_another_is_read_back(scene, kind):
    scene.breaks(kind, verb="PUT", times="forever")
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    scene.stage.settle(scene.alice)
    assert scene.fired == [kind] * 2
    scene.holds("Dentist", "Launch")
    assert scene.writes == [("PUT", 201), ("PUT", 204)]


@pytest.mark.parametrize("kind", ["etag-missing", "etag-weak"])
def test_fault_23_reports_without_whole_versions_cost_no_edit_and_no_ping_pong(scene, kind):
    scene.breaks(kind, verb="REPORT", times="forever")
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    scene.stage.settle(scene.alice)
    assert kind in scene.fired
    [stored] = scene.icloud.work.resources.values()
    assert b"SUMMARY:Launch" in stored.text
    scene.holds("Dentist", "Launch")


def test_fault_24_what_the_server_writes_anew_is_accepted_and_not_put_right(scene):
    scene.icloud.switch(rewrites=True, drift_after=3.0, default_alarms="server", put_etag="never")
    scene.breaks("rewritten", verb="REPORT", times="forever")
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    scene.stage.settle(scene.alice)
    assert "rewritten" in scene.fired
    assert scene.writes == [("PUT", 201), ("PUT", 204)]
    [stored] = scene.icloud.work.resources.values()
    assert b"X-APPLE" in stored.text, "what the server added is still there"
    scene.holds("Dentist", "Launch")
    assert scene.writes == [("PUT", 201), ("PUT", 204)]


def test_fault_24_what_the_server_drops_of_ours_is_kept_here_and_not_sent_again(scene):
    """It stores a meeting without its place, at once, before anybody can look."""
    icloud = scene.icloud

    def drop():
        for name, stored in list(icloud.work.resources.items()):
            if b"LOCATION:Room 2\r\n" in stored.text:
                icloud.world.restamp(icloud.work, name, stored.text.replace(b"LOCATION:Room 2\r\n", b""))

    icloud.simulator.before_answering = drop
    start = soon(4)
    meeting = activities.create(
        scene.alice, "meeting", title="Kick-off", start=start, end=soon(4, 10), location="Room 2"
    )
    scene.stage.settle(scene.alice)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    scene.stage.settle(scene.alice)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("Launch", "Room 2")
    [stored] = icloud.work.resources.values()
    assert b"LOCATION" not in stored.text
    scene.holds("Dentist", "Launch")
    assert scene.writes == [("PUT", 201), ("PUT", 204)]
