"""The table of docs/sync.md: one case a row, and the rules that stand right beside it."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sync.core.actions import (
    Action,
    Bug,
    CreateLocal,
    CreateRemote,
    DeleteLocal,
    DeleteRemote,
    ForgetLink,
    Merge,
    MoveLink,
    Nothing,
    RecordAgreement,
    UpdateLocal,
    UpdateRemote,
)
from integrations.sync.core.planner import plan
from integrations.sync.core.states import Evidence, Local, Origin, Remote, State, Thing

from .values import ABSENT, AGREED, FENCE, LINK, TIME, TITLE, at, base, gone, here, state, there, words

NOT_IMPORTED_YET: dict[str, Any] = {"thing": Thing.NONE, "origin": Origin.THEIRS}
PRIVATE: dict[str, Any] = {"thing": Thing.BLOCK, "origin": Origin.THEIRS}

ROWS: dict[str, tuple[State, Action]] = {
    "same content, never agreed": (
        state(here(title="new"), there(title="new"), None),
        RecordAgreement(LINK),
    ),
    "same content, agreed on something older": (
        state(here(title="new"), there(title="new")),
        RecordAgreement(LINK),
    ),
    "same content, recorded": (
        state(here(), there()),
        Nothing(LINK),
    ),
    "same four groups but another fence, never agreed": (
        state(here(), there(fence="old"), None),
        Merge(LINK, {FENCE: "local"}),
    ),
    "changed here": (
        state(here(title="new"), there()),
        UpdateRemote(LINK, frozenset({TITLE})),
    ),
    "only the fence changed here": (
        state(here(fence="new"), there()),
        UpdateRemote(LINK, frozenset({FENCE})),
    ),
    "changed there": (
        state(here(), there(time="new")),
        UpdateLocal(LINK, frozenset({TIME})),
    ),
    "changed on both sides": (
        state(here(title="new"), there(time="new")),
        Merge(LINK, {TITLE: "local", TIME: "remote"}),
    ),
    "contents differ, never agreed": (
        state(here(since={TITLE: at(0)}, title="mine"), there(modified=at(1), title="theirs"), None),
        Merge(LINK, {TITLE: "remote"}, {TITLE: "local"}),
    ),
    "present here, never written": (
        state(here(), ABSENT, None),
        CreateRemote(LINK),
    ),
    "present here, written once and forgotten": (
        state(here(), ABSENT, None, existed=True),
        CreateRemote(LINK, again=True),
    ),
    "an edit here outlives a deletion there": (
        state(here(title="new"), ABSENT),
        CreateRemote(LINK, again=True, survived=True),
    ),
    "deleted there": (
        state(here(), ABSENT),
        DeleteLocal(LINK),
    ),
    "deleted there, and nothing but our own fence is new here": (
        state(here(fence="new"), ABSENT),
        DeleteLocal(LINK),
    ),
    "not imported yet": (
        state(Local(present=False), there(), None, **NOT_IMPORTED_YET),
        CreateLocal(LINK),
    ),
    "an edit there outlives a deletion here": (
        state(gone(), there(title="new")),
        CreateLocal(LINK, survived=True),
    ),
    "in the trash, never agreed": (
        state(gone(), there(), None),
        CreateLocal(LINK, survived=True),
    ),
    "deleted here": (
        state(gone(), there()),
        DeleteRemote(LINK, asked_here=True),
    ),
    "an import is missing here": (
        state(gone(evidence=None), there(), **PRIVATE),
        CreateLocal(LINK),
    ),
    "an activity is missing here": (
        state(gone(evidence=None), there()),
        Bug(LINK, "an activity is missing without having been deleted"),
    ),
    "gone on both sides": (
        state(gone(), ABSENT),
        ForgetLink(LINK),
    ),
    "unchanged": (
        state(here(title="long"), there(title="lo"), base(words(title="long"), words(title="lo"))),
        Nothing(LINK),
    ),
    "moved to another calendar": (
        state(here(), Remote(present=False, moved_to="other")),
        MoveLink(LINK, "other"),
    ),
}


@pytest.mark.parametrize(("given", "expected"), ROWS.values(), ids=ROWS)
def test_each_row_of_the_table(given: State, expected: Action):
    assert plan(given) == expected


TWO_HALVES = base(words(title="A title of ours"), words(title="A title"))


def test_a_server_that_rewrites_text_causes_no_traffic():
    assert plan(state(here(title="A title of ours"), there(title="A title"), TWO_HALVES)) == Nothing(LINK)


def test_behind_a_rewriting_server_a_change_here_goes_out():
    assert plan(state(here(title="Another"), there(title="A title"), TWO_HALVES)) == UpdateRemote(
        LINK, frozenset({TITLE})
    )


def test_behind_a_rewriting_server_a_change_there_comes_in():
    assert plan(state(here(title="A title of ours"), there(title="Another"), TWO_HALVES)) == UpdateLocal(
        LINK, frozenset({TITLE})
    )


def test_a_fence_that_a_phone_has_damaged_is_not_corrected_by_itself():
    assert plan(state(here(), there(fence="damaged"))) == Nothing(LINK)


def test_a_block_has_no_fence():
    theirs = state(Local(True, {}), there(fence="of an old connection"), base(), **PRIVATE)
    assert plan(theirs) != UpdateRemote(LINK, frozenset({FENCE}))
    assert plan(state(here(), there(fence="old"), None, **PRIVATE)) == RecordAgreement(LINK)


def test_the_linked_one_counts_while_the_same_uid_stands_in_two_calendars():
    twice = Remote(True, there().fingerprints, fence="agreed", moved_to="other")
    assert plan(state(here(), twice)) == Nothing(LINK)


def test_nothing_is_left_of_a_listed_resource_that_was_never_imported():
    given = state(Local(present=False), Remote(present=False, moved_to="other"), None, **NOT_IMPORTED_YET)
    assert plan(given) == ForgetLink(LINK)


@pytest.mark.parametrize("evidence", Evidence)
def test_each_evidence_deletes_our_own_item(evidence: Evidence):
    assert plan(state(gone(evidence), there(), AGREED)) == DeleteRemote(LINK)
