from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.ical.errors import TooMuch
from agenda.ical.rules import Rule, canonical
from agenda.ical.walk import wall_starts
from tests.agenda.ical.test_expand_oracle import rules

FIRST = st.datetimes(datetime(2015, 1, 1), datetime(2026, 1, 1)).map(lambda wall: wall.replace(microsecond=0))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(rules(dated=False, floating=True, forms=False), FIRST, st.integers(0, 6_000))
def test_a_rule_is_walked_as_dateutil_walks_it(written, first, days):
    rule, low = Rule.read(written), first + timedelta(days=days)
    high = low + timedelta(days=400)
    last = rule.last_wall(lambda moment: moment)
    ours = [start for start in wall_starts(rule, first, low, min(high, last or high)) if start >= low]
    assert ours == rrulestr(written, dtstart=first).between(low, high, inc=True)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("freq=weekly;interval=1;wkst=mo;byday=we,mo", "BYDAY=MO,WE;FREQ=WEEKLY"),
        ("FREQ=DAILY;COUNT=3;", "COUNT=3;FREQ=DAILY"),
        ("nonsense", "NONSENSE"),
    ],
)
def test_a_rule_has_one_form(written, expected):
    assert canonical(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "FREQ=NEVER",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;FREQ=DAILY",
    ],
)
def test_what_is_no_rule_is_refused(written):
    with pytest.raises(ValueError, match="rule|int"):
        Rule.read(written)


def test_a_rule_without_a_count_starts_where_it_is_needed():
    starts = wall_starts(
        Rule.read("FREQ=DAILY"), datetime(1, 1, 1), datetime(2026, 1, 1), datetime(2027, 1, 1), budget=9
    )
    assert next(starts) == datetime(2026, 1, 1)


def test_a_rule_that_takes_too_long_is_left():
    starts = wall_starts(
        Rule.read("FREQ=DAILY;COUNT=900000"), datetime(1, 1, 1), datetime(2026, 1, 1), datetime(2027, 1, 1)
    )
    with pytest.raises(TooMuch):
        list(islice(starts, 900_000))
