"""I14 over the real files: their times agree with another library's, but for what is explained here."""

from __future__ import annotations

import re
import warnings
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.ical.errors import NotAnEvent, TooMuch, Unreadable
from agenda.ical.read import read
from agenda.ical.recurrence import expand
from tests.agenda.ical.realfiles import RealFile, resources
from tests.agenda.ical.test_expand_oracle import instant, standing

DAY = "an all-day event that ends on its first day lasts that day here, and no time there"
ENDS_EARLY = "an end before the start is no end here; there the two change places"
MIXED = "a day that ends at a time ends with a day here"
CACHED = "the zone is described nowhere; there it is remembered from another file"
EXPLAINED = {
    "icalendar/tests/calendars/example.ics": DAY,
    "recurring_ical_events/test/calendars/Germany_Holidays.ics": DAY,
    "recurring_ical_events/test/calendars/end_before_start_event.ics": ENDS_EARLY,
    "recurring_ical_events/test/calendars/issue_132_swapped_start_and_end.ics": ENDS_EARLY,
    "recurring_ical_events/test/calendars/issue_201_test_matrix.ics": MIXED,
    "icalendar/tests/calendars/issue_526_calendar_with_different_events.ics": CACHED,
    "icalendar/tests/calendars/issue_526_calendar_with_event_subset.ics": CACHED,
    "icalendar/tests/calendars/issue_526_calendar_with_events.ics": CACHED,
    "icalendar/tests/calendars/issue_526_calendar_with_shuffeled_events.ics": CACHED,
    "recurring_ical_events/test/calendars/issue_253_additional_recurrence_id.ics": (
        "an override older than its master is drawn here, as somebody's busy time; there it is passed over"
    ),
    "recurring_ical_events/test/calendars/issue_75_range_parameter.ics": (
        "RANGE=THISANDFUTURE, which no client of ours writes (A65), moves one occurrence here"
    ),
    "recurring_ical_events/test/calendars/issue_86_x_wr_timezone_without_time_zone_in_dt.ics": (
        "X-WR-TIMEZONE is of a whole calendar's export; a floating time is its owner's wall time here"
    ),
}


_REPEATS = re.compile(r"^(RRULE|RDATE|RECURRENCE-ID)[:;]", re.MULTILINE)


def found_alike(one: RealFile) -> bool | None:
    """Compare the spans from a month before the start to 18 months after it; None where one side cannot tell."""
    try:
        start = read(one.text).when.instants(ZoneInfo("UTC"))[0]
        window = start - timedelta(days=31), start + timedelta(days=548)
        ours = expand(one.text, start=window[0], end=window[1], home=ZoneInfo("UTC"))
        theirs = standing(one.text, *window)
        known = sorted((instant(event.start), instant(event.end)) for event in theirs)
    except (Unreadable, NotAnEvent, TooMuch, OverflowError):
        return None
    except Exception:  # noqa: BLE001  the other library gives up on what is broken in its own ways
        return None
    return sorted((instant(span.when.start), instant(span.when.end)) for span in ours.spans) == known


def chosen() -> list[RealFile]:
    """Return every series, and of single events the first of each shape."""
    first = {one.shape: one for one in reversed(resources())}
    return [one for one in resources() if _REPEATS.search(one.text) or first[one.shape] is one]


@pytest.fixture(scope="module")
def compared():
    """Compare each once. The other library remembers zones for its process, so the order is kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {one.name: found_alike(one) for one in chosen()}


def test_real_series_are_expanded_as_another_library_does(compared):
    told = [alike for alike in compared.values() if alike is not None]
    different = {name.partition("#")[0] for name, alike in compared.items() if alike is False}
    print(f"{sum(told)} of {len(told)} resources alike; different: {len(told) - sum(told)} in {len(different)} files")
    assert len(told) > 400
    assert different <= set(EXPLAINED), different - set(EXPLAINED)
