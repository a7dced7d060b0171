"""A house as its operator has it: a data folder, the commands on it, and workers, every one a process of its own."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any, TypeVar

from celery import current_app

from operations import parts
from operations.datafolder import ROOT
from operations.supervisor import Part
from operations.upfile import UpFile
from tests.operations.houses import environment

T = TypeVar("T")

#: how long something is waited for that takes a second or two (seconds)
SOON = 30.0
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one document on standard output."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """Return what standard error holds, which must be one line."""
        [line] = self.err.splitlines()
        return line


def eventually(probe: Callable[[], T | None], seconds: float = SOON, what: str = "") -> T:
    """Return what `probe` gives as soon as that is true; an AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"this never came: {what or probe}"
        time.sleep(0.05)
    return found


@dataclass
class House:
    """Commands and workers on one data folder. `broker` is in no command's environment: they find it in up.json."""

    folder: Path
    broker: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    up: UpFile | None = None

    # --- commands -----------------------------------------------------------------------------------------------------

    def start(self, *words: str, stdin: str = "", **settings: str) -> Popen[str]:
        """Start a command and return its process."""
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env=environment(self.folder, **{**self.settings, **settings}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, *words: str, stdin: str = "", **settings: str) -> Said:
        """Run a command to its end."""
        return ended(words, self.start(*words, stdin=stdin, **settings))

    def run_all(self, commands: Sequence[tuple[tuple[str, ...], str]], **settings: str) -> list[Said]:
        """Run many commands, each with its standard input, without starting Django for every one."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.batch"],
            env=environment(self.folder, **{**self.settings, **settings}),
            cwd=ROOT,
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            check=True,
        )
        answers = json.loads(done.stdout)
        return [Said(words, *answer) for (words, _stdin), answer in zip(commands, answers, strict=True)]

    def do(self, *words: str, stdin: str = "") -> Any:
        """Run a command that must go well, and return its document."""
        said = self.run(*words, "--json", stdin=stdin)
        assert said.code == 0, said
        return said.json

    def agenda(self, email: str, first: str, last: str, viewer: str = "") -> list[dict[str, Any]]:
        """Return the rows of somebody's agenda, as its owner or a viewer sees them."""
        days = ("--from", first, "--to", last)
        return list(self.do("agenda", "list", "--user", email, *(["--as", viewer] if viewer else []), *days))

    # --- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Return rows of the database."""
        with closing(self._database()) as database:
            return [dict(row) for row in database.execute(query, values)]

    def count(self, table: str, where: str = "1") -> int:
        """Return how many rows a table has."""
        return int(self.rows(f"SELECT count(*) AS n FROM {table} WHERE {where}")[0]["n"])  # noqa: S608

    def write(self, query: str, *values: Any) -> None:
        """Change rows behind everybody's back: the passing of time, mostly."""
        with closing(self._database()) as database, database:
            database.execute(query, values)

    def dump(self, *but: str) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of all tables but these."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        names = (table["name"] for table in tables if table["name"] not in but)
        return {name: self.rows(f"SELECT * FROM {name}") for name in names}  # noqa: S608

    def _database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.folder / "halfpast.sqlite3", timeout=20)
        database.row_factory = sqlite3.Row
        return database

    # --- workers ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the workers as `up` does, and write up.json, so that commands ring them."""
        self.up = UpFile(self.folder)
        self.up.write({"broker_url": self.broker})
        self.parts = [parts.worker(self.folder, queue, 4, self._for_workers()) for queue in ("sync", "interactive")]
        since = {part.name: parts.size(part.log) for part in self.parts}
        for part in self.parts:
            part.process = part.start()
        for part in self.parts:
            assert parts.says_ready(part, SOON, since=since[part.name]), part.log.read_text()

    def start_beat(self) -> None:
        """Start the clock."""
        beat = parts.beat(self.folder, self._for_workers())
        beat.process = beat.start()
        self.parts.append(beat)

    def close(self, *, kill: bool = False) -> None:
        """Stop workers and beat, with SIGKILL if so wished, and take up.json away."""
        for part in self.parts:
            part.running.kill() if kill else part.running.terminate()
        for part in self.parts:
            part.running.wait(15)
        self.parts = []
        if self.up:
            self.up.__exit__(None, None, None)
            self.up = None

    def log(self, queue: str) -> str:
        """Return what the worker of a queue has logged."""
        return (self.folder / "logs" / f"{queue}-worker.log").read_text()

    def _for_workers(self) -> dict[str, str]:
        facts = environment(self.folder, REDIS_URL=self.broker, CELERY_BROKER_URL=self.broker, **self.settings)
        return {**facts, "PYTHONDONTWRITEBYTECODE": ""}

    # --- runs ---------------------------------------------------------------------------------------------------------

    def pass_half_an_hour(self, connection: str) -> dict[str, Any]:
        """Wait for the runs under way, let a connection be due, and return the run that came of it."""
        eventually(self.is_quiet, what="the end of the runs under way")
        return self.tick(connection)

    def tick(self, connection: str) -> dict[str, Any]:
        """Let a connection be due, tell the workers as beat does each minute, and return the first run after that."""
        since = str(datetime.now(UTC).replace(tzinfo=None))
        self.write("UPDATE integrations_connection SET next_sync_at = ?", "2020-01-01 00:00:00")
        with current_app.connection_for_write(self.broker) as broker:
            current_app.send_task("integrations.tasks.dispatch_due", queue="interactive", connection=broker, expires=55)
        return eventually(
            lambda: [run for run in self.runs(connection) if run["started_at"] > since], what="another run"
        )[0]

    def is_quiet(self) -> bool:
        """Return whether every ring was heard and no run is under way."""
        unheard = self.count("integrations_connection", "ring_seq > heard_seq")
        return not (unheard or self.count("integrations_run", "ended_at IS NULL"))

    def runs(self, connection: str) -> list[dict[str, Any]]:
        """Return the runs of a connection that have ended, oldest first."""
        query = "SELECT * FROM integrations_run WHERE connection_id = ? AND ended_at IS NOT NULL ORDER BY started_at"
        return self.rows(query, connection.replace("-", ""))


def ended(words: tuple[str, ...], process: Popen[str]) -> Said:
    """Wait for a command and return what it said."""
    out, err = process.communicate(timeout=300)
    return Said(words, process.returncode, out, err)


def people(house: House) -> None:
    """Let Alice and Bob, of one company, and Mallory, of another, be users."""
    cast = {"alice": "Blue Harbour", "bob": "Blue Harbour", "mallory": "Red Cliff"}
    for name, company in cast.items():
        who = ("--company", company, "--email", f"{name}@example.org", "--timezone", "Europe/Brussels")
        house.do("create_user", *who, "--password-stdin", stdin=PASSWORD)


def lines(text: str) -> Iterator[str]:
    """Yield the lines of an iCalendar text, unfolded."""
    yield from text.replace("\r\n ", "").replace("\n ", "").splitlines()
