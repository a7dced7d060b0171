from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from agenda.content import Busy, EventContent, FieldGroup, TimeKind, When

BRUSSELS, LONDON = ZoneInfo("Europe/Brussels"), ZoneInfo("Europe/London")
DAY = When(TimeKind.DATE, date(2026, 11, 23), date(2026, 11, 24))
CONTENT = EventContent(
    uid="u", when=DAY, title="Dentist", place="Quay 4", notes="Bring card\nBe early", fence="Customer: X"
)


def zoned(hour: int, zone: ZoneInfo) -> When:
    start, end = (datetime(2026, 11, 23, hour + more, tzinfo=zone) for more in (0, 1))
    return When(TimeKind.ZONED, start, end, zone.key)


def test_a_day_is_the_owners_day():
    assert DAY.instants(ZoneInfo("Asia/Tokyo"))[0] == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_a_wall_time_is_the_owners_wall_time():
    wall = When(TimeKind.FLOATING, datetime(2026, 11, 23, 9), datetime(2026, 11, 23, 10))
    assert wall.instants(BRUSSELS) == zoned(9, BRUSSELS).instants(LONDON)


def test_a_wall_time_in_the_lost_hour_does_not_end_before_it_starts():
    wall = When(TimeKind.FLOATING, datetime(2026, 3, 29, 2, 45), datetime(2026, 3, 29, 3, 0))
    start, end = wall.instants(BRUSSELS)
    assert start == end


def test_the_same_instants_are_the_same_time_whatever_the_zone():
    assert zoned(9, BRUSSELS).canonical() == zoned(8, LONDON).canonical()


def test_the_three_kinds_of_time_are_never_equal():
    midnight = datetime(2026, 11, 23), datetime(2026, 11, 24)
    kinds = [
        DAY,
        When(TimeKind.FLOATING, *midnight),
        When(TimeKind.ZONED, midnight[0].replace(tzinfo=UTC), midnight[1].replace(tzinfo=UTC), "UTC"),
    ]
    assert len({when.canonical() for when in kinds}) == 3


@pytest.mark.parametrize(
    "again", ["Bring card\r\nBe early", "Bring card  \nBe early\n\n", "\n Bring card\nBe early"[1:].strip()]
)
def test_line_ends_and_outer_blanks_are_no_change_of_the_notes(again):
    assert replace(CONTENT, notes=again).canonical(FieldGroup.NOTES) == CONTENT.canonical(FieldGroup.NOTES)


@pytest.mark.parametrize(
    ("group", "change"),
    [
        (FieldGroup.TIME, {"when": zoned(9, BRUSSELS)}),
        (FieldGroup.TIME, {"busy": Busy.FREE}),
        (FieldGroup.TIME, {"cancelled": True}),
        (FieldGroup.TIME, {"declined": True}),
        (FieldGroup.TIME, {"series": "{}"}),
        (FieldGroup.TITLE, {"title": "Doctor"}),
        (FieldGroup.PLACE, {"place": ""}),
        (FieldGroup.NOTES, {"notes": "Bring card"}),
        (FieldGroup.FENCE, {"fence": ""}),
    ],
)
def test_a_change_shows_in_its_own_group_only(group, change):
    changed = replace(CONTENT, **change)
    assert [one for one in FieldGroup if changed.canonical(one) != CONTENT.canonical(one)] == [group]


def test_what_is_cancelled_or_declined_is_not_shown():
    assert CONTENT.shown and not replace(CONTENT, cancelled=True).shown and not replace(CONTENT, declined=True).shown
