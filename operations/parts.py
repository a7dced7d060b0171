"""The processes of `up`, each as a command line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import Popen

from operations import ports, processes
from operations.datafolder import ROOT
from operations.supervisor import Part


def web(folder: Path, listener: int, threads: int, environment: Mapping[str, str]) -> Part:
    """Return the web process. It inherits the bound socket, so that nobody takes the port while it restarts."""
    command = [*_module("gunicorn"), "config.wsgi", "--bind", f"fd://{listener}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(threads)]
    command += ["--no-control-socket", "--graceful-timeout", "2", "--log-level", "warning"]
    return _part("web", folder, command, environment, sockets=[listener])


def worker(folder: Path, queue: str, threads: int, environment: Mapping[str, str]) -> Part:
    """Return a worker for one queue. Each queue has its own, so that a person never waits behind the round."""
    command = [*_module("celery"), "-A", "config", "worker", "--queues", queue, "--hostname", f"{queue}@%h"]
    command += ["--pool", "threads", "--concurrency", str(threads), "--loglevel", "INFO"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return _part(f"{queue} worker", folder, command, environment)


def beat(folder: Path, environment: Mapping[str, str]) -> Part:
    """Return the clock that rings for what is due."""
    command = [*_module("celery"), "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    return _part("beat", folder, [*command, "--schedule", str(folder / "beat-schedule")], environment)


def serves(part: Part, port: int, seconds: float) -> bool:
    """Wait until the web process answers, dies, or `seconds` are over."""
    return _wait(part, seconds, lambda: ports.serves(port, "/healthz"))


def says_ready(part: Part, seconds: float, *, since: int) -> bool:
    """Wait until a worker's log, read from byte `since`, says that it takes tasks."""
    return _wait(part, seconds, lambda: b" ready." in _from(part.log, since))


def _wait(part: Part, seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and part.running.poll() is None:
        if done():
            return True
        time.sleep(0.05)
    return False


def _from(log: Path, start: int) -> bytes:
    try:
        with log.open("rb") as lines:
            lines.seek(start)
            return lines.read()
    except OSError:
        return b""


def _module(name: str) -> list[str]:
    """Run a package with the interpreter of our environment."""
    return [sys.executable, "-m", name]


def _part(
    name: str, folder: Path, command: list[str], environment: Mapping[str, str], sockets: list[int] | None = None
) -> Part:
    """Tie a command line to its log."""
    log = folder / "logs" / f"{name.replace(' ', '-')}.log"

    def start() -> Popen[bytes]:
        return processes.spawn(command, log=log, environment=environment, sockets=sockets or [], cwd=ROOT)

    return Part(name, start, log)


def size(log: Path) -> int:
    """Return how long a log is by now."""
    return os.path.getsize(log) if log.exists() else 0
