"""Sync tokens of a calendar: made, and read again while they live (A34, A38)."""

from __future__ import annotations

from integrations.icloud.simulator import tokens
from integrations.icloud.simulator.contents import Contents
from integrations.icloud.simulator.habits import Habits

_SHAPES = {"old": tokens.old, "opaque": tokens.opaque}


def token(contents: Contents, number: int | None, habits: Habits) -> str:
    """Return the token of a change; of the latest without `number`."""
    return _SHAPES[habits.token_shape](contents.born, contents.number if number is None else number)


def number_of(contents: Contents, token: str, habits: Habits, now: float) -> int | None:
    """Return the change that a token stands for, or None when it is not known, or not any more."""
    told = tokens.told(token)
    if told is None or told[0] != contents.born or not contents.oldest <= told[1] <= contents.number:
        return None
    return None if _has_died(contents, told[1], habits, now) else told[1]


def _has_died(contents: Contents, number: int, habits: Habits, now: float) -> bool:
    """Return whether a token has been out of date for too long, or for too many changes."""
    if number == contents.number:
        return False
    if habits.token_changes and contents.number - number > habits.token_changes:
        return True
    return bool(habits.token_seconds) and now - contents.made_at(number + 1) > habits.token_seconds
