from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.content import Busy, FieldGroup, TimeKind, When
from agenda.ical.read import NotAnEvent, Unreadable, read
from tests.agenda.ical.texts import NAMES, corpus, event, resource

BRUSSELS = ZoneInfo("Europe/Brussels")
ALICE = frozenset({"mailto:alice@icloud.example", "/aMTY4/principal"})


def zoned(start: datetime, end: datetime, zone: str) -> When:
    place = ZoneInfo(zone)
    return When(TimeKind.ZONED, start.replace(tzinfo=place), end.replace(tzinfo=place), zone)


def test_an_event_of_a_phone_is_read_whole():
    content = read(corpus("apple_single.ics"))
    assert content.uid == "5B2E6F0A-1D1C-4C51-9E1B-0C7A1E5D0001"
    assert content.title == "Violin lesson, room 3"
    assert content.place == "Quai aux Briques 4\n1000 Brussels"
    assert content.notes == "Bring the étude; and rosin.\nBack door is open."
    assert content.when == zoned(datetime(2026, 11, 24, 10, 30), datetime(2026, 11, 24, 11, 30), "Europe/Brussels")
    assert content.modified == datetime(2026, 11, 20, 10, 15, 1, tzinfo=UTC)
    assert not content.recurring and content.shown and content.busy is Busy.BUSY


def test_an_all_day_event_keeps_its_dates_and_is_free_when_it_says_so():
    content = read(corpus("all_day_trip.ics"))
    assert content.when == When(TimeKind.DATE, date(2026, 12, 24), date(2026, 12, 28))
    assert content.busy is Busy.FREE


def test_eight_digits_without_value_date_are_a_day():
    assert read(corpus("bare_date.ics")).when == When(TimeKind.DATE, date(2026, 11, 5), date(2026, 11, 6))


def test_a_duration_ends_a_floating_event():
    content = read(corpus("floating_duration.ics"))
    assert content.when == When(TimeKind.FLOATING, datetime(2026, 11, 5, 7), datetime(2026, 11, 5, 7, 45))
    assert content.busy is Busy.TENTATIVE


def test_an_invitation_waits_for_its_answer():
    content = read(corpus("invitation.ics"), me=ALICE)
    assert content.invitation and content.guests == 3
    assert content.busy is Busy.TENTATIVE and not content.declined


def test_a_declined_invitation_is_not_shown():
    content = read(corpus("invitation.ics"), me=frozenset({"filip@firm.example"}))
    assert content.declined and not content.shown


def test_an_own_meeting_is_no_invitation():
    content = read(corpus("invitation.ics"), me=frozenset({"DIRK@firm.example"}))
    assert not content.invitation and content.busy is Busy.BUSY


def test_a_series_of_overrides_alone_starts_with_the_first():
    content = read(corpus("override_alone.ics"))
    assert content.title == "First" and content.recurring
    assert content.when.start == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_an_end_before_the_start_is_no_end():
    content = read(corpus("bad_folding.ics"))
    assert content.title == "Folded badly"
    assert content.when.start == content.when.end == datetime(2026, 11, 26, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["DTSTART;VALUE=DATE:20261126"], date(2026, 11, 27)),
        (["DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261126"], date(2026, 11, 27)),
        (["DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261125"], date(2026, 11, 27)),
        (["DTSTART;VALUE=DATE:20261126", "DURATION:P2D"], date(2026, 11, 28)),
        (["DTSTART;VALUE=DATE:20261126", "DURATION:PT30H"], date(2026, 11, 28)),
        (["DTSTART:20261126T100000Z"], datetime(2026, 11, 26, 10, tzinfo=UTC)),
        (["DTSTART:20261126T100000Z", "DURATION:-PT1H"], datetime(2026, 11, 26, 10, tzinfo=UTC)),
        (["DTSTART:20261126T100000Z", "DTEND;VALUE=DATE:20261127"], datetime(2026, 11, 27, tzinfo=UTC)),
        (["DTSTART:20261126T1000Z", "DTEND:20261126t110060z"], datetime(2026, 11, 26, 11, 0, 59, tzinfo=UTC)),
    ],
)
def test_an_end_is_always_found(lines, end):
    assert read(event(*lines)).when.end == end


def test_days_of_a_duration_are_of_the_wall_clock_and_hours_are_exact():
    by_days = read(event("DTSTART;TZID=Europe/Brussels:20261024T120000", "DURATION:P1D"))
    by_hours = read(event("DTSTART;TZID=Europe/Brussels:20261024T120000", "DURATION:PT24H"))
    assert by_days.when.end == datetime(2026, 10, 25, 12, tzinfo=BRUSSELS)
    assert by_hours.when.end == datetime(2026, 10, 25, 11, tzinfo=BRUSSELS)


def test_a_start_in_the_lost_hour_is_an_hour_later_and_never_after_its_end():
    when = read(
        event("DTSTART;TZID=Europe/Brussels:20260329T023000", "DTEND;TZID=Europe/Brussels:20260329T031500")
    ).when
    start, end = when.instants(BRUSSELS)
    assert start == end == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_task_is_not_an_event():
    with pytest.raises(NotAnEvent):
        read(corpus("todo.ics"))


def test_an_event_without_a_legible_start_cannot_be_read():
    with pytest.raises(Unreadable) as refused:
        read(corpus("broken_start.ics"))
    assert refused.value.when is None and "When?" not in refused.value.reason


def test_of_a_broken_event_the_time_is_saved():
    with pytest.raises(Unreadable) as refused:
        read(corpus("broken_but_timed.ics"))
    assert refused.value.when == When(
        TimeKind.ZONED, datetime(2026, 11, 26, 15, tzinfo=UTC), datetime(2026, 11, 26, 16, tzinfo=UTC), "UTC"
    )


@pytest.mark.parametrize("text", ["", "\0", "<html>sorry</html>", "/etc/hostname", "BEGIN:VEVENT", "a" * 100_000])
def test_what_is_no_calendar_is_refused_without_reading_a_file(text):
    with pytest.raises((Unreadable, NotAnEvent)):
        read(text)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(name, data):
    text = corpus(name)
    start = data.draw(st.integers(0, len(text)))
    middle = data.draw(
        st.sampled_from(["", "\r\n", "\0", '"', ";", ":", "\ud800", "BEGIN:VEVENT\r\n", "END:VEVENT\r\n"])
    )
    try:
        read(text[:start] + middle + text[start + data.draw(st.integers(0, 40)) :])
    except (Unreadable, NotAnEvent):
        pass


def test_control_characters_do_not_come_in():
    assert read(event("DTSTART:20261126T100000Z", "SUMMARY:Den\0tist\x07", "LOCATION:a\tb")).title == "Dentist"


def test_the_fence_is_kept_apart_from_the_notes():
    written = "DESCRIPTION:Mine\\n\\n— Halfpast: please write above this line —\\nCustomer: X\\n— Halfpast —"
    content = read(event("DTSTART:20261126T100000Z", written))
    assert (content.notes, content.fence) == ("Mine", "Customer: X")


SERIES = corpus("series_with_overrides.ics")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DTSTAMP:20260901T080000Z", "DTSTAMP:20261111T080000Z\r\nSEQUENCE:9\r\nX-SERVER:was here"),
        ("SUMMARY:Choir\r\n", "SUMMARY:Cho\r\n ir\r\n"),
        ("FREQ=WEEKLY;UNTIL=20270628T215959Z", "UNTIL=20270628T215959Z;INTERVAL=1;FREQ=WEEKLY;WKST=MO"),
        ("EXDATE;TZID=Europe/Brussels:20261102T193000\r\n", "EXDATE:20261102T183000Z,20261102T183000Z\r\n"),
        ("RECURRENCE-ID:20261123T183000Z", "RECURRENCE-ID;TZID=America/New_York:20261123T133000"),
        ("STATUS:CANCELLED\r\n", "STATUS:CANCELLED\r\nBEGIN:VALARM\r\nACTION:NONE\r\nEND:VALARM\r\n"),
    ],
)
def test_a_servers_noise_does_not_change_a_series(old, new):
    assert old in SERIES
    assert read(SERIES.replace(old, new)).canonical(FieldGroup.TIME) == read(SERIES).canonical(FieldGroup.TIME)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FREQ=WEEKLY", "FREQ=DAILY"),
        ("UNTIL=20270628", "UNTIL=20270627"),
        ("20261228T193000", "20261229T193000"),
        ("DTEND;TZID=Europe/Brussels:20261124T220000", "DTEND;TZID=Europe/Brussels:20261124T230000"),
        ("(with orchestra)", "(without)"),
        ("Town theatre", "Church"),
        ("STATUS:CANCELLED", "STATUS:CONFIRMED"),
        ("LAST-MODIFIED:20261001T080000Z", "DESCRIPTION:Bring scores"),
        ("TZID=Europe/Brussels", "TZID=Africa/Lagos"),
    ],
)
def test_any_change_of_a_series_changes_its_time(old, new):
    assert old in SERIES
    assert read(SERIES.replace(old, new)).canonical(FieldGroup.TIME) != read(SERIES).canonical(FieldGroup.TIME)


def test_the_order_of_overrides_means_nothing():
    head, *events = SERIES.split("BEGIN:VEVENT\r\n")
    last = events[-1].replace("END:VCALENDAR\r\n", "")
    turned = "BEGIN:VEVENT\r\n".join([head, last, *events[1:-1], events[0]]) + "END:VCALENDAR\r\n"
    assert read(turned) == read(SERIES)


def test_a_title_of_a_megabyte_is_cut():
    assert len(read(event("DTSTART:20261126T100000Z", "SUMMARY:" + "x" * 1_000_000)).title) == 5_000


def test_two_events_of_one_resource_count_the_guests_of_either():
    text = resource(
        "UID:a\nDTSTART:20261126T100000Z\nRRULE:FREQ=DAILY",
        "UID:a\nRECURRENCE-ID:20261127T100000Z\nDTSTART:20261127T100000Z\nATTENDEE:mailto:x@y.example",
    )
    assert read(text).guests == 1
