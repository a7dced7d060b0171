"""A story: what people, phones, servers and clocks do, drawn from one seed as plain values that can be played again.

A step is a list: a verb of `operations.simulation.acts`, then numbers and names. Numbers that choose among things are
taken modulo what is there when the step is played, so that any step may be left out of a story that went wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

Step = list[Any]
Maker = Callable[[Random, Sequence[str]], Step]

PEOPLE = ("alice", "bob")
GROUPS = ("title", "time", "place", "notes")
#: the server's habits, of which a story has one at a time
HABITS = ("plain", "lag", "pages", "no etags", "rewrites", "no cursors", "no reports", "account-wide uids")
SHORTEST, LONGEST = 30, 60
_EVENTFUL = ("fault", "kill", "meanwhile", "lie", "forget")


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, in order. `both_imported`: the target is imported too."""

    seed: int
    both_imported: bool
    steps: tuple[Step, ...]

    def without(self, first: int, count: int) -> Story:
        """Return the story with `count` steps left out."""
        return replace(self, steps=self.steps[:first] + self.steps[first + count :])

    def line(self) -> str:
        """Return one line of JSON, as a file of stories holds it."""
        return json.dumps({"seed": self.seed, "both_imported": self.both_imported, "steps": self.steps})

    @classmethod
    def of(cls, line: str) -> Story:
        """Return the story of one line of JSON."""
        said = json.loads(line)
        return cls(said["seed"], said["both_imported"], tuple(said["steps"]))


def told(seed: int, faults: Sequence[str]) -> Story:
    """Return the story of a seed. `faults` names what may go wrong on the wire."""
    rng = Random(seed)  # noqa: S311 -- a story, not a secret
    length = rng.randint(SHORTEST, LONGEST)
    steps: list[Step] = []
    for _ in range(rng.randint(2, 6)):
        steps += [["tap", rng.choice(PEOPLE), rng.randrange(3), "single"], _EDITS[0][0](rng, faults)]
    while len(steps) < length:
        step = _step(rng, faults)
        if step[0] in _EVENTFUL:  # what goes wrong, goes wrong while there is something to do
            steps += [_drawn(rng, faults, _EDITS) for _ in range(rng.randint(1, 3))]
        steps.append(step)
    return Story(seed, rng.random() < 0.4, tuple(steps))


def _step(rng: Random, faults: Sequence[str]) -> Step:
    return _drawn(rng, faults, _MAKERS)


def _drawn(rng: Random, faults: Sequence[str], among: Sequence[tuple[Maker, int]]) -> Step:
    makers, weights = zip(*among, strict=True)
    step: Step = rng.choices(makers, weights)[0](rng, faults)
    return step


def _who(rng: Random) -> str:
    return rng.choice(PEOPLE)


def _item(rng: Random) -> int:
    return rng.randrange(1000)


_EDITS: list[tuple[Maker, int]] = [
    (lambda r, f: ["plan", _who(r), r.choice(["meeting", "meeting", "task", "call"]), r.random() < 0.4], 9),
    (lambda r, f: ["edit", _who(r), _item(r), r.choice(GROUPS)], 12),
    (lambda r, f: ["trash", _who(r), _item(r)], 4),
    (lambda r, f: ["restore", _who(r), _item(r)], 2),
    (lambda r, f: ["leave", _who(r), _item(r)], 1),
    (lambda r, f: ["convert", _who(r), _item(r), r.choice(["meeting", "task"])], 3),
    (lambda r, f: ["private", _who(r), _item(r)], 2),
    (lambda r, f: ["drop", _who(r), _item(r)], 1),
    (lambda r, f: ["tap", _who(r), r.randrange(3), r.choice(["single"] * 5 + ["series", "all day", "past"])], 8),
    (lambda r, f: ["retouch", _who(r), _item(r), r.choice(GROUPS)], 12),
    (lambda r, f: ["erase", _who(r), _item(r)], 5),
    (lambda r, f: ["drag", _who(r), _item(r)], 2),
    (lambda r, f: ["repeat", _who(r), _item(r)], 1),
    (lambda r, f: ["drift", _who(r), _item(r)], 1),
    (lambda r, f: ["wait", r.choice([1, 5, 31, 90, 600])], 4),
]
_RUNS: list[tuple[Maker, int]] = [(lambda r, f: ["sync", _who(r)], 14), (lambda r, f: ["beat"], 4)]
_INNER = [*_EDITS, (lambda r, f: ["sync", _who(r)], 20), (lambda r, f: ["wait", 11], 6)]
_MAKERS = [
    *_EDITS,
    *_RUNS,
    (lambda r, f: ["fault", _who(r), r.choice(f), r.randint(1, 6)], 10),
    (lambda r, f: ["kill", _who(r), r.randint(1, 24)], 8),
    (lambda r, f: ["meanwhile", _who(r), r.randint(1, 8), _drawn(r, f, _INNER)], 8),
    (lambda r, f: ["habit", r.choice(HABITS)], 3),
    (lambda r, f: ["forget", _who(r)], 2),
    (lambda r, f: ["lie", _who(r), r.choice(["empty", "half"])], 2),
    (lambda r, f: ["wave", _who(r), r.choice(["erase", "shift"])], 1),
    (lambda r, f: ["answer", _who(r), r.choice(["apply", "put back"])], 1),
]
