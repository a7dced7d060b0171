"""What the probe finds out: which reading of a guess the server's behaviour supports. Nothing personal is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.icloud.probe.ground import Ground

#: the reading of a duration or a number that is not nothing
MORE = "more than 0"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, in words of our own, and the readings that it supports (none: it fits no known one)."""

    words: str
    readings: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One guess of docs/icloud.md: the rule, the simulator's habit that plays it, and how it is measured."""

    rule: str
    habit: str
    says: str
    measure: Callable[[Ground], Seen]


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question. `seen` is None when it could not be measured; `why` then says why, in a word."""

    rule: str
    habit: str
    says: str
    seen: Seen | None
    why: str = ""


QUESTIONS: list[Question] = []


def measures(rule: str, habit: str, says: str) -> Callable[[Callable[[Ground], Seen]], Callable[[Ground], Seen]]:
    """Let a function be the measurement of a rule."""

    def keep(measure: Callable[[Ground], Seen]) -> Callable[[Ground], Seen]:
        QUESTIONS.append(Question(rule, habit, says, measure))
        return measure

    return keep


def either(found: bool, yes: tuple[str, Any], no: tuple[str, Any]) -> Seen:
    """Return one of two sightings, each (words, reading)."""
    words, reading = yes if found else no
    return Seen(words, (reading,))


def after(seconds: float | None, what: str) -> Seen:
    """Return how long something took; None: longer than was waited."""
    if seconds is None:
        return Seen(f"{what}: not within the time that was waited", (MORE,))
    return Seen(f"{what}: at once", (0.0,)) if not seconds else Seen(f"{what}: within {seconds:g} s", (MORE,))
