"""`simulate`: seeded stories of people, phones, faults and crashes against the production engine (docs/proof.md)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations.datafolder import ROOT
from operations.simulation.wire import TROUBLES

#: in runs of so many stories, every class of fault must have struck at least once
ENOUGH = 300


class Command(BaseCommand):
    """Play the stories of some seeds, or those of a file; exit 1 when one of them breaches a promise."""

    help = "Play seeded stories against the sync engine in memory, and check that nothing is lost, doubled or revived."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add seeds, a file of stories, and how the result is printed."""
        parser.add_argument("--seeds", type=_seeds, default=range(0), metavar="A..B", help="B is the last one played")
        parser.add_argument("--scenarios", type=Path, metavar="FILE", help="stories, one JSON object a line")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
        parser.add_argument("--real", action="store_true", help="real transactions on a file, not one that is undone")
        parser.add_argument("--json", action="store_true", help="print JSON lines, with a summary as the last")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, print, and judge."""
        stories = [str(seed) for seed in options["seeds"]] + _stories(options["scenarios"])
        if not stories:
            raise CommandError("Name the seeds: --seeds 1..300, or a file of stories: --scenarios FILE.")
        results = self._played(stories, options)
        summary = _summary(results)
        quiet = sorted(name for name in TROUBLES if not summary["fired"].get(name)) if len(stories) >= ENOUGH else []
        self.stdout.write(json.dumps(summary) if options["json"] else _sentence(summary))
        if quiet:
            raise CommandError(f"These faults never struck, so nothing is known about them: {', '.join(quiet)}.")
        if summary["violations"]:
            raise CommandError(f"{summary['violations']} of {len(results)} stories breach a promise.")

    def _played(self, stories: Sequence[str], options: dict[str, Any]) -> list[dict[str, Any]]:
        """Return each story's result, in the order in which they end."""
        results: list[dict[str, Any]] = []

        def hear(line: str) -> None:
            result = json.loads(line)
            results.append(result)
            if options["json"] or result["breaches"]:
                self.stdout.write(line.strip() if options["json"] else _breach(result))

        jobs = max(1, min(options["jobs"], len(stories)))
        shares = [stories[first::jobs] for first in range(jobs)]
        threads = [threading.Thread(target=_play, args=(share, options["real"], hear)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(results) != len(stories):
            raise CommandError(f"Only {len(results)} of {len(stories)} stories were played to their end: see above.")
        return results


def _play(stories: Iterable[str], real: bool, hear: Any) -> None:
    """Play in a process with a database of its own, and hand on each line it prints."""
    with tempfile.TemporaryDirectory(prefix="halfpast-simulation-") as folder:
        command = [sys.executable, "-m", "operations.simulation", *(["--real"] if real else []), *stories]
        here = {"HALFPAST_DATA": folder, "CELERY_BROKER_URL": "memory://", "PYTHONHASHSEED": "0"}
        nothing = dict.fromkeys(["HALFPAST_ENV", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"], "")
        with subprocess.Popen(  # noqa: S603 -- our own code, no shell
            command,
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **nothing, **here},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            for line in process.stdout or ():
                hear(line)


def _seeds(text: str) -> range:
    first, dots, last = text.partition("..")
    if not dots or not first.isdigit() or not last.isdigit():
        raise argparse.ArgumentTypeError("Give the first and the last seed: 1..300.")
    return range(int(first), int(last) + 1)


def _stories(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return [line for line in file.read_text().splitlines() if line.strip()]
    except OSError as error:
        raise CommandError(f"The stories cannot be read: {error}.") from error


def _summary(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    fired: Counter[str] = Counter()
    for result in results:
        fired.update(result["fired"])
    return {
        "scenarios": len(results),
        "steps": sum(result["steps"] for result in results),
        "fired": dict(sorted(fired.items())),
        "violations": sum(bool(result["breaches"]) for result in results),
    }


def _sentence(summary: dict[str, Any]) -> str:
    struck = "\n".join(f"  {count:6}  {name}" for name, count in summary["fired"].items())
    return (
        f"{struck}\n{summary['scenarios']} stories, {summary['steps']} steps, {summary['violations']} breach a promise."
    )


def _breach(result: dict[str, Any]) -> str:
    said = "\n".join(f"  {breach}" for breach in result["breaches"])
    return f"Seed {result['seed']}:\n{said}\n  The shortest story that does it:\n  {result['shortest']}"
