"""`manage.py simulate`: its stories hold, are the same each time, and a judge who cannot see is worth nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core import planner
from integrations.sync.core.actions import DeleteRemote, Merge, Nothing, UpdateLocal, UpdateRemote
from operations.datafolder import ROOT
from operations.simulation.checks import Words
from operations.simulation.history import HERE, History
from operations.simulation.play import play, shrunk, story_of
from operations.simulation.story import LONGEST, SHORTEST, Story

STORIES = Path(__file__).parent / "stories.jsonl"


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})


def a_story(*steps: list[Any], both_imported: bool = False) -> Story:
    return Story(1, both_imported, steps)


@pytest.mark.parametrize("line", STORIES.read_text().splitlines())
@pytest.mark.django_db
def test_what_once_went_wrong_holds_now(line):
    assert not play(Story.of(line)).breaches


def test_a_share_of_the_seeds_holds():
    done = simulate("--seeds", "1..10", "--json", "--jobs", "1")
    summary = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    assert (summary["scenarios"], summary["violations"]) == (10, 0)
    assert summary["fired"]["worker killed"] and summary["fired"]["something between"]


@pytest.mark.django_db
def test_a_story_told_and_played_again_is_the_same_to_the_byte():
    story = story_of(7)
    assert story == story_of(7) == Story.of(story.line())
    assert SHORTEST <= len(story.steps) <= LONGEST + 4
    assert play(story).trace == play(story).trace


def test_a_seed_is_played_alike_in_another_process_and_on_real_transactions():
    digests = [
        json.loads(simulate("--seeds", "11..11", "--json", *more).stdout.splitlines()[0])["digest"]
        for more in ([], ["--real"])
    ]
    assert digests[0] == digests[1]


def test_stories_come_from_a_file_and_nonsense_is_refused(tmp_path):
    told = tmp_path / "stories.jsonl"
    told.write_text(a_story(["tap", "alice", 0, "single"], ["sync", "alice"]).line() + "\n")
    assert "1 stories, 2 steps, 0 breach" in simulate("--scenarios", str(told)).stdout
    assert simulate().returncode == 1
    assert simulate("--seeds", "ten").returncode == 2


# --- the judge sees what it is there for: each test plants a bug ---

CREATED = (["plan", "alice", "meeting", True], ["sync", "alice"], ["sync", "bob"])


@pytest.mark.django_db
def test_the_judge_sees_an_edit_that_is_never_pushed(monkeypatch):
    monkeypatch.setattr("integrations.sync.apply.plan", lambda state: _without(state, UpdateRemote))
    monkeypatch.setattr("integrations.sync.engine.plan", lambda state: _without(state, UpdateRemote))
    breaches = play(a_story(*CREATED, ["edit", "alice", 0, "place"])).breaches
    assert any("the place is" in one for one in breaches)


def _without(state: Any, kind: type) -> Any:
    action = planner.plan(state)
    return Nothing(state.link) if isinstance(action, kind) else action


@pytest.mark.django_db
def test_the_judge_sees_a_deletion_that_nobody_asked_for(monkeypatch):
    def eager(state: Any) -> Any:
        action = planner.plan(state)
        moved = isinstance(action, UpdateRemote) and FieldGroup.TIME in action.groups
        return DeleteRemote(state.link, asked_here=True) if moved else action

    monkeypatch.setattr("integrations.sync.apply.plan", eager)
    monkeypatch.setattr("integrations.sync.engine.plan", eager)
    breaches = play(a_story(*CREATED, ["edit", "alice", 0, "time"])).breaches
    assert any("deleted without a reason" in one for one in breaches)


@pytest.mark.django_db
def test_the_judge_sees_a_lost_edit_and_shrinking_leaves_what_it_takes(monkeypatch):
    def careless(state: Any) -> Any:
        action = planner.plan(state)
        return UpdateLocal(state.link, frozenset(MERGED_GROUPS)) if isinstance(action, Merge) else action

    monkeypatch.setattr("integrations.sync.apply.plan", careless)
    monkeypatch.setattr("integrations.sync.engine.plan", careless)
    idle = [["wait", 1]] * 6
    told = a_story(*CREATED, *idle, ["edit", "alice", 0, "title"], *idle, ["retouch", "alice", 0, "title"])
    played = play(told)
    assert any(one.startswith("I3") for one in played.breaches)
    assert [step[0] for step in shrunk(played).story.steps] == ["plan", "sync", "edit", "retouch"]


def test_a_word_is_explained_by_whoever_could_have_known_it():
    history = History()
    history.edited("T1", "title", "w1", "alice")
    history.edited("T1", "title", "w2", HERE)
    unknowing = history.may_have_known(history.edits[0], history.edits[1])
    history.synced("alice")
    history.edited("T1", "title", "w3", HERE)
    assert not unknowing
    assert history.may_have_known(history.edits[0], history.edits[2])


def test_a_word_is_not_found_in_a_longer_one():
    assert "w12" in Words("T1 w12\n2026-12-11T04:19")
    assert "w1" not in Words("T1 w12")
    assert "2026-12-11T04:19" in Words("T1 w12\n2026-12-11T04:19")


def test_every_verb_of_a_story_is_played_and_every_fault_told():
    from operations.simulation.acts import ACTS
    from operations.simulation.wire import TROUBLES

    told = [step for seed in range(400) for step in story_of(seed).steps]
    assert set(Counter(step[0] for step in told)) == set(ACTS)
    assert {step[2] for step in told if step[0] == "fault"} == set(TROUBLES)
