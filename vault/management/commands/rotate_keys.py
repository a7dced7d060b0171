"""`manage.py rotate_keys`: put the current master key to use everywhere."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vault.keys import master_keys
from vault.rotation import Progress, rotate


class Command(BaseCommand):
    """Re-wrap all data keys; may be stopped and started again, and runs beside a working Halfpast."""

    help = (
        "Re-wrap every data key under the first key of HALFPAST_FIELD_KEYS. Put the new key first, keep the old one "
        "behind it, restart, run this, then take the old one out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say how many."""
        progress = Progress()
        for _ in rotate(progress):
            if progress.rewrapped and progress.rewrapped % 1000 == 0:
                self.stderr.write(f"{progress.rewrapped} re-wrapped …")
        self._say(progress, as_json=options["json"])
        if progress.failed:
            raise CommandError(
                f"{progress.failed} data keys could not be unwrapped: add their old master key to HALFPAST_FIELD_KEYS "
                "and run this again."
            )

    def _say(self, progress: Progress, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(vars(progress)))
            return
        self.stdout.write(
            f"{progress.rewrapped} data keys re-wrapped under {master_keys().current}, "
            f"{progress.already} were already, {progress.failed} failed."
        )
