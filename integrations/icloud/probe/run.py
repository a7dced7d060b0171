"""One probe: every question in turn, on ground of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from integrations.gateway.errors import GatewayError
from integrations.gateway.raw import Raw
from integrations.icloud.probe import cursors, hosts, lag, reading, writing
from integrations.icloud.probe.finding import QUESTIONS, Finding, Question
from integrations.icloud.probe.ground import Ground, Unprepared, prepared

MODULES = (hosts, cursors, reading, writing, lag)

_GUESTS = "it would mail somebody"
_SIGN_INS = "it would be a failed sign-in"
_SHARED = "it needs a calendar that somebody else shares"
_LONG = "it would take too long, or too many events"
#: habit → why a real account is not asked
NOT_ASKED = {
    "unknown_user": _SIGN_INS,
    "dashes": _SIGN_INS,
    "locked_after": "it could lock the account",
    "agent_needed": "Halfpast always says who it is",
    "foreign_account": "it would ask for somebody else's calendar",
    "idle_seconds": _LONG,
    "expect": "Halfpast never sends it",
    "shared_components": _SHARED,
    "shared_bodies": _SHARED,
    "birthdays": "it would have to tell calendars apart by their names",
    "empty_names": "a calendar without a name could not be found again by its owner",
    "token_changes": _LONG,
    "token_seconds": _LONG,
    "most_items": _LONG,
    "most_collections": _LONG,
    "unorganised": _GUESTS,
    "schedule_agent": _GUESTS,
    "alternate_answer": _GUESTS,
    "stamp_after": _GUESTS,
    "throttle": "it would provoke the throttle",
    "throttled": "it would provoke the throttle",
    "throttle_hint": "it would provoke the throttle",
}


@dataclass
class Report:
    """What was found. `left_behind`: a calendar of the probe could not be removed."""

    findings: list[Finding] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0
    left_behind: bool = False


def probe(
    raw: Raw,
    entry: str,
    home: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
    only: Collection[str] = (),
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Ask everything (or `only` these habits) of the account whose calendar home is at `home`; `tell` hears of it.

    Unprepared when no calendar could be made. What is made is removed, whatever happens.
    """
    report, begun = Report(), monotonic()

    def left_behind() -> None:
        report.left_behind = True

    with prepared(Ground(raw, entry, home, sleep), left_behind) as ground:
        for question in sorted(QUESTIONS, key=lambda one: int(one.rule[1:])):
            if not only or question.habit in only:
                tell(question.says)
                report.findings.append(_answer(question, ground))
    report.requests, report.seconds = raw.requests, monotonic() - begun
    return report


def _answer(question: Question, ground: Ground) -> Finding:
    """Measure; an error is told by its kind alone, for its message may name a host."""
    about = question.rule, question.habit, question.says
    try:
        return Finding(*about, question.measure(ground))
    except Unprepared as trouble:
        return Finding(*about, None, str(trouble))
    except GatewayError as trouble:
        return Finding(*about, None, type(trouble).__name__)
