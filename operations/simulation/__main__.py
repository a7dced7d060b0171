"""Plays stories in a process and a database of their own, and prints one line of JSON for each: `manage.py simulate`.

Clocks and random bytes of this process hang on the seeds: never import it where anything else is going on.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection


def main(arguments: list[str]) -> None:
    """Play the stories named on the command line: `--real` for real transactions, seeds, or stories as JSON."""
    django.setup()
    logging.disable(logging.CRITICAL)  # what a run logs in a story is no news
    call_command("migrate", verbosity=0)
    from operations.simulation.play import Apart, play, shrunk, story_of, taken_back
    from operations.simulation.story import Story

    real = "--real" in arguments
    apart: Apart = Pristine() if real else taken_back
    for told in [one for one in arguments if one != "--real"]:
        played = play(Story.of(told) if told.startswith("{") else story_of(int(told)), apart)
        short = shrunk(played, apart) if played.breaches else played
        line = {
            "seed": played.story.seed,
            "steps": len(played.story.steps),
            "fired": played.fired,
            "digest": played.digest,
            "breaches": played.breaches,
            "shortest": short.story.line() if played.breaches else "",
        }
        print(json.dumps(line), flush=True)


class Pristine:
    """A database file that is put back after each story: its transactions are real."""

    def __init__(self) -> None:
        """Keep the file as it is now."""
        self.file = Path(connection.settings_dict["NAME"])
        self.kept = self.file.with_suffix(".kept")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self.kept)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Play on the file, then put it back."""
        yield
        connection.close()
        for journal in ("-wal", "-shm"):
            self.file.with_name(self.file.name + journal).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)


if __name__ == "__main__":
    main(sys.argv[1:])
