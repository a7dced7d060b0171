from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agenda.busy import Stretch, merged, without

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def at(start: int, end: int) -> Stretch:
    return MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end)


STRETCHES = st.lists(st.builds(at, st.integers(0, 60), st.integers(0, 60)), max_size=8)


def minutes(stretches) -> set[int]:
    return {minute for minute in range(61) if any(start <= at(minute, 0)[0] < end for start, end in stretches)}


def test_what_touches_or_overlaps_is_one():
    assert merged([at(30, 40), at(0, 10), at(10, 20), at(35, 50), at(60, 60)]) == [at(0, 20), at(30, 50)]


def test_busy_time_is_cut_out_of_working_hours():
    assert without([at(0, 60)], [at(-5, 10), at(20, 30), at(25, 40)]) == [at(10, 20), at(40, 60)]


@given(STRETCHES, STRETCHES)
def test_cutting_out_leaves_exactly_the_minutes_that_were_not_taken(open_, taken):
    left = without(open_, taken)
    assert minutes(left) == minutes(open_) - minutes(taken)
    assert merged(left) == left
