from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.content import Busy, EventContent, FieldGroup, TimeKind, When
from agenda.ical.read import read
from agenda.ical.write import new_event
from tests.agenda.ical.strategies import TITLES, WALLS, ZONES

STAMP = datetime(2026, 11, 23, 12, 30, tzinfo=ZoneInfo("Europe/Brussels"))
DAY = When(TimeKind.DATE, date(2026, 12, 24), date(2026, 12, 26))
MEETING = EventContent(uid="a1b2", when=DAY, title="Demo", place="Quay 4", notes="Bring cake", fence="Customer: X")


def at(instant: datetime, zone: str, hours: int = 1) -> When:
    place = ZoneInfo(zone)
    return When(TimeKind.ZONED, instant.astimezone(place), (instant + timedelta(hours=hours)).astimezone(place), zone)


def test_an_event_is_written_as_icloud_wants_it():
    text = new_event(replace(MEETING, when=at(datetime(2026, 12, 1, 9, tzinfo=UTC), "Europe/Brussels")), stamp=STAMP)
    lines = text.split("\r\n")
    assert "DTSTART;TZID=Europe/Brussels:20261201T100000" in lines
    assert "DTEND;TZID=Europe/Brussels:20261201T110000" in lines
    assert {"DTSTAMP:20261123T113000Z", "CREATED:20261123T113000Z", "LAST-MODIFIED:20261123T113000Z"} <= set(lines)
    assert {"STATUS:CONFIRMED", "TRANSP:OPAQUE", "SEQUENCE:0", "TZID:Europe/Brussels", "VERSION:2.0"} <= set(lines)
    assert not any(line.startswith(("METHOD", "ATTENDEE", "ORGANIZER")) for line in lines)
    assert "\n" not in text.replace("\r\n", "")


def test_days_are_written_as_days():
    text = new_event(MEETING, stamp=STAMP)
    assert "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261226\r\n" in text
    assert "VTIMEZONE" not in text


def test_the_second_of_a_doubled_hour_is_written_in_utc():
    second = at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Brussels")
    text = new_event(replace(MEETING, when=second), stamp=STAMP)
    assert "DTSTART:20261025T013000Z" in text and "VTIMEZONE" not in text


@pytest.mark.parametrize(("busy", "line"), [(Busy.FREE, "TRANSP:TRANSPARENT"), (Busy.TENTATIVE, "STATUS:TENTATIVE")])
def test_what_it_does_to_the_day_is_written(busy, line):
    text = new_event(replace(MEETING, busy=busy), stamp=STAMP)
    assert f"{line}\r\n" in text and read(text).busy is busy


@given(TITLES, st.text(max_size=300), TITLES)
def test_any_text_fits_in_lines_of_75_octets_and_comes_back(title, place, notes):
    content = replace(MEETING, title=title, place=place, notes=notes)
    text = new_event(content, stamp=STAMP)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert read(text).canonical(FieldGroup.TITLE) == content.canonical(FieldGroup.TITLE)
    assert len(icalendar.Calendar.from_ical(text).events) == 1


def test_a_text_cannot_smuggle_in_a_line():
    text = new_event(replace(MEETING, title="A\r\nATTENDEE:mailto:x@y.example", uid="u\r\nX:1"), stamp=STAMP)
    assert not any(line.startswith(("ATTENDEE", "X:")) for line in text.split("\r\n"))


@pytest.mark.parametrize("uid", ["", "u" * 65])
def test_a_uid_that_icloud_would_refuse_is_refused(uid):
    with pytest.raises(ValueError, match="64"):
        new_event(replace(MEETING, uid=uid), stamp=STAMP)


def test_a_series_cannot_be_written_from_its_content():
    with pytest.raises(ValueError, match="series"):
        new_event(replace(MEETING, series="{}"), stamp=STAMP)


@given(WALLS, st.sampled_from(ZONES), st.integers(0, 400))
def test_an_event_reads_as_it_was_written(wall, zone, hours):
    content = replace(MEETING, when=at(wall.replace(tzinfo=UTC), zone, hours))
    again = read(new_event(content, stamp=STAMP))
    assert all(again.canonical(group) == content.canonical(group) for group in FieldGroup)
