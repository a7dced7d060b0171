"""`up` runs this for the demo: people, their week, and Alice's connection to the demo's calendar server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from integrations.services.connect import ConnectRefused
from integrations.services.disconnect import DisconnectRefused
from operations import demo, demo_seed
from operations.command import Answer, OperatorCommand, Refusal


class Command(OperatorCommand):
    """Does what is missing of the demo, so that it may be run again."""

    help = "Make the demo's people, and connect Alice to the calendar server at URL."
    refusals = (ConnectRefused, DisconnectRefused)

    def arguments(self, parser: ArgumentParser) -> None:
        """Take the server's address."""
        parser.add_argument("url", help="the demo's calendar server")

    def perform(self, *, url: str, **options: Any) -> Answer:
        """Seed."""
        kept = demo.load(settings.DATA)
        if kept is None:
            raise Refusal("There is no demo in this data folder: `manage.py up` on an empty one makes it.")
        demo_seed.seed(kept)
        demo_seed.connect_alice(kept, url)
        return Answer()
