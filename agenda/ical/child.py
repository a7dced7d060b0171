"""The bounded child: follows one rule that has no ceiling of its own, and dies when it takes too long.

Run as a script, in a process of its own. It gets a rule and naive wall times, never content: one JSON object on stdin
(rule, first, low, high, most), one on stdout (starts; ended: the rule ran out).
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime

CPU_SECONDS = 1
MEMORY = 40 * 1024 * 1024  # beyond what the bare interpreter takes, some 15 MB


def bound() -> None:
    """Set the limits of this process; the kernel ends it beyond them."""
    memory = _taken() + MEMORY
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _taken() -> int:
    """Return the bytes of address space that this process has by now."""
    with open("/proc/self/statm") as facts:
        return int(facts.read().split()[0]) * resource.getpagesize()


def follow(job: dict[str, str | int]) -> dict[str, object]:
    """Return the starts of a rule between two wall times, at most `most` + 1 of them."""
    from dateutil.rrule import rrulestr

    low, high = datetime.fromisoformat(str(job["low"])), datetime.fromisoformat(str(job["high"]))
    starts: list[str] = []
    for start in rrulestr(str(job["rule"]), dtstart=datetime.fromisoformat(str(job["first"]))):
        if start > high or len(starts) > int(job["most"]):
            return {"starts": starts, "ended": False}
        if start >= low:
            starts.append(start.isoformat())
    return {"starts": starts, "ended": True}


if __name__ == "__main__":
    bound()
    json.dump(follow(json.load(sys.stdin)), sys.stdout)
