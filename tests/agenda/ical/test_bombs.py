"""Hostile resources are answered or refused: under two seconds, under 64 MB, and nobody else waits (fault row 29)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from agenda.ical import child
from agenda.ical.read import read
from agenda.ical.recurrence import TooMuch, Unreadable, expand
from tests.agenda.ical.bombs import AMOUNTS, END, START, bombs
from tests.agenda.ical.texts import corpus, event

HOME = ZoneInfo("Europe/Brussels")


@pytest.fixture(scope="module")
def measured():
    """Explode all of them in a process of their own, where nothing else takes time and memory."""
    command = [sys.executable, "-m", "tests.agenda.ical.measured"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    for fact in ("cpu", "clock", "memory"):
        print(fact, max((row[fact], row["bomb"], row["work"]) for row in found))
    return found


def test_every_bomb_was_exploded(measured):
    assert {row["bomb"] for row in measured} == set(bombs())


def test_no_bomb_takes_two_seconds(measured):
    """Of our own processor time; by the clock a busy machine is given its due."""
    assert [row for row in measured if row["cpu"] >= 2 or row["clock"] >= 8] == []


def test_no_bomb_takes_64_megabytes(measured):
    assert [row for row in measured if row["memory"] >= 64] == []


@pytest.mark.parametrize("megabytes", [30, 45])
def test_the_child_that_follows_strange_rules_is_held_in_its_memory(megabytes):
    code = f"exec(open({child.__file__!r}).read(), g := {{'__name__': ''}}); g['bound'](); bytearray({megabytes} << 20)"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=30)
    assert ("MemoryError" in ran.stderr) is (megabytes == 45)
    assert ran.returncode == (1 if megabytes == 45 else 0)


EXPLOSIVE = ["a hundred thousand exceptions", "a million short lines", "ten thousand odd overrides"]


def test_another_account_goes_on_while_one_explodes():
    """Runs are threads of one process: a bomb must give the others their turns (fault row 29, I10)."""
    texts = [AMOUNTS[name]() for name in EXPLOSIVE] + [event("DTSTART:20261001T090000", "RRULE:FREQ=SECONDLY")]
    plain, done = corpus("apple_single.ics"), threading.Event()
    mallory = threading.Thread(target=_explode, args=(texts, done))
    waits: list[float] = []
    mallory.start()
    while not done.is_set():
        began = time.monotonic()
        read(plain)
        waits.append(time.monotonic() - began)
        time.sleep(0.001)
    mallory.join()
    print(f"{len(waits)} readings beside the bombs, the slowest {max(waits):.3f} s, the median {median(waits):.5f} s")
    assert len(waits) > 50 and median(waits) < 0.05 and max(waits) < 2


def _explode(texts: list[str], done: threading.Event) -> None:
    for text in texts:
        try:
            expand(text, start=START, end=END, home=HOME)
        except (TooMuch, Unreadable):
            pass
    done.set()


def test_a_window_of_a_day_in_a_rule_by_the_hour_is_answered():
    text = event("DTSTART:20261120T000000Z", "RRULE:FREQ=HOURLY")
    found = expand(text, start=START, end=datetime(2026, 11, 24, tzinfo=UTC), home=ZoneInfo("UTC"))
    assert len(found.spans) == 24 and not found.complete


def test_a_text_that_uses_too_many_zones_of_its_own_cannot_be_read():
    with pytest.raises(Unreadable):
        read(AMOUNTS["five thousand zones"]())
