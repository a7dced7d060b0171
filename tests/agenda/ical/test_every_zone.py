"""I15: the same instant before and after, in every zone there is; days and wall times stay where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from agenda.content import EventContent, FieldGroup, TimeKind, When
from agenda.ical.read import read
from agenda.ical.recurrence import expand
from agenda.ical.write import new_event, patch
from tests.agenda.ical.texts import event

STAMP = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ZONES = sorted(available_timezones())
DAY = When(TimeKind.DATE, date(2026, 3, 29), date(2026, 3, 30))
FLOATING = When(TimeKind.FLOATING, datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 30))
MEETING = EventContent(uid="a1b2", when=DAY, title="Demo")
#: around the changes of clocks in both halves of the world, and in a summer far ahead
INSTANTS = ["2026-03-29T00:30", "2026-04-04T15:30", "2026-10-25T01:30", "2026-11-01T06:30", "2031-07-01T12:00"]


def at(instant: str, zone: str) -> When:
    """Return an hour that begins at an instant, in a zone."""
    start, place = datetime.fromisoformat(instant).replace(tzinfo=UTC), ZoneInfo(zone)
    return When(TimeKind.ZONED, start.astimezone(place), (start + timedelta(hours=1)).astimezone(place), zone)


def test_an_instant_survives_in_every_zone():
    for number, zone in enumerate(ZONES):
        when = at(INSTANTS[number % len(INSTANTS)], zone)
        assert read(new_event(replace(MEETING, when=when), stamp=STAMP)).when.canonical() == when.canonical(), zone


@pytest.mark.parametrize("instant", INSTANTS)
@pytest.mark.parametrize("zone", ["Europe/Brussels", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York"])
def test_every_instant_survives_where_clocks_change(instant, zone):
    when = at(instant, zone)
    assert read(new_event(replace(MEETING, when=when), stamp=STAMP)).when.canonical() == when.canonical()


def test_an_event_that_moves_into_a_zone_is_there_at_the_instant_it_was_moved_to():
    text = new_event(replace(MEETING, when=at("2030-05-05T10:00", "Europe/Brussels")), stamp=STAMP)
    for number, zone in enumerate(ZONES):
        when = at(INSTANTS[number % len(INSTANTS)], zone)
        moved = patch(text, replace(MEETING, when=when), {FieldGroup.TIME}, stamp=STAMP)
        assert read(moved).when.canonical() == when.canonical(), zone
        assert "TZID" not in moved.partition("BEGIN:VEVENT")[2] or f"TZID:{zone}\r\n" in moved, zone


@pytest.mark.parametrize("when", [DAY, FLOATING])
def test_a_day_and_a_wall_time_are_written_as_they_are_wherever_their_owner_lives(when):
    text = new_event(replace(MEETING, when=when), stamp=STAMP)
    assert read(text).when == when and "TZID" not in text
    for zone in ZONES[::7]:
        home = ZoneInfo(zone)
        window = datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
        assert [span.when for span in expand(text, start=window[0], end=window[1], home=home).spans] == [when], zone


def test_a_day_begins_at_its_owners_midnight_and_a_wall_time_is_read_on_his_clock():
    for zone in ZONES:
        home = ZoneInfo(zone)
        assert DAY.instants(home)[0] == datetime(2026, 3, 29, tzinfo=home).astimezone(UTC)
        shown = FLOATING.instants(home)[0].astimezone(home).replace(tzinfo=None)
        jumped = shown - datetime(2026, 3, 29, 2, 30)  # over the hour, and over two of them at Troll
        assert jumped in (timedelta(0), timedelta(hours=1), timedelta(hours=2)), zone


def test_a_series_of_days_never_shifts():
    text = event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=WEEKLY")
    for zone in ZONES[::5]:
        home = ZoneInfo(zone)
        start, end = datetime(2026, 1, 1, tzinfo=home), datetime(2027, 1, 1, tzinfo=home)
        spans = expand(text, start=start, end=end, home=home).spans
        assert len(spans) == 53 and {span.when.start.weekday() for span in spans} == {3}, zone


def test_a_weekly_meeting_keeps_its_wall_time_in_every_zone():
    for zone in ZONES[::5]:
        text = event(f"DTSTART;TZID={zone}:20260105T120000", f"DTEND;TZID={zone}:20260105T130000", "RRULE:FREQ=WEEKLY")
        window = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        spans = expand(text, start=window[0], end=window[1], home=ZoneInfo("UTC")).spans
        assert len(spans) == 52 and {f"{span.when.start:%H%M}" for span in spans} == {"1200"}, zone
