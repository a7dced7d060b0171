"""Rows 28 and 29: events that are no iCalendar, and events that are bombs. One bad item never stops a run."""

from __future__ import annotations

import time

import pytest

from agenda.models import Block
from integrations.gateway.base import Credentials
from integrations.icloud.simulator.contents import Resource
from integrations.models import HeldPlan, Link
from integrations.services import held
from tests.agenda.ical.bombs import bombs
from tests.agenda.ical.measured import megabytes, peak_reset
from tests.agenda.ical.realfiles import real_files
from tests.agenda.ical.texts import NAMES, corpus
from tests.integrations.icloud.simulators import APP_PASSWORD
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db

RUN = event("run", stamp(soon(5)), title="Run")


def lay(scene, texts):
    """Let these texts stand in Alice's calendar as they are, whatever a server would say of them."""
    world, home = scene.icloud.world, scene.icloud.home
    for number, text in enumerate(texts):
        name, at = f"bad-{number}.ics", world.clock()
        home.contents.store(Resource(name, text.encode(), world.fresh_etag(), name, home.contents.number + 1, at))
    scene.icloud.add(home, RUN, "run.ics")


def take_away(scene):
    """Let the owner delete what was laid there."""
    home = scene.icloud.home
    for name in [name for name in home.resources if name.startswith("bad-")]:
        home.contents.remove(name, scene.icloud.world.clock())


def titles(user, viewer=None):
    return [row.title for row in agenda_of(user, viewer)]


@pytest.mark.parametrize("shelf", ["corpus", "shipped"])
def test_fault_28_every_malformed_file_stops_itself_alone(scene, shelf):
    texts = [corpus(name) for name in NAMES] if shelf == "corpus" else [file.text for file in real_files()]
    lay(scene, texts)
    scene.meet()
    report = scene.sync()
    assert report.outcome == "ok" and scene.writes == [("PUT", 201)]
    assert {"Dentist", "Run", "Kick-off"} <= set(titles(scene.alice))
    apart = Link.objects.filter(state="quarantined")
    assert apart.count() == report.tally.quarantined >= {"corpus": 2, "shipped": 58}[shelf]
    assert not apart.filter(reason="").exists()
    take_away(scene)
    assert scene.sync().outcome == "held", "so much is taken away only when its owner says so (I6)"
    held.apply(HeldPlan.objects.get(), scene.alice)
    scene.holds("Dentist", "Run", "Kick-off")


def test_fault_28_what_has_a_time_is_shown_to_its_owner_as_unreadable_and_to_others_as_busy(scene):
    lay(scene, [corpus("broken_but_timed.ics"), corpus("broken_start.ics")])
    assert scene.sync().outcome == "ok"
    assert Block.objects.filter(unreadable=True).count() == 1
    assert "An event that could not be read" in titles(scene.alice)
    assert not set(titles(scene.alice, scene.bob)) & {"An event that could not be read", "Run"}
    take_away(scene)
    scene.holds("Dentist", "Run")


def test_fault_28_a_control_character_in_one_event_spoils_no_other(scene):
    """XML cannot hold one, so that the whole report is broken."""
    lay(scene, [event("spoilt", stamp(soon(4)), title="Spoilt\x0b by a tabulator")])
    assert scene.sync().outcome == "ok"
    assert titles(scene.alice) == ["Dentist", "Spoilt by a tabulator", "Run"]
    take_away(scene)
    scene.holds("Dentist", "Run")


ODD = ["ical-bad-fold", "ical-no-zone", "ical-moved-zone", "ical-two-stamps", "ical-bom", "rewritten"]
ODD += ["ical-end-first", "ical-orphan", "ical-count-until"]
UNREADABLE = ["ical-nonsense", "ical-cut", "ical-bomb"]


@pytest.mark.parametrize("kind", ODD + UNREADABLE)
def test_fault_28_a_text_that_comes_broken_is_set_apart_and_read_when_it_is_whole(scene, kind):
    scene.icloud.add(scene.icloud.home, RUN, "run.ics")
    scene.meet()
    scene.breaks(kind, verb="REPORT", path="/home/", times="forever")
    scene.breaks(kind, verb="GET", path="/home/", times="forever")
    assert scene.sync().outcome == "ok"
    assert kind in scene.fired and scene.writes == [("PUT", 201)]
    assert Link.objects.filter(state="quarantined").exclude(reason="").count() == (kind in UNREADABLE)
    assert ("Run" in titles(scene.alice)) is (kind in ODD)
    mend(scene)
    scene.holds("Dentist", "Run", "Kick-off")
    assert scene.writes == [("PUT", 201)]


@pytest.mark.parametrize("kind", ODD + UNREADABLE)
def test_fault_28_a_meeting_whose_text_comes_broken_is_not_lost(scene, kind):
    scene.meet()
    scene.breaks(kind, verb="REPORT", path="/work/", times="forever")
    scene.breaks(kind, verb="GET", path="/work/", times="forever")
    assert scene.sync().outcome == "ok"
    assert kind in scene.fired
    assert "Kick-off" in titles(scene.alice)
    mend(scene)
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def mend(scene):
    """End the fault; the server knows that it had sent nonsense, and gives everything another version."""
    scene.icloud.world.faults.clear()
    for calendar in (scene.icloud.home, scene.icloud.work):
        for name in list(calendar.resources):
            scene.icloud.world.restamp(calendar, name)


CHOSEN = [
    *("rule FREQ=SECONDLY", "rule FREQ=DAILY;INTERVAL=0", "rule FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    *("rule FREQ=MINUTELY", "rule FREQ=DAILY since 0001", "rule FREQ=DAILY;COUNT=1000000000"),
    *("a hundred thousand exceptions", "ten thousand overrides", "an attachment of 20 MB", "a title of line breaks"),
    "alarms in alarms",
]
#: what may be drawn: nine thousand times of it are written down, which takes longer than reading it
DRAWN = {"ten thousand overrides": 4.0}
#: texts so large that this iCloud, in the same process, needs more than its reader: measured alone in tests/agenda/ical
LARGE = 2_000_000


@pytest.mark.parametrize("name", CHOSEN)
def test_fault_29_a_bomb_takes_two_seconds_at_most_and_another_account_goes_on(scene, name):
    text = bombs()[name]()
    lay(scene, [text])
    peak_reset()
    memory, begun = megabytes("VmRSS"), time.thread_time()
    report = scene.sync()
    assert time.thread_time() - begun < DRAWN.get(name, 2.0)
    assert len(text) > LARGE or megabytes("VmHWM") - memory < 64
    assert report.outcome == "ok" and "Run" in titles(scene.alice) and scene.writes == []
    assert goes_on(scene) == ["Lunch"]
    take_away(scene)
    scene.holds("Dentist", "Run")


def goes_on(scene):
    """Return what Bob sees of an account of his own on the same iCloud, after one run."""
    world = scene.icloud.world
    his = world.add_account("bob@icloud.example", "Bob Baert", main_password="Another-1", app_password=APP_PASSWORD)
    world.put(his.calendar("Home"), "lunch.ics", event("lunch", stamp(soon(6)), title="Lunch"))
    scene.stage.connect(scene.bob, credentials=Credentials("bob@icloud.example", APP_PASSWORD))
    assert scene.stage.sync(scene.bob).outcome == "ok"
    return titles(scene.bob)
