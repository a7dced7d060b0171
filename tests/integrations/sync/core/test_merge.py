"""The merge by field group."""

from __future__ import annotations

from dataclasses import replace

from integrations.sync.core.actions import Merge, RecordAgreement
from integrations.sync.core.merge import merge
from integrations.sync.core.planner import plan

from .values import FENCE, LINK, NOTES, PLACE, TIME, TITLE, at, base, here, state, there, words


def test_edits_of_different_groups_both_stay():
    assert merge(state(here(title="new"), there(place="new"))) == Merge(LINK, {TITLE: "local", PLACE: "remote"})


def test_the_later_edit_of_the_same_group_wins_and_the_loser_is_kept():
    later_there = state(here(since={TITLE: at(1)}, title="mine"), there(modified=at(2), title="theirs"))
    assert merge(later_there) == Merge(LINK, {TITLE: "remote"}, {TITLE: "local"})
    later_here = state(here(since={TITLE: at(3)}, title="mine"), there(modified=at(2), title="theirs"))
    assert merge(later_here) == Merge(LINK, {TITLE: "local"}, {TITLE: "remote"})


def test_each_group_has_its_own_time_here():
    since = {TITLE: at(1), TIME: at(3)}
    given = state(here(since=since, title="mine", time="mine"), there(modified=at(2), title="theirs", time="theirs"))
    assert merge(given).winners == {TIME: "local", TITLE: "remote"}


def test_a_tie_goes_to_the_local_side():
    given = state(here(since={TITLE: at(1)}, title="mine"), there(modified=at(1), title="theirs"))
    assert merge(given).winners == {TITLE: "local"}


def test_an_unknown_remote_time_goes_to_the_local_side():
    given = state(here(since={TITLE: at(1)}, title="mine"), there(title="theirs"))
    assert merge(given).winners == {TITLE: "local"}


def test_a_group_that_was_never_edited_here_loses_to_an_edit_there():
    given = state(here(title="mine"), there(modified=at(1), title="theirs"), None)
    assert merge(given) == Merge(LINK, {TITLE: "remote"}, {TITLE: "local"})


def test_between_two_people_at_the_very_same_time_the_order_of_their_calendars_does_not_matter():
    def met(author: str, other: str) -> str:
        """Return who stays, when the author's edit is here already and the other's calendar is looked at."""
        given = state(here(since={TITLE: at(1)}, title="one"), there(modified=at(1), title="two"), user=other)
        given = replace(given, local=replace(given.local, changed_by={TITLE: author}))
        return author if merge(given).winners[TITLE] == "local" else other

    assert met("alice", "bob") == met("bob", "alice") == "alice"


def test_the_fence_is_always_ours():
    given = state(here(fence="new"), there(fence="damaged", title="new"))
    assert merge(given) == Merge(LINK, {TITLE: "remote", FENCE: "local"})


def test_a_fence_that_did_not_change_here_stays_out_of_a_merge():
    given = state(here(title="new"), there(fence="damaged", notes="new"))
    assert merge(given) == Merge(LINK, {TITLE: "local", NOTES: "remote"})


def test_without_a_base_only_groups_that_differ_are_fought_over():
    given = state(here(since={PLACE: at(1)}, place="mine"), there(modified=at(2), place="theirs"), None)
    assert merge(given) == Merge(LINK, {PLACE: "remote"}, {PLACE: "local"})


def test_the_same_change_on_both_sides_is_an_agreement_even_where_a_server_rewrites_another_group():
    given = state(here(title="new"), there(title="new"))
    rewritten = replace(given.remote, fingerprints={**given.remote.fingerprints, NOTES: "rewritten"})
    given = replace(given, remote=rewritten, base=base(remote=words(notes="rewritten")))
    assert merge(given).winners == {}
    assert plan(given) == RecordAgreement(LINK)
