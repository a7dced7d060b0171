from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from agenda.content import FieldGroup
from agenda.ical.alarms import alarm_lines, alarm_of, alarm_uid, with_alarm
from agenda.ical.read import read
from agenda.ical.resource import parse
from agenda.ical.write import new_event, patch
from tests.agenda.ical.kept import STAMPS, kept_lines
from tests.agenda.ical.realfiles import resources
from tests.agenda.ical.test_new_event import MEETING
from tests.agenda.ical.test_real_patches import _is_readable
from tests.agenda.ical.texts import corpus

STAMP = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
APPLE = corpus("apple_single.ics")
UID = read(APPLE).uid
STARTS = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [0, 15, 30])
def test_an_alarm_rings_so_many_minutes_before(minutes):
    text = with_alarm(APPLE, minutes, stamp=STAMP)
    assert alarm_of(text) == minutes
    rings = {alarm.trigger for alarm in icalendar.Calendar.from_ical(text).events[0].alarms.times}
    assert STARTS - timedelta(minutes=minutes) in rings


def test_an_alarm_that_comes_and_goes_leaves_everything_else_as_it_was():
    rung = with_alarm(APPLE, 15, stamp=STAMP)
    quiet = with_alarm(rung, None, stamp=STAMP)
    assert kept_lines(quiet, STAMPS) == kept_lines(APPLE, STAMPS)
    assert alarm_of(quiet) is None and read(rung) == read(quiet)


def test_changing_an_alarm_makes_no_second_one():
    text = with_alarm(with_alarm(APPLE, 15, stamp=STAMP), 30, stamp=STAMP)
    assert text.count(alarm_uid(UID)) == 1 and alarm_of(text) == 30


def test_an_alarm_that_is_there_is_not_written_again():
    text = with_alarm(APPLE, 15, stamp=STAMP)
    assert with_alarm(text, 15, stamp=datetime(2027, 1, 1, tzinfo=UTC)) == text
    assert with_alarm(APPLE, None, stamp=STAMP) == APPLE


def test_the_alarm_in_a_phones_duplicate_is_not_ours():
    duplicate = with_alarm(APPLE, 15, stamp=STAMP).replace(f"UID:{UID}", "UID:another-event")
    assert alarm_of(duplicate) is None
    assert with_alarm(duplicate, None, stamp=STAMP) == duplicate


def test_an_acknowledged_alarm_is_still_ours():
    text = with_alarm(APPLE, 15, stamp=STAMP)
    seen = text.replace("ACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER", "ACKNOWLEDGED:20261124T090000Z\r\nTRIGGER")
    assert alarm_of(seen) == 15 and alarm_of(with_alarm(seen, None, stamp=STAMP)) is None


def test_an_alarm_survives_an_edit_of_the_event():
    text = with_alarm(APPLE, 15, stamp=STAMP)
    assert alarm_of(patch(text, replace(read(text), title="Cello", notes=""), set(FieldGroup), stamp=STAMP)) == 15


def test_a_new_event_can_have_its_alarm_at_once():
    text = new_event(MEETING, stamp=STAMP, alarm=alarm_lines(MEETING.uid, 15))
    assert alarm_of(text) == 15 and with_alarm(text, 15, stamp=STAMP) == text
    assert "BEGIN:VALARM" not in new_event(MEETING, stamp=STAMP)


def test_an_alarm_comes_and_goes_in_real_files_too():
    for one in resources()[::5]:
        if _is_readable(one):
            there = with_alarm(one.text, 15, stamp=STAMP)
            back = with_alarm(there, None, stamp=STAMP)
            place = parse(one.text).place
            assert alarm_of(there) == 15, one.name
            assert replace(read(there), modified=None) == replace(read(one.text), modified=None), one.name
            assert kept_lines(back, STAMPS, place) == kept_lines(one.text, STAMPS, place), one.name
