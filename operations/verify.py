"""`manage.py verify`: every check there is, one table at the end, and an exit code that can be trusted."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from operations import browser
from operations.datafolder import ROOT, new_field_key

BIN = Path(sys.executable).parent

#: two processes of tests, each with a Valkey, servers and a browser of its own; files keep together and in order
_SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


@dataclass(frozen=True, slots=True)
class Check:
    """One command line that exits 0 when all is well. `live`: its output is shown while it runs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    live: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a check went: `ok`, `FAILED`, or `NOT RUN` when its tool could not be started."""

    name: str
    outcome: str
    seconds: float


def main(arguments: list[str]) -> int:
    """Run all checks, tests last with `arguments` for pytest; return 0 when everything held."""
    with tempfile.TemporaryDirectory(prefix="halfpast-verify-") as folder:
        found = browser.find(say)
        results = [run(check, say) for check in checks(Path(folder), arguments, found)]
    if found is None:
        results.append(Result("browser tests", "NOT RUN", 0))
        say(browser.NONE)
    say(table(results))
    return verdict(results, strict=os.environ.get("CI") == "true")


def checks(folder: Path, pytest_arguments: Sequence[str], chromium: Path | None = None) -> list[Check]:
    """Return the checks in the order in which they run; `folder` serves as their data folder.

    The tests walk the pages in `chromium`; without one they leave that out.
    """
    manage = [sys.executable, "manage.py"]
    unset = dict.fromkeys(["HALFPAST_ENV", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"], "")
    here = {**unset, "HALFPAST_DATA": str(folder)}
    return [
        Check("code style", [_tool("ruff"), "check", "."]),
        Check("format", [_tool("ruff"), "format", "--check", "."]),
        Check("types", [_tool("mypy")], here),
        Check("import contracts", [_tool("lint-imports"), "--no-logo"], here),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], here),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], {**here, **_as_in_production()}),
        Check("settings pages", [sys.executable, "-m", "config.pages", "--check"], here),
        Check(
            "compose file",
            [_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ),
        Check("Dockerfile", [_tool("hadolint"), "Dockerfile"]),
        Check(
            "tests",
            [sys.executable, "-m", "pytest", *_SIDE_BY_SIDE, *pytest_arguments],
            {"HALFPAST_CHROMIUM": str(chromium or "")},
            live=True,
        ),
    ]


def run(check: Check, tell: Callable[[str], None]) -> Result:
    """Run one check; show what it said when it failed."""
    tell(f"── {check.name} …")
    started = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - our own commands, no shell
            check.command,
            cwd=ROOT,
            env={**os.environ, **check.environment},
            stdin=subprocess.DEVNULL,
            stdout=None if check.live else subprocess.PIPE,
            stderr=None if check.live else subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as reason:
        tell(f"   NOT RUN: {reason}")
        return Result(check.name, "NOT RUN", 0)
    if done.returncode and done.stdout:
        tell(done.stdout.rstrip())
    return Result(check.name, "FAILED" if done.returncode else "ok", time.monotonic() - started)


def table(results: Sequence[Result]) -> str:
    """Return the summary: one line a check, and one sentence."""
    lines = [f"  {result.outcome:<8} {result.name:<18} {result.seconds:6.1f} s" for result in results]
    bad = [result.name for result in results if result.outcome == "FAILED"]
    left = [result.name for result in results if result.outcome == "NOT RUN"]
    sentences = [f"Failed: {', '.join(bad)}."] if bad else []
    sentences += [f"NOT RUN, so nothing is known about it: {', '.join(left)}."] if left else []
    return "\n".join(["", "Summary", *lines, " ".join(sentences) or "Everything holds."])


def verdict(results: Sequence[Result], *, strict: bool) -> int:
    """Return the exit code; when `strict`, a check that could not run counts as failed."""
    bad = {"FAILED", "NOT RUN"} if strict else {"FAILED"}
    return int(any(result.outcome in bad for result in results))


def say(words: str) -> None:
    """Print at once: the tests write to the same place."""
    print(words, flush=True)


def _tool(name: str) -> str:
    """Return the path of a tool of our environment."""
    return str(BIN / name)


def _as_in_production() -> dict[str, str]:
    """Return what a production environment must give, with keys that are thrown away."""
    return {
        "HALFPAST_ENV": "production",
        "HALFPAST_SECRET_KEY": os.urandom(40).hex(),
        "HALFPAST_FIELD_KEYS": new_field_key(),
        "HALFPAST_URL": "https://agenda.example.org",
        "EMAIL_URL": "smtp+tls://nobody:nothing@mail.example.org:587",
        "HALFPAST_ICLOUD_URL": "",
        "HALFPAST_CA_FILE": "",
        "REDIS_URL": "redis://redis.example.org:6379/0",
    }
