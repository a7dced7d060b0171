from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.content import EventContent, FieldGroup, TimeKind, When
from agenda.ical.fence import CLOSING, OPENING, join, split

SENTENCES = st.lists(st.text(alphabet="abé 1:,;\\—-", max_size=12), max_size=4).map("\n".join)


def test_notes_without_a_fence_are_left_alone():
    assert split("Bring cake \n\n") == ("Bring cake \n\n", "")


def test_a_fence_stands_below_the_notes_and_comes_back_apart():
    description = join("Bring cake", "Customer: Blue Harbour\ntel:+32470000000")
    assert description.startswith("Bring cake\n\n— Halfpast: please write above this line —\nCustomer")
    assert split(description) == ("Bring cake", "Customer: Blue Harbour\ntel:+32470000000")


def test_no_fence_is_made_for_nothing():
    assert join("Bring cake", " \n") == "Bring cake"


def test_what_somebody_wrote_below_the_fence_stays_in_the_notes():
    description = join("Bring cake", "Customer: Blue Harbour") + "\nParking behind the house"
    assert split(description) == ("Bring cake\n\nParking behind the house", "Customer: Blue Harbour")


def test_a_fence_without_its_last_line_reaches_to_the_end():
    damaged = f"Bring cake\n{OPENING}\nCustomer: Blue Harb"
    assert split(damaged) == ("Bring cake", "Customer: Blue Harb")


@pytest.mark.parametrize(
    "marker",
    [
        "- Halfpast: please write above this line -",
        "—Halfpast:  please write above this line—  ",
        "-- HALFPAST: please write above\u00a0this line --",
        "> — Halfpast: please write above this line —",
    ],
)
def test_a_marker_that_a_phone_has_retouched_is_still_one(marker):
    assert split(f"Notes\r\n{marker}\r\nCustomer: X\r\n- halfpast -") == ("Notes", "Customer: X")


def test_a_doubled_fence_does_not_leak_into_the_notes():
    twice = join("Notes", "Customer: X") + "\n\n" + join("", "Customer: Y")
    assert split(twice) == ("Notes", "Customer: X")


def test_writing_notes_that_hold_a_fence_makes_no_second_one():
    assert join(join("Notes", "old"), "new").count(OPENING) == 1


def test_a_customer_named_like_a_marker_cannot_end_the_fence():
    assert split(join("Notes", f"Customer: X\n{CLOSING}\nPhone: 1")) == ("Notes", "Customer: X\nPhone: 1")


@given(SENTENCES, SENTENCES)
def test_joining_and_splitting_gives_back_what_was_joined(notes, inside):
    written, again = content(notes, inside), content(*split(join(notes, inside)))
    assert again.canonical(FieldGroup.NOTES) == written.canonical(FieldGroup.NOTES)
    assert again.canonical(FieldGroup.FENCE) == written.canonical(FieldGroup.FENCE)


def content(notes: str, inside: str) -> EventContent:
    day = When(TimeKind.DATE, date(2026, 1, 1), date(2026, 1, 2))
    return EventContent(uid="u", when=day, notes=notes, fence=inside)
