"""The brakes: what is held, and what goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.models import HeldPlan
from integrations.sync.core.actions import CreateLocal, DeleteLocal, DeleteRemote, Merge, UpdateLocal, UpdateRemote
from integrations.sync.core.brakes import CalendarFacts, Hold, HoldReason, Planned, check, limit

from .values import TIME, TITLE

HOME = "home"


def deletions(count: int, **facts) -> list[Planned]:
    return [Planned(f"gone-{n}", HOME, DeleteLocal(f"gone-{n}"), **facts) for n in range(count)]


def held(planned, **facts) -> list[Hold]:
    return check(planned, {HOME: CalendarFacts(**facts)})


def links(planned) -> tuple[str, ...]:
    return tuple(item.link for item in planned)


@pytest.mark.parametrize(
    ("of", "most"), [(0, 5), (1, 5), (25, 5), (29, 5), (30, 6), (59, 11), (60, 12), (125, 25), (126, 25), (50_000, 25)]
)
def test_the_limit_is_a_fifth_but_at_least_5_and_at_most_25(of: int, most: int):
    assert limit(of) == most


@pytest.mark.parametrize(
    ("count", "of"), [(5, 6), (5, 10), (12, 60), (25, 125), (25, 50_000)], ids=lambda number: str(number)
)
def test_as_many_deletions_as_the_limit_pass(count: int, of: int):
    assert held(deletions(count), links=of) == []


@pytest.mark.parametrize(
    ("count", "of"), [(6, 10), (12, 12), (12, 59), (13, 60), (26, 50_000)], ids=lambda number: str(number)
)
def test_one_more_than_the_limit_holds_them_all(count: int, of: int):
    wave = deletions(count)
    assert held(wave, links=of) == [Hold(HOME, HoldReason.DELETIONS, links(wave))]


def test_what_went_within_24_hours_counts():
    assert held(deletions(2), links=7, deleted_last_24h=3) == []
    assert held(deletions(3), links=7, deleted_last_24h=3) != []


def test_a_wave_is_the_same_in_one_run_or_in_two():
    """12 of 60 pass at once; they pass as well when 6 of them went this morning."""
    assert held(deletions(6), links=54, deleted_last_24h=6) == []
    assert held(deletions(7), links=54, deleted_last_24h=6) != []


def test_what_went_before_holds_nothing_that_is_not_a_deletion():
    assert held([], links=10, deleted_last_24h=9) == []


def test_deletions_that_somebody_asked_for_here_pass_and_do_not_count():
    asked = deletions(40, asked=True)
    assert held(asked, links=50) == []
    assert held([*asked, *[replace(item, link=f"x{item.link}", asked=False) for item in asked[:5]]], links=50) == []


def test_what_the_owner_answered_with_apply_passes():
    wave = deletions(8)
    answered = [replace(item, answered=True) for item in wave[:2]]
    assert held([*answered, *wave[2:]], links=10) == [Hold(HOME, HoldReason.DELETIONS, links(wave[2:]))]
    assert held([replace(item, answered=True) for item in wave], links=10) == []


def test_a_wave_on_the_other_side_is_held_too():
    """Somebody emptied his telephone: his colleagues' copies do not follow without their word."""
    wave = [Planned(f"copy-{n}", HOME, DeleteRemote(f"copy-{n}", asked_here=False)) for n in range(6)]
    assert held(wave, links=10) == [Hold(HOME, HoldReason.DELETIONS, links(wave))]


def test_everything_not_held_goes_on():
    edits = [Planned("edit", HOME, UpdateLocal("edit", frozenset({TITLE}))), Planned("new", HOME, CreateLocal("new"))]
    [hold] = held([*edits, *deletions(6)], links=10)
    assert not {"edit", "new"} & set(hold.links)


def test_one_calendar_does_not_hold_another():
    elsewhere = Planned("other", "work", DeleteLocal("other"))
    holds = check([*deletions(6), elsewhere], {HOME: CalendarFacts(links=10), "work": CalendarFacts(links=10)})
    assert [hold.calendar for hold in holds] == [HOME]


def test_a_listing_that_lost_everything_is_held_however_little_it_was():
    both = deletions(2)
    assert held(both, links=2, lost_everything=True) == [Hold(HOME, HoldReason.SHRUNKEN, links(both))]


def test_the_only_item_of_a_calendar_may_go():
    assert held(deletions(1), links=1, lost_everything=True) == []


def test_a_lost_listing_is_told_once():
    [hold] = held(deletions(30), links=30, lost_everything=True)
    assert hold.reason is HoldReason.SHRUNKEN


def test_a_calendar_nobody_described_is_taken_for_a_small_one():
    assert check(deletions(5), {}) == []
    assert check(deletions(6), {}) != []


def moves(count: int, shift: float | None = 3600.0) -> list[Planned]:
    return [Planned(f"m{n}", HOME, UpdateLocal(f"m{n}", frozenset({TIME})), time_shift=shift) for n in range(count)]


def test_a_mass_move_by_the_same_time_is_held():
    wave = moves(6)
    assert held(wave, links=10) == [Hold(HOME, HoldReason.MOVES, links(wave))]
    assert held(moves(5), links=10) == []


def test_moves_by_different_times_go_on():
    scattered = [replace(item, time_shift=60.0 * n) for n, item in enumerate(moves(20))]
    assert held(scattered, links=20) == []


def test_a_change_that_moves_nothing_is_no_move():
    assert held(moves(20, shift=0.0), links=20) == []
    assert held(moves(20, shift=None), links=20) == []


def test_a_merge_that_takes_the_remote_time_counts_as_a_move():
    wave = [replace(item, action=Merge(item.link, {TIME: "remote"})) for item in moves(6)]
    assert held(wave, links=10)[0].reason is HoldReason.MOVES
    ours = [replace(item, action=Merge(item.link, {TIME: "local", TITLE: "remote"})) for item in moves(6)]
    assert held(ours, links=10) == []


def test_a_move_that_we_send_is_never_held():
    ours = [replace(item, action=UpdateRemote(item.link, frozenset({TIME}))) for item in moves(30)]
    assert held(ours, links=30) == []


def test_mass_creations_that_look_like_duplicates_are_held():
    wave = [Planned(f"c{n}", HOME, CreateLocal(f"c{n}"), looks_like_duplicate=True) for n in range(6)]
    fresh = [Planned(f"f{n}", HOME, CreateLocal(f"f{n}")) for n in range(500)]
    assert held([*wave, *fresh], links=10) == [Hold(HOME, HoldReason.CREATIONS, links(wave))]
    assert held([*wave[:5], *fresh], links=10) == []


def test_the_reasons_are_those_of_the_rows():
    assert {reason.value for reason in HoldReason} == set(HeldPlan.Reason.values)
