"""What holds for every state: no crash, no unfounded deletion, agreement within three rounds and then quiet."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core import agreement
from integrations.sync.core.actions import (
    Action,
    Bug,
    CreateLocal,
    CreateRemote,
    DeleteLocal,
    DeleteRemote,
    Merge,
    MoveLink,
    Nothing,
    RecordAgreement,
    UpdateLocal,
    UpdateRemote,
    Wait,
)
from integrations.sync.core.merge import changed_here, changed_there
from integrations.sync.core.planner import needs_proof, plan
from integrations.sync.core.states import Local, Origin, Remote, State, Thing

from .toy import Agenda, Copy, anything, correlated
from .values import at

SEED = 20261123
CASES = 20_000
chance = st.randoms(use_true_random=False)


def check_any(state: State) -> None:
    """Assert what must hold for one state, possible or not."""
    action = plan(state)
    assert plan(state) == action
    assert action.link == state.link
    assert isinstance(needs_proof(action, state), bool)
    match action:
        case DeleteRemote():
            assert state.local.evidence is not None and not state.local.present and state.remote.present
            assert state.origin is Origin.OURS or state.local.names_item
            assert state.base is not None and not changed_there(state)
        case DeleteLocal():
            assert state.base is not None and not changed_here(state) - {FieldGroup.FENCE}
            assert needs_proof(action, state) or state.remote.proven
        case CreateLocal(survived=False):
            assert state.importable and not state.own_uid
        case Merge():
            assert action.winners and set(action.lost) <= set(action.winners)
            assert all(action.winners[group] != side for group, side in action.lost.items())
    if isinstance(action, CreateRemote | UpdateRemote | DeleteRemote):
        assert state.writable
    if isinstance(action, CreateLocal | UpdateLocal | DeleteLocal):
        assert state.agenda_writable
    if state.remote.present and state.remote.unreadable:
        assert isinstance(action, Wait | Bug)


def check_converges(copy: Copy) -> None:
    """Assert I1 and I2 for one pair: agreement in three rounds, then silence."""
    rounds = copy.run()
    assert len(rounds) <= 3, rounds
    if copy.forgotten:
        return
    last = plan(copy.state())
    assert copy.run() == [], "not quiet"
    if isinstance(last, Nothing) and copy.version is not None and copy.agenda.version is not None:
        assert_same(copy)


def assert_same(copy: Copy) -> None:
    assert copy.version is not None and copy.agenda.version is not None
    stored = {group: copy.stores(word) for group, word in copy.agenda.version.items()}
    assert all(stored[group] == copy.version[group] for group in MERGED_GROUPS)


@given(chance)
def test_the_planner_answers_every_state_and_deletes_nothing_without_a_reason(rng: Random):
    check_any(anything(rng))


@given(chance)
def test_two_sides_agree_within_three_rounds_and_then_are_quiet(rng: Random):
    check_converges(correlated(rng))


@given(chance)
def test_no_edit_is_lost_without_being_named(rng: Random):
    """Every word that only one side said is in the end on both, or named among the lost."""
    copy = correlated(rng)
    state = copy.state()
    action = plan(state)
    if isinstance(action, Merge):
        edited_twice = changed_here(state) & changed_there(state) & set(action.winners)
        differing = {
            group
            for group in edited_twice
            if state.local.fingerprints[group] != state.remote.fingerprints.get(group, "") and group in MERGED_GROUPS
        }
        assert set(action.lost) == differing


def test_twenty_thousand_triples_of_one_seed():
    rng = Random(SEED)
    seen: set[type[Action]] = set()
    for _ in range(CASES):
        check_any(anything(rng))
        copy = correlated(rng)
        seen.add(type(plan(copy.state())))
        check_converges(copy)
    assert {Nothing, RecordAgreement, CreateRemote, UpdateRemote, DeleteRemote, Merge, MoveLink} <= seen
    assert {CreateLocal, UpdateLocal, DeleteLocal, Wait, Bug} <= seen


def two_calendars(rng: Random) -> tuple[Agenda, dict[str, Copy]]:
    """Return one meeting that was edited here, on Alice's phone and on Bob's, or on some of them."""
    agreed = dict.fromkeys(FieldGroup, "agreed")
    agenda = Agenda(dict(agreed), changed_at=dict.fromkeys(FieldGroup, at(0)))
    for group in FieldGroup:
        if rng.random() < 0.4:
            agenda.version = {**(agenda.version or {}), group: "here"}
            agenda.changed_at[group] = at(rng.randint(1, 3))
            agenda.changed_by[group] = rng.choice(["alice", "bob", "carol"])
    copies = {}
    for user in ("alice", "bob"):
        edited = {group: user if rng.random() < 0.4 and group in MERGED_GROUPS else "agreed" for group in FieldGroup}
        about = State("link", Thing.MEETING, Origin.OURS, Local(True), Remote(True), user=user)
        base = agreement.whole(agreed, agreed)
        copies[user] = Copy(agenda, edited, base, modified=at(rng.randint(1, 3)), facts=about)
    return agenda, copies


@given(st.integers(0, 2**32))
def test_later_edit_wins_does_not_depend_on_whose_calendar_is_looked_at_first(seed: int):
    results = []
    for order in permutations(["alice", "bob"]):
        agenda, copies = two_calendars(Random(seed))
        for user in order * 2:
            copies[user].run()
        assert copies["alice"].version == copies["bob"].version == agenda.version
        results.append(agenda.version)
    assert results[0] == results[1]
