"""Fingerprints."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agenda.content import MERGED_GROUPS, Busy, EventContent, FieldGroup, TimeKind, When
from integrations.sync.core.fingerprint import differing, fingerprints

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
DENTIST = EventContent("uid", When(TimeKind.ZONED, TEN, TEN.replace(hour=11), "UTC"), title="Dentist", place="Dentist")


def keyed(data: bytes) -> str:
    return hmac.new(b"key", data, hashlib.sha256).hexdigest()[:32]


def test_there_is_one_for_each_group():
    assert set(fingerprints(DENTIST, keyed)) == set(FieldGroup)


def test_the_same_words_in_two_groups_do_not_look_alike():
    found = fingerprints(DENTIST, keyed)
    assert found[FieldGroup.TITLE] != found[FieldGroup.PLACE]


@pytest.mark.parametrize(
    ("change", "group"),
    [
        ({"title": "Doctor"}, FieldGroup.TITLE),
        ({"place": "Hospital"}, FieldGroup.PLACE),
        ({"notes": "bring papers"}, FieldGroup.NOTES),
        ({"fence": "Customer: Dupont"}, FieldGroup.FENCE),
        ({"busy": Busy.FREE}, FieldGroup.TIME),
        ({"cancelled": True}, FieldGroup.TIME),
        ({"series": "FREQ=DAILY"}, FieldGroup.TIME),
    ],
)
def test_a_change_shows_in_its_own_group_alone(change, group):
    changed = replace(DENTIST, **change)
    assert differing(fingerprints(DENTIST, keyed), fingerprints(changed, keyed), list(FieldGroup)) == {group}


def test_the_same_instant_in_another_zone_is_no_change():
    brussels = ZoneInfo("Europe/Brussels")
    when = When(TimeKind.ZONED, TEN.astimezone(brussels), TEN.replace(hour=11).astimezone(brussels), "Europe/Brussels")
    assert fingerprints(replace(DENTIST, when=when), keyed) == fingerprints(DENTIST, keyed)


def test_line_ends_and_outer_blanks_are_no_change():
    one, two = replace(DENTIST, notes="a\r\nb \r\n"), replace(DENTIST, notes="a\nb")
    assert fingerprints(one, keyed) == fingerprints(two, keyed)


def test_a_group_that_only_one_side_has_differs():
    assert differing({FieldGroup.TITLE: "x"}, {}, MERGED_GROUPS) == {FieldGroup.TITLE}
    assert differing({}, {}, MERGED_GROUPS) == set()
