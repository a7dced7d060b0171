"""`up` runs this for the demo: people, and Alice's connection to the demo's calendar server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from operations import demo
from operations.command import Answer, OperatorCommand, Refusal


class Command(OperatorCommand):
    """Does what is missing of the demo, so that it may be run again."""

    help = "Make the demo's people, and connect Alice to the calendar server at URL."

    def arguments(self, parser: ArgumentParser) -> None:
        """Take the server's address."""
        parser.add_argument("url", help="the demo's calendar server")

    def perform(self, *, url: str, **options: Any) -> Answer:
        """Seed."""
        secrets = demo.load(settings.DATA)
        if secrets is None:
            raise Refusal("There is no demo in this data folder: `manage.py up` on an empty one makes it.")
        demo.seed_people(secrets)
        return Answer(text=demo.connect_alice(secrets, url))
