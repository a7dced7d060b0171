from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.content import Busy, TimeKind, When
from agenda.ical.recurrence import NotAnEvent, Unreadable, expand
from tests.agenda.ical.texts import corpus, event, resource

BRUSSELS = ZoneInfo("Europe/Brussels")


def expanded(text: str, first: str = "2026-11-01", last: str = "2027-02-01", **more):
    start, end = (datetime.fromisoformat(day).replace(tzinfo=BRUSSELS) for day in (first, last))
    return expand(text, start=start, end=end, home=more.pop("home", BRUSSELS), **more)


def begins(text: str, *window: str, **more) -> list[str]:
    return [f"{span.when.start:%Y-%m-%d %H:%M}" for span in expanded(text, *window, **more).spans]


def test_a_single_event_is_one_span_without_a_recurrence_id():
    found = expanded(corpus("apple_single.ics"))
    assert [span.recurrence_id for span in found.spans] == [""]
    assert found.complete


@pytest.mark.parametrize(
    ("window", "complete"), [(("2026-11-25", "2026-11-26"), True), (("2026-11-01", "2026-11-02"), False)]
)
def test_a_single_event_outside_the_window_gives_nothing(window, complete):
    found = expanded(corpus("apple_single.ics"), *window)
    assert (found.spans, found.complete) == ((), complete)


def test_a_series_is_drawn_with_its_exceptions_and_overrides():
    text = corpus("series_with_overrides.ics")
    assert begins(text, "2026-10-26", "2027-01-12") == [
        "2026-10-26 19:30",
        "2026-11-09 19:30",
        "2026-11-16 19:30",
        "2026-11-24 20:00",
        "2026-12-07 19:30",
        "2026-12-14 19:30",
        "2026-12-21 19:30",
        "2027-01-11 19:30",
    ]


def test_an_override_says_what_it_says_otherwise_and_keeps_its_slot():
    span = expanded(corpus("series_with_overrides.ics"), "2026-11-24", "2026-11-25").spans[0]
    assert (span.recurrence_id, span.title, span.place) == (
        "20261123T183000Z",
        "Choir (with orchestra)",
        "Town theatre",
    )
    assert span.notes is None


def test_an_occurrence_keeps_its_wall_time_over_the_change_of_the_clock():
    spans = expanded(corpus("series_with_overrides.ics"), "2026-10-19", "2026-10-27").spans
    assert [span.recurrence_id for span in spans] == ["20261019T173000Z", "20261026T183000Z"]


def test_an_override_moved_into_the_window_is_drawn_and_one_moved_out_is_not():
    text = resource(
        "UID:a\nDTSTART:20261102T090000Z\nDTEND:20261102T100000Z\nRRULE:FREQ=MONTHLY",
        "UID:a\nRECURRENCE-ID:20270602T090000Z\nDTSTART:20261115T090000Z\nDTEND:20261115T100000Z",
        "UID:a\nRECURRENCE-ID:20261202T090000Z\nDTSTART:20270815T090000Z\nDTEND:20270815T100000Z",
    )
    assert begins(text) == ["2026-11-02 09:00", "2026-11-15 09:00", "2027-01-02 09:00"]


def test_overrides_without_a_master_are_drawn():
    found = expanded(corpus("override_alone.ics"))
    assert [(span.recurrence_id, span.title) for span in found.spans] == [
        ("20261124T090000Z", None),
        ("20261201T090000Z", "Second"),
    ]
    assert found.complete


def test_an_all_day_series_stays_on_its_dates():
    found = expanded(corpus("all_day_series.ics"), "2020-01-01", "2033-01-01")
    assert [span.recurrence_id for span in found.spans] == ["20200229", "20270301", "20280229", "20320229"]
    assert found.spans[0].when == When(TimeKind.DATE, date(2020, 2, 29), date(2020, 3, 1))


@pytest.mark.parametrize("home", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_day_belongs_to_the_window_of_its_owners_zone(home):
    text = event("DTSTART;VALUE=DATE:20261101", "RRULE:FREQ=DAILY")
    zone = ZoneInfo(home)
    found = expand(text, start=datetime(2026, 11, 5, tzinfo=zone), end=datetime(2026, 11, 7, tzinfo=zone), home=zone)
    assert [span.recurrence_id for span in found.spans] == ["20261105", "20261106"]


def test_a_floating_series_is_read_in_its_owners_zone():
    text = event("DTSTART:20261101T233000", "DTEND:20261102T003000", "RRULE:FREQ=DAILY")
    found = expanded(text, "2026-11-05", "2026-11-06")
    assert [span.recurrence_id for span in found.spans] == ["20261104T233000", "20261105T233000"]


def test_a_start_in_the_lost_hour_keeps_its_length():
    text = event(
        "DTSTART;TZID=Europe/Brussels:20270327T023000", "DTEND;TZID=Europe/Brussels:20270327T033000", "RRULE:FREQ=DAILY"
    )
    lost = expanded(text, "2027-03-28", "2027-03-29").spans[0]
    assert lost.when.instants(BRUSSELS) == (
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 2, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("rule", "last", "complete"),
    [
        ("FREQ=WEEKLY;COUNT=3", "2026-11-16 10:00", True),
        ("FREQ=WEEKLY;UNTIL=20261116T090000Z", "2026-11-16 10:00", True),
        ("FREQ=WEEKLY;UNTIL=20261116T085959Z", "2026-11-09 10:00", True),
        ("FREQ=WEEKLY;UNTIL=20261116", "2026-11-16 10:00", True),
        ("FREQ=WEEKLY;UNTIL=20261116T100000", "2026-11-16 10:00", True),
        ("FREQ=WEEKLY;COUNT=-1;UNTIL=20261110T000000Z", "2026-11-09 10:00", True),
        ("FREQ=WEEKLY;COUNT=20", "2027-01-25 10:00", False),
        ("FREQ=WEEKLY;UNTIL=20280101T000000Z", "2027-01-25 10:00", False),
        ("FREQ=WEEKLY", "2027-01-25 10:00", False),
        ("FREQ=HOURLY;INTERVAL=12;COUNT=4", "2026-11-03 22:00", True),
    ],
)
def test_a_rule_ends_where_it_says(rule, last, complete):
    found = expanded(event("DTSTART;TZID=Europe/Brussels:20261102T100000", f"RRULE:{rule}"))
    assert f"{found.spans[-1].when.start:%Y-%m-%d %H:%M}" == last
    assert found.complete is complete


def test_periods_and_dates_add_occurrences():
    text = event(
        "DTSTART:20261102T090000Z",
        "DTEND:20261102T100000Z",
        "RDATE;VALUE=PERIOD:20261104T090000Z/20261104T120000Z,20261105T090000Z/PT2H",
        "RDATE:20261110T080000Z,20261110T080000Z",
    )
    lengths = [span.when.end - span.when.start for span in expanded(text).spans]
    assert lengths == [timedelta(hours=hours) for hours in (1, 3, 2, 1)]


def test_an_exception_given_as_a_date_takes_out_that_day():
    text = event(
        "DTSTART;TZID=Europe/Brussels:20261102T003000", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20261103"
    )
    assert begins(text) == ["2026-11-02 00:30", "2026-11-04 00:30"]


def test_an_exclusion_rule_takes_out_what_it_matches():
    text = event("DTSTART:20261102T090000Z", "RRULE:FREQ=DAILY;COUNT=14", "EXRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert begins(text) == ["2026-11-07 09:00", "2026-11-08 09:00", "2026-11-14 09:00", "2026-11-15 09:00"]


def test_a_private_zones_series_follows_its_own_clock():
    instants = [span.when.start for span in expanded(corpus("private_zone.ics"), "2026-10-01", "2026-12-01").spans]
    assert instants == [
        datetime(2026, 10, 20, 5, 30, tzinfo=UTC),
        datetime(2026, 10, 27, 6, 30, tzinfo=UTC),
        datetime(2026, 11, 3, 6, 30, tzinfo=UTC),
    ]


def test_a_declined_override_is_left_out_and_a_waiting_one_is_tentative():
    boss = "ORGANIZER:mailto:dirk@firm.example"
    text = resource(
        "UID:a\nDTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;COUNT=3",
        f"UID:a\nRECURRENCE-ID:20261103T090000Z\nDTSTART:20261103T090000Z\n{boss}\nATTENDEE;PARTSTAT=DECLINED:mailto:a@x.example",
        f"UID:a\nRECURRENCE-ID:20261104T090000Z\nDTSTART:20261104T090000Z\n{boss}\nATTENDEE:mailto:a@x.example",
    )
    found = expanded(text, me=frozenset({"a@x.example"}))
    assert [(span.recurrence_id[:8], span.busy) for span in found.spans] == [
        ("20261102", Busy.BUSY),
        ("20261104", Busy.TENTATIVE),
    ]


def test_a_cancelled_series_gives_nothing():
    assert begins(event("DTSTART:20261102T090000Z", "RRULE:FREQ=DAILY", "STATUS:CANCELLED")) == []


def test_what_cannot_be_read_cannot_be_expanded():
    with pytest.raises(Unreadable):
        expanded(corpus("broken_start.ics"))
    with pytest.raises(NotAnEvent):
        expanded(corpus("todo.ics"))


def test_a_counted_series_that_began_long_ago_is_drawn_still():
    text = event("DTSTART:19900101T090000Z", "RRULE:FREQ=DAILY;COUNT=20000")
    assert len(expanded(text).spans) == 92
