"""Rows 37 and 39: servers whose clocks are wrong, and times that are hard to tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from agenda.ical import zones
from agenda.models import Activity
from agenda.services import activities
from integrations.icloud.simulator.phone import Phone
from integrations.models import Conflict
from tests.agenda.ical.texts import resource
from tests.integrations.sync.stage import agenda_of

pytestmark = pytest.mark.django_db

CLOCKS = [("clock", {"days": 1}), ("clock", {"days": -1}), ("no-date", {})]


@pytest.mark.parametrize(("kind", "values"), CLOCKS, ids=["ahead", "behind", "none"])
def test_fault_37_a_servers_wrong_clock_decides_nothing(scene, kind, values):
    scene.breaks(kind, times="forever", **values)
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    phone = Phone(scene.icloud.world, scene.icloud.account)
    phone.edit(phone.find("Kick-off"), title="Launch")
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"location": "Room 2"})
    phone.edit(phone.find("Dentist"), place="Backyard 12")
    scene.stage.settle(scene.alice)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("Launch", "Room 2")
    assert set(scene.fired) == {kind} and not Conflict.objects.exists()
    assert scene.writes == [("PUT", 201), ("PUT", 204)]
    scene.holds("Dentist", "Launch")


@pytest.mark.parametrize("days", [1, -1])
def test_fault_37_an_edit_that_both_made_is_not_decided_by_the_servers_date(scene, days):
    """The phone is first, by a minute; whatever day the server believes it is, the later edit wins."""
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    scene.breaks("clock", times="forever", days=days)
    phone = Phone(scene.icloud.world, scene.icloud.account)
    phone.edit(phone.find("Kick-off"), title="Phone's")
    scene.icloud.clock.pass_(60)
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), {"title": "Ours"}, now=scene.stage.world.now())
    scene.stage.settle(scene.alice)
    assert "clock" in scene.fired and Conflict.objects.get().lost_side == "remote"
    scene.holds("Dentist", "Ours")


BRUSSELS = "DTSTART;TZID=Europe/Brussels:{0}\nDTEND;TZID=Europe/Brussels:{1}"
ODD_ZONE = """BEGIN:VTIMEZONE
TZID:{0}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{1}
TZOFFSETTO:{1}
END:STANDARD
END:VTIMEZONE
"""
#: title → (lines of its time, zones, when it begins)
TIMES = {
    "In the gap": (BRUSSELS.format("20270328T023000", "20270328T033000"), "", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    "In the fold": (
        BRUSSELS.format("20271031T023000", "20271031T033000"),
        "",
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    ),
    "Behind a prefix": (
        "DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20270105T090000\n"
        "DTEND;TZID=/freeassociation.sourceforge.net/America/New_York:20270105T100000",
        "",
        datetime(2027, 1, 5, 14, tzinfo=UTC),
    ),
    "Of Windows": (
        "DTSTART;TZID=Tokyo Standard Time:20270106T090000\nDTEND;TZID=Tokyo Standard Time:20270106T100000",
        "",
        datetime(2027, 1, 6, 0, tzinfo=UTC),
    ),
    "Private": (
        "DTSTART;TZID=Our Town:20270107T090000\nDTEND;TZID=Our Town:20270107T100000",
        ODD_ZONE.format("Our Town", "+0330"),
        datetime(2027, 1, 7, 5, 30, tzinfo=UTC),
    ),
    "Contradicted": (
        BRUSSELS.format("20270108T090000", "20270108T100000"),
        ODD_ZONE.format("Europe/Brussels", "+0500"),
        datetime(2027, 1, 8, 8, tzinfo=UTC),
    ),
    "Nowhere": (
        "DTSTART;TZID=Nobody knows:20270109T090000\nDTEND;TZID=Nobody knows:20270109T100000",
        "",
        datetime(2027, 1, 9, 8, tzinfo=UTC),
    ),
    "Floating": ("DTSTART:20270110T090000\nDTEND:20270110T100000", "", datetime(2027, 1, 10, 8, tzinfo=UTC)),
    "A day": ("DTSTART;VALUE=DATE:20270111\nDTEND;VALUE=DATE:20270112", "", date(2027, 1, 11)),
}


@pytest.fixture
def at_home(alice):
    alice.timezone = "Europe/Brussels"
    alice.save(update_fields=["timezone"])


def test_fault_39_times_that_are_hard_to_tell_are_told_right_and_stay_so(at_home, scene):
    for title, (lines, described, _begin) in TIMES.items():
        stamped = f"UID:{title.replace(' ', '-')}\nDTSTAMP:20261001T080000Z\nSUMMARY:{title}\n{lines}"
        scene.icloud.add(scene.icloud.home, resource(stamped, zones=described), f"{title.replace(' ', '-')}.ics")
    assert scene.sync().outcome == "ok"
    seen = {row.title: row.start for row in agenda_of(scene.alice)}
    assert seen == {title: begin for title, (*_, begin) in TIMES.items()} | {"Dentist": seen["Dentist"]}
    assert scene.writes == []
    scene.holds("Dentist", *TIMES, but={"Contradicted", "Nowhere", "Behind a prefix"}, zone="Europe/Brussels")


def test_fault_39_a_series_keeps_its_hour_over_both_changes_of_the_clock(at_home, scene):
    weekly = (
        f"UID:choir\nDTSTAMP:20261001T080000Z\nSUMMARY:Choir\n{BRUSSELS.format('20261130T193000', '20261130T210000')}"
    )
    scene.icloud.add(scene.icloud.home, resource(weekly + "\nRRULE:FREQ=WEEKLY"), "choir.ics")
    assert scene.sync().outcome == "ok"
    begins = [row.start for row in agenda_of(scene.alice) if isinstance(row.start, datetime) and row.title == "Choir"]
    assert {begin.hour for begin in begins if begin.month in (12, 1, 2)} == {18}
    assert {begin.hour for begin in begins if begin.month in (5, 6, 7)} == {17}
    assert {later - earlier for earlier, later in zip(begins, begins[1:], strict=False)} == {
        timedelta(days=7),
        timedelta(days=7, hours=-1),
        timedelta(days=7, hours=1),
    }
    scene.holds("Dentist", "Choir")


def test_fault_39_a_zone_whose_rules_change_is_read_by_the_new_ones_within_a_month(at_home, scene, monkeypatch):
    lines = BRUSSELS.format("20270602T090000", "20270602T100000")
    text = resource(f"UID:piano\nDTSTAMP:20261001T080000Z\nSUMMARY:Piano\n{lines}")
    scene.icloud.add(scene.icloud.home, text, "piano.ics")
    assert scene.sync().outcome == "ok"
    assert begins(scene) == {"Piano": datetime(2027, 6, 2, 7, tzinfo=UTC)}
    with (files("tzdata") / "zoneinfo/Africa/Lagos").open("rb") as rules:  # an hour ahead all the year
        new = ZoneInfo.from_file(rules, key="Europe/Brussels")
    known = zones.known
    monkeypatch.setattr(zones, "known", lambda tzid: new if tzid == "Europe/Brussels" else known(tzid))
    for _day in range(37):
        scene.icloud.clock.pass_(86_400)
        assert scene.sync().outcome == "ok"
    assert begins(scene) == {"Piano": datetime(2027, 6, 2, 8, tzinfo=UTC)}
    assert scene.writes == []
    scene.holds("Dentist", "Piano", but={"Piano"})


def begins(scene):
    return {row.title: row.start for row in agenda_of(scene.alice) if row.title != "Dentist"}


HARD = [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)]
HARD += [datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)]


@pytest.mark.parametrize("begin", HARD, ids=["before the gap", "after it", "first half two", "second half two"])
def test_fault_39_a_meeting_at_an_hour_that_comes_twice_or_never_makes_the_round_trip(at_home, scene, begin):
    meeting = activities.create(scene.alice, "meeting", title="Night", start=begin, end=begin + timedelta(minutes=20))
    scene.stage.settle(scene.alice)
    phone = Phone(scene.icloud.world, scene.icloud.account)
    phone.edit(phone.find("Night"), title="Night shift")
    scene.stage.settle(scene.alice)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.start, meeting.end) == ("Night shift", begin, begin + timedelta(minutes=20))
    scene.holds("Dentist", "Night shift")
