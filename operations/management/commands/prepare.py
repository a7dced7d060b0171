"""`up` runs this first: bring the database up to this code, and say whether anybody is in it yet."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from operations import database
from operations.command import Answer, OperatorCommand


class Command(OperatorCommand):
    """Answers with `users` (whether there are any), `setup_path` (when asked for) and the `threads` of each part."""

    help = "Migrate the database, after a backup."

    def arguments(self, parser: ArgumentParser) -> None:
        """Let the caller ask for a set-up link."""
        parser.add_argument("--setup-link", action="store_true", help="make a one-time link when there are no users")

    def _get_ready(self) -> None:
        """Migrate, in production too: whoever runs `up` there asks for it."""
        database.prepare(self.tell)

    def perform(self, *, setup_link: bool, **options: Any) -> Answer:
        """Look for users; make the link."""
        users = get_user_model()._default_manager.exists()
        path = _setup_path() if setup_link and not users else ""
        return Answer({"users": users, "setup_path": path, "threads": settings.THREADS})


def _setup_path() -> str:
    """Return the path of a fresh one-time set-up page, good for a day."""
    from accounts.services.setup import make_setup_token

    return f"/setup/{make_setup_token()}/"
