"""The rules beside the table: scope, evidence, proof, permissions and guests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.sync.core.actions import (
    Bug,
    CreateLocal,
    CreateRemote,
    DeleteLocal,
    DeleteRemote,
    ForgetLink,
    Merge,
    MoveLink,
    Nothing,
    Reason,
    UpdateLocal,
    UpdateRemote,
    Wait,
)
from integrations.sync.core.planner import needs_proof, plan
from integrations.sync.core.states import Evidence, Local, Origin, Remote, Thing

from .values import ABSENT, LINK, NOTES, PLACE, TIME, TITLE, at, gone, here, state, there

THEIRS: dict[str, Any] = {"origin": Origin.THEIRS}
LISTED: dict[str, Any] = {"thing": Thing.NONE, "origin": Origin.THEIRS}
NOT_HERE = Local(present=False)


class TestScopeDecidesCreationOnly:
    def test_what_is_out_of_scope_is_not_imported(self):
        assert plan(state(NOT_HERE, there(), None, importable=False, **LISTED)) == Nothing(LINK)

    def test_a_copy_of_ours_is_never_imported_as_a_block(self):
        assert plan(state(NOT_HERE, there(), None, own_uid=True, **LISTED)) == Nothing(LINK)
        assert plan(state(NOT_HERE, there(), thing=Thing.BLOCK, own_uid=True)) == Nothing(LINK)

    def test_what_is_out_of_scope_is_not_pushed(self):
        assert plan(state(here(), ABSENT, None, pushable=False)) == Nothing(LINK)

    def test_a_linked_item_keeps_its_link_whatever_its_date_becomes(self):
        assert plan(state(here(title="new"), there(), pushable=False)) == UpdateRemote(LINK, frozenset({TITLE}))
        assert plan(state(here(), there(title="new"), importable=False)) == UpdateLocal(LINK, frozenset({TITLE}))


class TestEvidence:
    @pytest.mark.parametrize("evidence", Evidence)
    def test_an_item_that_we_did_not_create_is_never_deleted_unless_its_owner_named_it(self, evidence: Evidence):
        assert plan(state(gone(evidence), there(), **THEIRS)) == Wait(LINK, Reason.NOT_OURS)
        assert plan(state(gone(evidence, named=True), there(), **THEIRS)) == DeleteRemote(LINK)

    def test_a_row_that_is_merely_missing_deletes_nothing(self):
        assert isinstance(plan(state(gone(evidence=None), there())), Bug)
        assert isinstance(plan(state(gone(evidence=None), there(), None)), Bug)

    def test_a_deletion_that_reached_us_from_another_calendar_is_not_called_asked(self):
        assert plan(state(gone(asked=False), there())) == DeleteRemote(LINK, asked_here=False)

    def test_a_present_thing_that_does_not_exist_is_a_bug(self):
        assert isinstance(plan(state(here(), there(), **LISTED)), Bug)


class TestAbsenceNeedsProof:
    PROVEN = Remote(present=False, proven=True)

    @pytest.mark.parametrize(
        ("given", "action"),
        [
            (state(here(), ABSENT), DeleteLocal(LINK)),
            (state(here(title="new"), ABSENT), CreateRemote(LINK, again=True, survived=True)),
            (state(gone(), ABSENT), ForgetLink(LINK)),
            (state(here(), replace(ABSENT, moved_to="other")), MoveLink(LINK, "other")),
        ],
        ids=["DeleteLocal", "CreateRemote", "ForgetLink", "MoveLink"],
    )
    def test_an_action_on_what_is_merely_not_listed_waits_for_a_second_look(self, given, action):
        assert plan(given) == action
        assert needs_proof(action, given)
        proven = replace(given, remote=replace(given.remote, proven=True))
        assert plan(proven) == action
        assert not needs_proof(action, proven)

    def test_the_first_writing_needs_no_proof(self):
        given = state(here(), ABSENT, None)
        assert not needs_proof(plan(given), given)

    def test_forgetting_what_was_never_imported_needs_no_proof(self):
        given = state(NOT_HERE, ABSENT, None, **LISTED)
        assert plan(given) == ForgetLink(LINK)
        assert not needs_proof(ForgetLink(LINK), given)

    def test_what_is_present_needs_no_proof(self):
        given = state(gone(), there())
        assert not needs_proof(plan(given), given)


class TestWhatMayNotBeDone:
    def test_an_unreadable_item_waits_whatever_happened_here(self):
        for local in (here(), here(title="new"), gone(), gone(evidence=None)):
            assert plan(state(local, there(unreadable=True))) == Wait(LINK, Reason.UNREADABLE)

    def test_an_unreadable_item_that_is_gone_is_gone(self):
        assert plan(state(here(), Remote(present=False, unreadable=True))) == DeleteLocal(LINK)

    @pytest.mark.parametrize(
        ("local", "remote", "agreed"),
        [(here(title="new"), there(), True), (gone(), there(), True), (here(), ABSENT, False)],
        ids=["UpdateRemote", "DeleteRemote", "CreateRemote"],
    )
    def test_a_read_only_calendar_gets_nothing(self, local, remote, agreed):
        given = state(local, remote, writable=False)
        assert plan(given if agreed else replace(given, base=None)) == Wait(LINK, Reason.READ_ONLY)

    def test_a_read_only_calendar_is_still_read(self):
        assert plan(state(here(), there(title="new"), writable=False)) == UpdateLocal(LINK, frozenset({TITLE}))

    def test_from_a_read_only_calendar_a_merge_takes_what_the_calendar_won(self):
        given = state(here(title="new", notes="mine"), there(time="new", notes="theirs"), writable=False)
        assert plan(given) == Merge(LINK, {TIME: "remote"})

    def test_a_merge_that_the_agenda_won_whole_waits_for_a_writable_calendar(self):
        given = state(here(title="mine"), there(title="theirs"), writable=False)
        assert plan(given) == Wait(LINK, Reason.READ_ONLY)

    @pytest.mark.parametrize(
        ("local", "remote"),
        [(here(), there(title="new")), (here(), ABSENT), (gone(), there(title="new"))],
        ids=["UpdateLocal", "DeleteLocal", "CreateLocal"],
    )
    def test_without_the_scope_nothing_comes_into_the_agenda(self, local, remote):
        assert plan(state(local, remote, agenda_writable=False)) == Wait(LINK, Reason.NOT_GRANTED)

    def test_without_the_scope_a_merge_only_sends(self):
        given = state(here(title="new"), there(time="new"), agenda_writable=False)
        assert plan(given) == Merge(LINK, {TITLE: "local"})

    def test_a_merge_that_may_go_nowhere_waits(self):
        given = state(here(title="new"), there(time="new"), agenda_writable=False, writable=False)
        assert plan(given) == Wait(LINK, Reason.READ_ONLY)


class TestGuests:
    GUESTS: dict[str, Any] = {"guests": True}

    @pytest.mark.parametrize("group", ["time", "title", "place"])
    def test_a_change_that_mails_guests_waits(self, group: str):
        assert plan(state(here(since=None, **{group: "new"}), there(), **self.GUESTS)) == Wait(LINK, Reason.GUESTS)

    def test_a_deletion_that_mails_guests_waits(self):
        assert plan(state(gone(), there(), **self.GUESTS)) == Wait(LINK, Reason.GUESTS)

    def test_an_item_with_guests_is_never_made_again_by_itself(self):
        assert plan(state(here(title="new"), ABSENT, **self.GUESTS)) == Wait(LINK, Reason.GUESTS)

    def test_notes_and_fence_tell_no_guest(self):
        given = state(here(notes="new", fence="new"), there(), **self.GUESTS)
        assert isinstance(plan(given), UpdateRemote)

    def test_only_the_push_waits(self):
        assert plan(state(here(), there(time="new"), **self.GUESTS)) == UpdateLocal(LINK, frozenset({TIME}))
        assert plan(state(here(), ABSENT, **self.GUESTS)) == DeleteLocal(LINK)
        both = state(here(place="new"), there(time="new"), **self.GUESTS)
        assert plan(both) == Merge(LINK, {TIME: "remote"})

    def test_a_merge_that_sends_notes_alone_need_not_wait(self):
        both = state(here(notes="new"), there(time="new"), **self.GUESTS)
        assert plan(both) == Merge(LINK, {NOTES: "local", TIME: "remote"})

    def test_the_owners_answer_sends_it(self):
        given = state(here(place="new"), there(), guests=True, may_mail_guests=True)
        assert plan(given) == UpdateRemote(LINK, frozenset({PLACE}))


def test_an_edit_there_revives_what_was_deleted_here_even_for_an_item_that_we_did_not_create():
    given = state(gone(named=True), there(modified=at(1), title="new"), **THEIRS)
    assert plan(given) == CreateLocal(LINK, survived=True)
