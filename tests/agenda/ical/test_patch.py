from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import ndiff
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.content import EventContent, FieldGroup, TimeKind, When
from agenda.ical.read import Unreadable, read
from agenda.ical.resource import parse
from agenda.ical.write import patch
from tests.agenda.ical.kept import OWNED, STAMPS, kept_lines
from tests.agenda.ical.strategies import TITLES, resources
from tests.agenda.ical.texts import NAMES, corpus, event

STAMP = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
LATER = When(
    TimeKind.ZONED,
    datetime(2026, 12, 1, 9, tzinfo=BRUSSELS),
    datetime(2026, 12, 1, 10, tzinfo=BRUSSELS),
    "Europe/Brussels",
)
APPLE = corpus("apple_single.ics")
READABLE = [name for name in NAMES if name not in ("todo.ics", "broken_start.ics", "broken_but_timed.ics")]


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the physical lines that went, and those that came."""
    found = list(ndiff(before.split("\r\n"), after.split("\r\n")))
    return [line[2:] for line in found if line[0] == "-"], [line[2:] for line in found if line[0] == "+"]


def test_a_new_title_touches_one_line_and_the_stamps():
    gone, come = difference(APPLE, patch(APPLE, replace(read(APPLE), title="Cello"), {FieldGroup.TITLE}, stamp=STAMP))
    assert gone == ["DTSTAMP:20261120T101501Z", "LAST-MODIFIED:20261120T101501Z", "SUMMARY:Violin lesson\\, room 3"]
    assert come == ["DTSTAMP:20261123T123000Z", "LAST-MODIFIED:20261123T123000Z", "SUMMARY:Cello"]


def test_a_new_time_keeps_the_zone_as_it_was_written():
    text = corpus("path_zone.ics")
    come = difference(text, patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP))[1]
    assert "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Brussels:20261201T090000" in come
    assert "SEQUENCE:1" in come


def test_a_new_zone_comes_with_its_description():
    tokyo = ZoneInfo("Asia/Tokyo")
    when = When(TimeKind.ZONED, LATER.start.astimezone(tokyo), LATER.end.astimezone(tokyo), "Asia/Tokyo")  # type: ignore[attr-defined]
    when = replace(when, end=datetime(2026, 12, 1, 20, tzinfo=tokyo))
    text = patch(APPLE, replace(read(APPLE), when=when), {FieldGroup.TIME}, stamp=STAMP)
    assert text.index("TZID:Asia/Tokyo") < text.index("BEGIN:VEVENT")
    assert read(text).when == when


def test_a_description_of_the_zone_that_is_there_is_used():
    text = APPLE.replace("DTSTART;TZID=Europe/Brussels:20261124T103000", "DTSTART:20261124T093000Z")
    assert patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP).count("BEGIN:VTIMEZONE") == 1


def test_a_duration_becomes_an_end():
    text = corpus("floating_duration.ics")
    after = patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP)
    assert "DURATION" not in after and "DTEND;TZID=Europe/Brussels:20261201T100000" in after


def test_a_meeting_becomes_a_day_and_back():
    day = When(TimeKind.DATE, date(2026, 12, 1), date(2026, 12, 2))
    dated = patch(APPLE, replace(read(APPLE), when=day), {FieldGroup.TIME}, stamp=STAMP)
    assert "DTSTART;VALUE=DATE:20261201" in dated and read(dated).when == day
    timed = patch(dated, replace(read(dated), when=LATER), {FieldGroup.TIME}, stamp=STAMP)
    assert read(timed).when == LATER and "SEQUENCE:2" in timed


def test_notes_of_an_alarm_are_not_the_events():
    after = patch(APPLE, replace(read(APPLE), notes=""), {FieldGroup.NOTES}, stamp=STAMP)
    assert after.count("DESCRIPTION:") == 1 and "DESCRIPTION:Reminder" in after
    again = patch(after, replace(read(after), notes="New"), {FieldGroup.NOTES}, stamp=STAMP)
    assert read(again).notes == "New" and again.index("DESCRIPTION:New") < again.index("BEGIN:VALARM")


def test_a_new_fence_leaves_the_notes_and_new_notes_leave_the_fence():
    fenced = patch(APPLE, replace(read(APPLE), notes="ignored", fence="Customer: X"), {FieldGroup.FENCE}, stamp=STAMP)
    assert (read(fenced).notes, read(fenced).fence) == (read(APPLE).notes, "Customer: X")
    noted = patch(fenced, replace(read(fenced), notes="Mine", fence=""), {FieldGroup.NOTES}, stamp=STAMP)
    assert (read(noted).notes, read(noted).fence) == ("Mine", "Customer: X")


def test_the_title_of_a_series_changes_and_its_overrides_keep_theirs():
    text = corpus("series_with_overrides.ics")
    gone, come = difference(text, patch(text, replace(read(text), title="Band"), {FieldGroup.TITLE}, stamp=STAMP))
    assert gone.count("SUMMARY:Choir") == 1 and come.count("SUMMARY:Band") == 1


def test_the_time_of_a_series_is_not_changed_from_here():
    text = corpus("series_with_overrides.ics")
    with pytest.raises(ValueError, match="series"):
        patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP)


def test_a_text_that_already_says_it_stays_itself():
    assert patch(APPLE, read(APPLE), set(FieldGroup), stamp=STAMP) == APPLE


def test_bare_line_ends_and_bad_folding_stay_as_they_are():
    text = corpus("bad_folding.ics").replace("\r\n", "\n")
    after = patch(text, replace(read(text), notes="Whole"), {FieldGroup.NOTES}, stamp=STAMP)
    assert "\r" not in after and "second line" not in after
    assert 'X-TITLE="Somewhere\nin the middle":geo:1,2' in after


def test_a_second_stamp_goes_and_missing_ones_come():
    text = patch(
        corpus("bad_folding.ics"), replace(read(corpus("bad_folding.ics")), title="X"), {FieldGroup.TITLE}, stamp=STAMP
    )
    assert text.count("DTSTAMP") == 1 and text.count("LAST-MODIFIED:20261123T123000Z") == 1


def test_guests_survive_byte_for_byte():
    text = corpus("invitation.ics")
    after = patch(text, replace(read(text), title="X", when=LATER), set(FieldGroup), stamp=STAMP)
    for line in text.split("\r\n"):
        if line.startswith(("ATTENDEE", "ORGANIZER", " DS-ACTION")):
            assert line in after.split("\r\n")


def test_a_zone_with_a_colon_in_its_name_is_quoted_again():
    text = event('DTSTART;TZID="/a:b/Europe/Brussels":20261124T103000')
    after = patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP)
    assert 'DTSTART;TZID="/a:b/Europe/Brussels":20261201T090000' in after and read(after).when == LATER


def test_what_cannot_be_read_is_not_patched():
    with pytest.raises(Unreadable):
        patch(corpus("broken_start.ics"), read(APPLE), {FieldGroup.TITLE}, stamp=STAMP)


GROUPS = st.sets(st.sampled_from(list(FieldGroup)))
CONTENTS = st.builds(
    EventContent,
    uid=st.just("other"),
    when=st.sampled_from([LATER, When(TimeKind.DATE, date(2026, 12, 1), date(2026, 12, 2))]),
    title=TITLES,
    place=TITLES,
    notes=TITLES,
    fence=st.sampled_from(["", "Customer: X", "Customer: X\ntel:+32 470"]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.one_of(resources(), st.sampled_from([corpus(name) for name in READABLE])), CONTENTS, GROUPS)
def test_a_patch_changes_its_groups_and_nothing_else(text, content, groups):
    before = read(text)
    if before.recurring:
        groups = groups - {FieldGroup.TIME}
    patched = patch(text, content, groups, stamp=STAMP)
    after = read(patched)
    for group in FieldGroup:
        said = content if group in groups else before
        if group is FieldGroup.TIME:  # whether it is busy stays the phone's
            assert after.when.canonical() == said.when.canonical() and after.busy is before.busy
        else:
            assert after.canonical(group) == said.canonical(group)
    owned, place = STAMPS.union(*(OWNED[group] for group in groups)), parse(text).place
    assert kept_lines(patched, owned, place) == kept_lines(text, owned, place)


def test_the_language_of_a_title_stays_and_a_link_to_its_old_form_goes():
    text = event("DTSTART:20261124T103000Z", 'SUMMARY;LANGUAGE=nl;ALTREP="cid:a":Les', 'LOCATION;X-A="b: c":Hier')
    after = patch(text, replace(read(text), title="Lesson", place="There"), set(FieldGroup), stamp=STAMP)
    assert "SUMMARY;LANGUAGE=nl:Lesson\r\n" in after and 'LOCATION;X-A="b: c":There\r\n' in after


def test_a_title_in_quoted_printable_becomes_plain_text():
    text = event("DTSTART:20261124T103000Z", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9 =", "at ten")
    assert read(text).title == "Café at ten"
    after = patch(text, replace(read(text), title="Tea, at ten"), {FieldGroup.TITLE}, stamp=STAMP)
    assert "SUMMARY:Tea\\, at ten\r\n" in after and "=C3" not in after


def test_a_zone_without_its_description_gets_it():
    """iCloud refuses a TZID whose VTIMEZONE is missing (A58); a REPORT may have left it out (A68)."""
    text = corpus("path_zone.ics")
    after = patch(text, replace(read(text), when=LATER), {FieldGroup.TIME}, stamp=STAMP)
    assert "TZID:/mozilla.org/20050126_1/Europe/Brussels\r\n" in after and after.count("BEGIN:VTIMEZONE") == 1


def test_a_property_folded_before_its_colon_is_found():
    text = event("DTSTART:20261124T103000Z", "SUMMARY", " :Old", "LOCATION", " ;LANGUAGE=nl", " :Here")
    after = patch(text, replace(read(text), title="New", place="There"), set(FieldGroup), stamp=STAMP)
    assert "Old" not in after and "LOCATION;LANGUAGE=nl:There\r\n" in after


def test_a_meeting_that_moves_counts_up_and_one_renamed_does_not():
    moved = patch(APPLE, replace(read(APPLE), when=LATER), {FieldGroup.TIME}, stamp=STAMP)
    renamed = patch(APPLE, replace(read(APPLE), title="Cello"), {FieldGroup.TITLE}, stamp=STAMP)
    again = patch(moved, replace(read(moved), when=read(APPLE).when), {FieldGroup.TIME}, stamp=STAMP)
    assert [number(text) for text in (APPLE, moved, renamed, again)] == [0, 1, 0, 2]


def number(text: str) -> int:
    """Return the SEQUENCE of a text."""
    return int(text.partition("\nSEQUENCE:")[2].partition("\r")[0] or 0)
