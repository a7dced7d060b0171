"""Keeps a handful of processes running: starts them, starts again what dies, stops all of them in order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from operations import processes

Say = Callable[[str], None]

QUICK_DEATHS, WITHIN = 5, 60.0
STOP_SECONDS = 3.0  # for all together, before they are killed; the whole stop stays under five


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, or a signal. Not an error."""


class GivesUp(Exception):
    """A part keeps dying; the message says which, and where to look."""


@dataclass(slots=True)
class Part:
    """One process that should run as long as we do. `last` stops after all others, which need it to stop well."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    last: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=QUICK_DEATHS))
    start_at: float = 0.0

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """Return the process, which must have been started."""
        assert self.process is not None  # noqa: S101
        return self.process


class Supervisor:
    """Runs parts until it is told to stop. As a context manager it stops all of them, whatever happened."""

    def __init__(self, say: Say) -> None:
        """Remember how to tell the person at the terminal."""
        self._say = say
        self._parts: list[Part] = []

    def add(self, part: Part) -> Part:
        """Start `part`, unless its process runs already, and look after it from now on."""
        self._parts.append(part)
        if part.process is None:
            part.process = part.start()
        return part

    def watch(self) -> None:
        """Look after the parts until Stopped is raised; GivesUp when one dies again and again."""
        while True:
            for part in self._parts:
                self._look_after(part)
            time.sleep(0.25)

    def _look_after(self, part: Part) -> None:
        """Notice that a part died, or start it again when its pause is over."""
        now = time.monotonic()
        if part.process is None:
            if now >= part.start_at:
                part.process = part.start()
        elif (code := part.process.poll()) is not None:
            part.process = None
            self._mourn(part, code, now)

    def _mourn(self, part: Part, code: int, now: float) -> None:
        """Say that a part died, and how long it pauses; raise when it dies too often."""
        part.deaths.append(now)
        words = f"It said last:\n{processes.tail(part.log)}\n(all of it: {part.log})"
        if len(part.deaths) == QUICK_DEATHS and now - part.deaths[0] < WITHIN:
            raise GivesUp(f"The {part.name} stopped {QUICK_DEATHS} times within a minute, so everything stops. {words}")
        recent = sum(1 for death in part.deaths if now - death < WITHIN)
        pause = 0.5 * 2 ** (recent - 1)
        part.start_at = now + pause
        self._say(f"The {part.name} stopped ({_how(code)}) and is started again in {pause:g} s. {words}")

    def __enter__(self) -> Supervisor:
        """Turn Ctrl-C and the signals that end a process into Stopped."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop everything; a second signal does not interrupt that."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        deadline = time.monotonic() + STOP_SECONDS
        for last in (False, True):
            self._stop([part.process for part in self._parts if part.process and part.last == last], deadline)

    @staticmethod
    def _stop(running: list[subprocess.Popen[bytes]], deadline: float) -> None:
        """Ask all at once, then wait for each."""
        for process in running:
            process.terminate()
        for process in running:
            processes.finish(process, patience=max(deadline - time.monotonic(), 0.3))


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _how(code: int) -> str:
    """Say how a process ended."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"
