"""The supervisor, with parts that live as long as a test needs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations import processes
from operations.supervisor import GivesUp, Part, Supervisor


@pytest.fixture(autouse=True)
def _keep_our_own_signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def part(folder: Path, name: str, program: str, *, last: bool = False) -> Part:
    log = folder / f"{name}.log"
    return Part(name, lambda: processes.spawn([sys.executable, "-c", program], log=log), log, last=last)


SLEEPS = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def test_a_part_that_keeps_dying_stops_everything_with_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    with pytest.raises(GivesUp, match="(?s)clock stopped 5 times.*no such spring"), supervisor:
        supervisor.add(part(tmp_path, "clock", "print('no such spring')"))
        broken = supervisor._parts[0]
        while True:
            broken.start_at = 0.0
            supervisor._look_after(broken)
            time.sleep(0.01)
    assert len(said) == 4
    assert "is started again in 0.5 s" in said[0]
    assert "in 4 s" in said[3]


def test_a_pause_is_kept_before_a_part_is_started_again(tmp_path: Path) -> None:
    with Supervisor(lambda _words: None) as supervisor:
        sleeper = supervisor.add(part(tmp_path, "sleeper", SLEEPS))
        processes.kill(sleeper.running)
        supervisor._look_after(sleeper)
        supervisor._look_after(sleeper)
        assert sleeper.process is None
        sleeper.start_at = time.monotonic()
        supervisor._look_after(sleeper)
        assert sleeper.running.poll() is None


def test_what_others_need_stops_last_and_what_is_deaf_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _words: None)
    with supervisor:
        broker = supervisor.add(part(tmp_path, "broker", SLEEPS, last=True)).running
        deaf = supervisor.add(part(tmp_path, "deaf", DEAF)).running
        while "deaf" not in processes.tail(tmp_path / "deaf.log"):
            time.sleep(0.01)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    assert deaf.returncode == -signal.SIGKILL
    assert broker.returncode == -signal.SIGTERM


def test_a_child_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from operations import processes;"
        f"child = processes.spawn([sys.executable, '-c', {SLEEPS!r}], log=Path({str(tmp_path / 'log')!r}));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


def test_what_is_given_on_standard_input_shows_in_no_process_list(tmp_path: Path) -> None:
    program = "import sys, time; print(len(sys.stdin.read()), flush=True); time.sleep(60)"
    child = processes.spawn([sys.executable, "-c", program], log=tmp_path / "log", stdin="canary")
    try:
        while "6" not in processes.tail(tmp_path / "log"):
            time.sleep(0.01)
        assert b"canary" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    finally:
        processes.kill(child)
