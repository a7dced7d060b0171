from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from agenda.ical import zones
from agenda.ical.privatezone import Zones
from agenda.ical.read import read
from agenda.ical.vtimezone import describe
from tests.agenda.ical.texts import corpus, event, resource


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Brussels", "Europe/Brussels"),
        ("europe/brussels", "Europe/Brussels"),
        ('"Europe/Brussels"', "Europe/Brussels"),
        ("/mozilla.org/20050126_1/Europe/Brussels", "Europe/Brussels"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("/example.org/UTC", "UTC"),
    ],
)
def test_a_zone_is_known_by_many_names(tzid, name):
    zone = zones.known(tzid)
    assert zone is not None and zone.key == name


@pytest.mark.parametrize(
    "tzid", ["", "/", "../../etc/passwd", "Customized Time Zone", "Firm/UTC", "x" * 10_000, "Europe"]
)
def test_a_private_name_is_not_guessed(tzid):
    assert zones.known(tzid) is None


def test_a_path_before_the_name_is_passed_over_and_start_and_end_may_differ_in_zone():
    when = read(corpus("path_zone.ics")).when
    assert when.zone == "Europe/Brussels"
    assert when.end.astimezone(UTC) == datetime(2026, 11, 26, 16, tzinfo=UTC)  # type: ignore[attr-defined]


def test_a_windows_name_is_understood():
    assert read(corpus("windows_zone.ics")).when.zone == "Europe/Berlin"


def test_a_private_zone_gives_its_offsets_and_its_name_is_forgotten():
    when = read(corpus("private_zone.ics")).when
    assert (when.zone, when.start) == ("UTC", datetime(2026, 10, 20, 5, 30, tzinfo=UTC))
    elsewhere = event('DTSTART;TZID="Customized Time Zone 1":20261020T090000')
    assert read(elsewhere).when.start == datetime(2026, 10, 20, 9)


def test_a_known_name_wins_over_the_vtimezone_beside_it():
    lie = "BEGIN:VTIMEZONE\nTZID:Europe/Brussels\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\n"
    lie += "TZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
    text = resource("UID:a\nDTSTART;TZID=Europe/Brussels:20261126T100000", zones=lie)
    assert read(text).when.start == datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_the_location_in_a_vtimezone_names_its_zone():
    hint = "BEGIN:VTIMEZONE\nTZID:Here\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\n"
    assert read(resource("UID:a\nDTSTART;TZID=Here:20261126T100000", zones=hint)).when.zone == "Asia/Tokyo"


def test_a_bomb_in_a_vtimezone_costs_nothing():
    bomb = corpus("private_zone.ics").replace("FREQ=YEARLY", "FREQ=SECONDLY")
    assert read(bomb).when.start == datetime(2026, 10, 20, 6, 30, tzinfo=UTC)


def test_the_lost_and_the_doubled_hour_follow_the_standard():
    lost = read(event("DTSTART;TZID=Europe/Brussels:20260329T023000")).when
    doubled = read(event("DTSTART;TZID=Europe/Brussels:20261025T023000")).when
    assert lost.start.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # type: ignore[attr-defined]
    assert doubled.start.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(available_timezones())[::7] + ["Africa/Casablanca", "America/New_York"])
def test_our_description_of_a_zone_says_what_the_zone_does(name):
    described = Zones("\n".join(describe(name, 2026, 2027)).replace(f"TZID:{name}", "TZID:Private")).get("Private")
    assert described is not None
    moment, end = datetime(2025, 1, 1, 0, 30, tzinfo=UTC), datetime(2028, 12, 31, tzinfo=UTC)
    while moment < end:
        here, there = moment.astimezone(ZoneInfo(name)), moment.astimezone(described)
        assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
        assert here.utcoffset() == there.replace(fold=here.fold).utcoffset()
        moment += timedelta(hours=13)


@pytest.mark.parametrize(
    ("tzid", "utc"),
    [("UTC+11", 23), ("GMT-03:00", 13), ('"GMT-03:00"', 13), ("utc +1", 9), ("UTC+5:30", 10), ("GMT+99", 10)],
)
def test_a_name_that_only_says_a_distance_is_that_distance(tzid, utc):
    """What is no whole number of hours, or beyond the world, is a wall time like every unknown name."""
    day = 25 if utc == 23 else 26
    found = read(event(f"DTSTART;TZID={tzid}:20261126T100000")).when.instants(ZoneInfo("UTC"))[0]
    assert found == datetime(2026, 11, day, utc, tzinfo=UTC)


def test_a_zone_whose_parts_begin_on_a_date_is_understood():
    zone = "BEGIN:VTIMEZONE\nTZID:Court\nBEGIN:STANDARD\nDTSTART;VALUE=DATE:20170101\nTZOFFSETFROM:+1100\n"
    zone += "TZOFFSETTO:+1100\nEND:STANDARD\nEND:VTIMEZONE\n"
    text = resource("UID:a\nDTSTART;TZID=Court:20261126T230000", zones=zone)
    assert read(text).when.start == datetime(2026, 11, 26, 12, tzinfo=UTC)
