"""Running the real `manage.py` from tests: one command to its end, or an `up` in the background."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from operations.datafolder import ROOT

OURS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the whole environment, less what the test run itself has set."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("HALFPAST_")}
    return {**kept, "HALFPAST_DATA": str(data), **more}


def manage(data: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command and return what it said."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(data, **more),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class Up:
    """An `up` in the background, with everything that it has printed so far."""

    def __init__(self, data: Path, *arguments: str, **more: str) -> None:
        self.data, self.log = data, data.with_suffix(".out")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "up", "--data", str(data), *arguments],
                env=environment(data, **more),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "up.json").read_text()))

    def wait_for(self, words: str, seconds: float = 90) -> str:
        """Return the first line that holds `words`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.said.splitlines():
                if words in line:
                    return line
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        raise AssertionError(f"{words!r} was never said:\n{self.said}")

    def ready(self) -> str:
        """Wait until it is ready; return its address."""
        found = re.search(r"http://\S+", self.wait_for("Halfpast is ready: "))
        assert found
        return found[0]

    def children(self) -> dict[int, str]:
        """Return its living descendants: process id → command line."""
        return descendants(self.process.pid)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send the signal; return exit code and seconds."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=30), time.monotonic() - started

    def end(self) -> None:
        """Make sure that nothing of it is left."""
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)


def descendants(pid: int) -> dict[int, str]:
    """Return the living processes below `pid`: process id → command line."""
    rows = subprocess.run(["ps", "-wweo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    table = [row.split(None, 2) for row in rows.splitlines()]
    found: dict[int, str] = {}
    wanted = {pid}
    while wanted:
        below = {int(child): words for child, parent, words in table if int(parent) in wanted}
        found |= below
        wanted = set(below)
    return found


def living(pids: set[int]) -> set[int]:
    """Return which of the processes still run (a dead one that nobody has waited for does not count)."""
    rows = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = {int(pid): state for pid, state in (row.split() for row in rows.splitlines())}
    return {pid for pid in pids if pid in states and not states[pid].startswith("Z")}


def gone_within(pids: set[int], seconds: float) -> bool:
    """Wait until all the processes have ended."""
    deadline = time.monotonic() + seconds
    while living(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not living(pids)
