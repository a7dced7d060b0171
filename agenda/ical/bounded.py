"""Rules that Halfpast does not walk itself (by the hour or the minute, by week number, …), in a child with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from agenda.ical.errors import TooMuch

SECONDS = 1.8  # by the clock, its start of some 0.1 s included
_CHILD = Path(__file__).with_name("child.py")


def wall_starts(
    rule: str, until: datetime | None, first: datetime, low: datetime, high: datetime, *, most: int
) -> tuple[list[datetime], bool]:
    """Return (starts between two wall times, whether the rule ran out). `rule` without UNTIL, which is given apart.

    Raises TooMuch when the child passes its limits of time or memory, fails, or finds more than `most` starts.
    """
    reach = min(high, until) if until else high
    job = {"rule": rule, "first": first.isoformat(), "low": low.isoformat(), "high": reach.isoformat(), "most": most}
    try:
        answer = subprocess.run(  # noqa: S603  our own interpreter and our own file
            [sys.executable, "-I", str(_CHILD)], input=json.dumps(job), capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise TooMuch("The rule takes too long to follow.") from None
    if answer.returncode:
        raise TooMuch("The rule takes too long to follow, or is broken.")
    found = json.loads(answer.stdout)
    if len(found["starts"]) > most:
        raise TooMuch("The series has too many occurrences.")
    ended = found["ended"] or (until is not None and until <= high)
    return [datetime.fromisoformat(start) for start in found["starts"]], ended
