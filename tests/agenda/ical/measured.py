"""Run as a script: each bomb is expanded and patched in this process; its time and memory go out as JSON."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agenda.content import EventContent, FieldGroup, TimeKind, When
from agenda.ical.read import Unreadable
from agenda.ical.recurrence import TooMuch, expand
from agenda.ical.write import patch
from tests.agenda.ical.bombs import CHANGED, END, START, bombs
from tests.agenda.ical.texts import event

HOME = ZoneInfo("Europe/Brussels")
OTHER = EventContent(uid="", when=When(TimeKind.DATE, date(2026, 1, 1), date(2026, 1, 2)), title="Other")


def peak_reset() -> None:
    """Let the kernel count this process's peak of memory anew."""
    Path("/proc/self/clear_refs").write_text("5")


def megabytes(fact: str) -> float:
    """Return VmRSS or VmHWM, in MB."""
    facts = Path("/proc/self/status").read_text()
    return int(facts.partition(f"{fact}:")[2].split()[0]) / 1024


def renamed(text: str) -> str:
    """Give the event another title."""
    return patch(text, OTHER, {FieldGroup.TITLE}, stamp=datetime(2026, 11, 23, tzinfo=HOME))


#: a patch reads the text, and what it made of it
WORKS: dict[str, Callable[[str], object]] = {
    "expand": lambda text: expand(text, start=START, end=END, home=HOME),
    "patch": renamed,
}


def measured(name: str, work: str, text: str) -> dict[str, object]:
    """Return what one work on one text took: seconds of processor and clock, MB beyond what was there before."""
    gc.collect()
    peak_reset()
    before, cpu, clock = megabytes("VmRSS"), time.process_time(), time.monotonic()
    try:
        WORKS[work](text)
        answer = "answered"
    except (TooMuch, Unreadable) as refused:
        answer = str(refused)
    spent = {"cpu": time.process_time() - cpu, "clock": time.monotonic() - clock}
    return {"bomb": name, "work": work, "memory": megabytes("VmHWM") - before, "answer": answer, **spent}


def main() -> None:
    """Print one line of JSON for each work on each bomb."""
    for work in WORKS:  # whatever is imported or cached for good is not a bomb's doing
        measured("none", work, event("DTSTART:20261001T090000Z", "RRULE:FREQ=HOURLY", "FOO:odd"))
    for name, make in bombs().items():
        text = make()
        for work in WORKS if name in CHANGED else ["expand"]:
            print(json.dumps(measured(name, work, text)), flush=True)


if __name__ == "__main__":
    main()
