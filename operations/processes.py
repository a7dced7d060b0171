"""Child processes that never outlive the one who started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LONGEST_LOG = 10_000_000  # bytes; a longer one is put aside at the next start, over the one before
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    arguments: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    sockets: Sequence[int] = (),
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, writing to `log`; on Linux it is killed when this process dies.

    Call it from the main thread: the kernel watches the thread that forks. `stdin` is handed over and closed, so a
    secret given there shows in no process list. `environment` is added to ours, never put in its place.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".1.log"))
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            list(arguments),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
            pass_fds=tuple(sockets),
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - one system call, nothing that could take a lock
        )
    assert child.stdin is not None  # noqa: S101 - PIPE was asked for
    try:
        child.stdin.write(stdin.encode())
        child.stdin.close()
    except BrokenPipeError:  # it died at once; whoever waits for it will see that
        pass
    return child


def stop(child: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask the process to end; then as `finish`."""
    child.terminate()
    finish(child, patience=patience)


def finish(child: subprocess.Popen[bytes], *, patience: float) -> None:
    """Wait for a process that was asked to end; after `patience` seconds kill it with everything in its session."""
    try:
        child.wait(timeout=max(patience, 0))
    except subprocess.TimeoutExpired:
        kill(child)


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the process with everything in its session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, for the one who has to find out why a process died."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does before it becomes its program: tie its life to `parent`'s."""
    if _LIBC is None:
        return None

    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return tie
