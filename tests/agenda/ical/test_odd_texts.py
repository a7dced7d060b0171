"""What old programs, careless servers and hasty exports write is read as it was meant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from agenda.content import FieldGroup
from agenda.ical import careful, plain
from agenda.ical.decode import decoded
from agenda.ical.read import read
from agenda.ical.recurrence import expand
from tests.agenda.ical.texts import event, resource

TEN = "DTSTART:20261126T100000Z"
CAFE = event(TEN, "SUMMARY:Café — 10 €")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_calendar_is_read_in_whatever_its_program_wrote(encoding):
    assert read(decoded(CAFE.encode(encoding))).title == "Café — 10 €"


@pytest.mark.parametrize(
    ("encoding", "declared"), [("koi8-r", "KOI8-R"), ("utf-8", "iso-8859-1"), ("shift_jis", "Shift_JIS")]
)
def test_what_is_declared_counts_where_the_bytes_are_not_utf_8(encoding, declared):
    title = "Встреча" if encoding != "shift_jis" else "会議"
    assert read(decoded(event(TEN, f"SUMMARY:{title}").encode(encoding), declared)).title == title


@pytest.mark.parametrize("declared", ["", "zip", "idna", "rot13", "no such charset", "\0"])
def test_no_byte_and_no_charset_is_refused(declared):
    assert len(decoded(bytes(range(256)), declared)) == 256


def test_a_mark_before_the_first_line_is_passed_over():
    assert read("\ufeff" + CAFE).title == "Café — 10 €"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9 at ten", "Café at ten"),
        ("SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9", "Café"),
        ("SUMMARY;QUOTED-PRINTABLE:one =\ntwo =\nthree", "one two three"),
        ("SUMMARY;ENCODING=quoted-printable:a=0D=0Ab\\; c", "a b; c"),
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE:50=% =ZZ", "50=% =ZZ"),
    ],
)
def test_quoted_printable_is_unquoted(line, title):
    text = event(TEN, *line.split("\n"), "LOCATION:1=2")
    assert plain.events(text) is None  # such a text is for the careful path
    assert (read(text).title, read(text).place) == (title, "1=2")


def test_a_title_is_one_line_without_control_characters():
    text = event(TEN, "SUMMARY:Den\0tist\\nat \\n ten\x85\u2028sharp\x9b\ttoday", "LOCATION:Quay 4\\nHarbour")
    assert read(text).title == "Dentist at ten sharp today"
    assert read(text).place == "Quay 4\nHarbour"


def test_an_overrides_title_is_one_line_too():
    text = resource(f"UID:a\n{TEN}\nRRULE:FREQ=DAILY;COUNT=1", f"UID:a\nRECURRENCE-ID{TEN[7:]}\n{TEN}\nSUMMARY:A\\nB")
    window = datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
    found = expand(text, start=window[0], end=window[1], home=ZoneInfo("UTC"))
    assert [span.title for span in found.spans] == ["A B"]


def test_of_doubled_properties_the_first_counts():
    content = read(event(TEN, "SUMMARY:First", "SUMMARY:Second", "DTSTART:20301126T100000Z", "STATUS:TENTATIVE"))
    assert content.title == "First" and content.when.start == datetime(2026, 11, 26, 10, tzinfo=UTC)


def test_an_event_without_title_end_and_stamps_is_an_event():
    content = read(resource("UID:a\nDTSTART:20261126T100000Z"))
    assert content.title == "" and content.when.end == content.when.start and content.modified is None


@pytest.mark.parametrize("first_sequence", [1, 3])
def test_of_two_versions_in_one_resource_the_later_counts(first_sequence):
    versions = [f"UID:a\n{TEN}\nSUMMARY:{n}\nSEQUENCE:{n}" for n in (first_sequence, 2)]
    assert read(resource(*versions)).title == str(max(first_sequence, 2))


def test_of_two_versions_of_one_occurrence_the_later_counts():
    slot = "UID:a\nRECURRENCE-ID:20261127T100000Z\nDTSTART:20261127T110000Z"
    versions = [f"{slot}\nSUMMARY:{n}\nSEQUENCE:{n}" for n in (2, 1)]
    series = read(resource(f"UID:a\n{TEN}\nRRULE:FREQ=DAILY", *versions)).series
    assert '"2"' in series and '"1"' not in series


def test_another_event_in_the_same_text_is_not_a_version_of_it():
    text = resource(f"UID:a\n{TEN}\nSUMMARY:Mine", f"UID:b\n{TEN}\nSUMMARY:Not mine\nSEQUENCE:9")
    assert read(text).title == "Mine"


def test_a_broken_rule_is_kept_as_it_is_written():
    text = event('DTSTART;TZID="Nowhere, really":20261126T100000', "RRULE:FREQ=DAILY;COUNT=x;BYDAY=MO,TU")
    assert careful.events(text)[0].rules == ["BYDAY=MO,TU;COUNT=x".upper() + ";FREQ=DAILY"]


def test_a_period_of_dates_is_of_midnights():
    text = event(TEN, "RDATE;VALUE=PERIOD:20261128/20261129")
    assert plain.events(text) == careful.events(text)
    window = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    spans = expand(text, start=window[0], end=window[1], home=ZoneInfo("UTC")).spans
    assert [(span.when.start.day, span.when.end.day) for span in spans] == [(28, 29)]


@pytest.mark.parametrize("status", ["confirmed", " CONFIRMED "])
def test_enums_are_read_in_any_letters(status):
    assert read(event(TEN, f"STATUS:{status}", "TRANSP:transparent")).busy == "free"


@pytest.mark.parametrize("label", ["PUBLIC", "PRIVATE", "CONFIDENTIAL", "X-TOP-SECRET"])
def test_how_private_an_event_calls_itself_changes_nothing(label):
    """Every block is private here; CLASS stays in its text for others to read."""
    assert read(event(TEN, f"CLASS:{label}")) == read(event(TEN))


def test_a_day_in_a_series_of_days_stays_on_its_date_wherever_its_exception_was_written():
    text = event("DTSTART;VALUE=DATE:20261101", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261102T000000Z")
    window = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    spans = expand(text, start=window[0], end=window[1], home=ZoneInfo("Pacific/Auckland")).spans
    assert [span.when.start for span in spans] == [date(2026, 11, 1), date(2026, 11, 3)]


def test_text_below_the_fence_keeps_its_odd_line_ends():
    said = "DESCRIPTION:One\u2028two\\n\\n— Halfpast: please write above this line —\\nCustomer: X\\n— Halfpast —"
    assert read(event(TEN, said)).canonical(FieldGroup.NOTES) == "One\u2028two".encode()
