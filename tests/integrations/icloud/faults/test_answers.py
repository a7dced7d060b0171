"""Rows 25 to 27: answers that are cut, that are no XML, and that are made to break their reader."""

from __future__ import annotations

import time

import pytest

from agenda.models import Activity
from agenda.services import activities
from tests.agenda.ical.measured import megabytes, peak_reset
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


NUMBER = 6


def fill(scene):
    """Let a phone add some events, and delete the one that is known; return the titles that will stand."""
    icloud, titles = scene.icloud, [f"Run {number}" for number in range(NUMBER)]
    for title in titles:
        icloud.add(icloud.home, event(title, stamp(soon(5)), title=title), f"{title[-1]}.ics")
    icloud.world.delete(icloud.home, "private-77.ics")
    return titles


def titles_here(scene):
    return [title for title, _start in scene._here()]


@pytest.mark.parametrize("nth", [1, 2], ids=["report", "multiget"])
@pytest.mark.parametrize("kind", ["cut", "length-too-large", "chunk-missing"])
def test_fault_25_of_an_answer_that_is_cut_nothing_is_applied(scene, kind, nth):
    titles = fill(scene)
    scene.breaks(kind, verb="REPORT", path="/home/", nth=nth)
    report = scene.sync()
    assert scene.fired == [kind]
    assert (report.outcome, report.reason) == ("retry", "The server could not be reached.")
    assert titles_here(scene) == ["Dentist"] and scene.writes == []
    scene.holds(*titles)
    assert scene.writes == []


def test_fault_25_a_single_event_that_is_cut_is_asked_for_again(scene):
    """The text of one event comes by GET when an edit meets a newer version."""
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Launch"})
    [name] = scene.icloud.work.resources
    scene.icloud.world.restamp(scene.icloud.work, name)
    scene.breaks("412", verb="PUT")
    scene.breaks("cut", verb="GET")
    assert scene.sync().outcome == "retry"
    assert scene.fired == ["412", "cut"]
    scene.holds("Dentist", "Launch")
    assert scene.writes == [("PUT", 201), ("PUT", 412), ("PUT", 204)]


ODD = ["xml-malformed", "truncated", "html", "empty-207", "empty-200", "xml-charset", "xml-utf16"]


@pytest.mark.parametrize("kind", ODD)
def test_fault_26_an_answer_that_is_no_xml_passes_at_first_and_is_a_failure_at_last(scene, kind):
    titles = fill(scene)
    scene.breaks(kind, verb="REPORT", path="/home/", times="forever")
    outcomes = [scene.sync().outcome for _run in range(3)]
    assert outcomes == ["retry", "retry", "failed"]
    assert set(scene.fired) == {kind}
    assert titles_here(scene) == ["Dentist"] and scene.writes == []
    scene.meet()
    assert scene.sync().outcome == "failed"
    assert scene.writes == [("PUT", 201)], "the other calendar goes on"
    scene.holds(*titles, "Kick-off")


@pytest.mark.parametrize("kind", ["html", "xml-malformed", "empty-207"])
def test_fault_26_a_home_that_is_no_xml_stops_the_run_and_nothing_else(scene, kind):
    titles = fill(scene)
    scene.breaks(kind, verb="PROPFIND", times="forever")
    outcomes = []
    for _run in range(3):
        outcomes.append(scene.sync().outcome)
        scene.icloud.clock.pass_(7200)
    assert outcomes == ["retry", "retry", "failed"] and set(scene.fired) == {kind}
    assert titles_here(scene) == ["Dentist"] and scene.writes == []
    scene.holds(*titles)


def test_fault_26_events_whose_reports_are_always_broken_are_read_one_by_one(scene):
    titles = fill(scene)
    scene.breaks("xml-malformed", verb="REPORT", path="/home/", nth=2, times="forever")
    assert scene.sync().outcome == "ok"
    assert len(scene.fired) >= NUMBER and titles_here(scene) == titles
    scene.holds(*titles)


@pytest.mark.parametrize("kind", ["xml-bom", "content-type", "gzip"])
def test_fault_26_a_mark_in_front_and_another_type_do_no_harm(scene, kind):
    titles = fill(scene)
    scene.breaks(kind, verb="REPORT", times="forever")
    assert scene.sync().outcome == "ok"
    assert kind in scene.fired and titles_here(scene) == titles
    scene.holds(*titles)


BOMBS = ["xxe", "entity-bomb", "deep-tags", "many-responses"]


@pytest.mark.parametrize("verb", ["REPORT", "PROPFIND"])
@pytest.mark.parametrize("kind", BOMBS)
def test_fault_27_xml_that_is_a_bomb_is_refused_in_a_second_and_64_megabytes(scene, kind, verb):
    titles = fill(scene)
    scene.breaks(kind, verb=verb, times="forever")
    peak_reset()
    memory, begun = megabytes("VmRSS"), time.thread_time()
    report = scene.sync()
    assert time.thread_time() - begun < 1 and megabytes("VmHWM") - memory < 64
    assert report.outcome == "failed" and report.reason
    assert set(scene.fired) == {kind} and any("server's answer" in one for one in scene.said), "the evidence"
    assert not any("root:x:" in one for one in scene.said)
    assert titles_here(scene) == ["Dentist"] and scene.writes == []
    scene.holds(*titles)
