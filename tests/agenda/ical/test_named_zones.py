"""Zones that a text names and does not describe are described before it is sent."""

from __future__ import annotations

import re
import time

import pytest

from agenda.ical.named_zones import described
from agenda.ical.read import read
from tests.agenda.ical.bombs import AMOUNTS
from tests.agenda.ical.texts import corpus, event

ZONED = event("DTSTART;TZID=Europe/Brussels:20270601T090000", "DTEND;TZID=Europe/Brussels:20270601T100000")


def zones_of(text: str) -> list[str]:
    return re.findall(r"^BEGIN:VTIMEZONE\r\nTZID:(.*)\r$", text, re.MULTILINE)


def test_a_zone_that_is_missing_is_added_before_the_event_and_the_rest_stays():
    text = described(ZONED)
    assert zones_of(text) == ["Europe/Brussels"]
    assert re.sub(r"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", "", text, flags=re.DOTALL) == ZONED
    assert read(text) == read(ZONED)


@pytest.mark.parametrize("name", ["apple_single.ics", "floating_duration.ics", "private_zone.ics"])
def test_a_text_that_describes_its_zones_stays_as_it_is(name):
    assert described(corpus(name)) == corpus(name)


@pytest.mark.parametrize("tzid", ["Romance Standard Time", "/mozilla.org/20050126_1/Europe/Brussels"])
def test_a_zone_is_described_under_the_name_that_is_used(tzid):
    assert zones_of(described(ZONED.replace("Europe/Brussels", tzid))) == [tzid]


def test_every_zone_counts_each_once_even_where_its_name_is_folded():
    text = event(
        "DTSTART;VALUE=DATE-TIME;TZID=Europe/Brus\n sels:20270601T090000",
        "DTEND;TZID=Asia/Tokyo:20270601T180000",
        'EXDATE;TZID="Asia/Tokyo":20270602T160000',
    )
    assert zones_of(described(text)) == ["Europe/Brussels", "Asia/Tokyo"]


@pytest.mark.parametrize("tzid", ["Customized Time Zone", "../../etc/passwd"])
def test_a_name_that_nobody_knows_is_left_alone(tzid):
    text = ZONED.replace("Europe/Brussels", tzid)
    assert described(text) == text


@pytest.mark.parametrize("year", ["0001", "1900", "9999"])
def test_a_strange_year_stops_nothing(year):
    assert zones_of(described(ZONED.replace("2027", year))) == ["Europe/Brussels"]


@pytest.mark.parametrize("name", ["five thousand zones", "zones that never end", "many parameters"])
def test_a_bomb_takes_no_two_seconds(name):
    text = AMOUNTS[name]()
    begun = time.process_time()
    described(text)
    assert time.process_time() - begun < 2
