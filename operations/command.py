"""The base of the operators' commands: one way to get ready, to answer, to refuse, and to ring a running `up`."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from operations import database, datafolder

_QUICK = {"socket_connect_timeout": 1, "socket_timeout": 2, "max_retries": 0}


class Refusal(Exception):
    """What was asked for is refused or failed. The message is the sentence for the operator."""

    exit_code = 1


class WrongUse(Refusal):
    """The arguments contradict each other, or name a user who does not exist."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: `document` with --json, else `text`; and whether all went well."""

    document: Any = None
    text: str = ""
    exit_code: int = 0


class OperatorCommand(BaseCommand):
    """A command on the data folder. Subclasses describe `arguments` and `perform`; they may add to `refusals`.

    Standard output holds the answer alone, with --json exactly one document; all else goes to standard error, and a
    failure is one sentence there. Exit codes: 0 done, 1 refused or failed, 2 wrong use or unknown user.
    """

    requires_system_checks = []
    refusals: tuple[type[Exception], ...] = ()  # further exceptions whose message is a sentence for the operator
    #: `def perform(self, *, its, options, **others)`: do it; raise Refusal, or one of `refusals`, with a sentence
    perform: Callable[..., Answer]

    def arguments(self, parser: ArgumentParser) -> None:
        """Add the command's own arguments."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what every operators' command understands."""
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Get ready, perform, answer."""
        try:
            with redirect_stdout(sys.stderr), _logs_apart():
                self._get_ready()
                answer = self.perform(**options)
        except Exception as error:
            if options["traceback"]:
                raise
            sys.exit(self._refuse(error))
        self._print(answer, as_json=options["json"])
        if answer.exit_code:
            sys.exit(answer.exit_code)

    def tell(self, sentence: str) -> None:
        """Tell the operator something on the way: standard error."""
        self.stderr.write(sentence, style_func=str)

    def _get_ready(self) -> None:
        """Create and migrate the database. In production, where nothing is made by itself, refuse when it lacks."""
        if not settings.PRODUCTION:
            database.prepare(self.tell)
        elif database.missing() or database.pending():
            raise Refusal(
                "The database is not there or not up to date, and in production nothing is made by itself: "
                "run `manage.py migrate` first."
            )

    def _print(self, answer: Answer, *, as_json: bool) -> None:
        """Print the answer; a reader who has heard enough, as `head` has, is no failure."""
        words = json.dumps(answer.document, indent=2, default=str, ensure_ascii=False) if as_json else answer.text
        try:
            if words:
                self.stdout.write(words)
            self.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the exit flushes, and fails, once more

    def _refuse(self, error: Exception) -> int:
        """Say the one sentence; return the exit code."""
        if isinstance(error, (Refusal, database.NewerDatabase, PermissionDenied, *self.refusals)):
            self.tell(str(error))
        elif isinstance(error, OperationalError):
            self.tell("The database does not answer, or is busy: see that it runs and that DATABASE_URL is right.")
        elif isinstance(error, ValidationError):
            self.tell(" ".join(error.messages))
        else:
            self.tell(_unexpected(error))
        return getattr(error, "exit_code", 1)


def secret_from_stdin() -> str:
    """Return what standard input holds, less one line break at its end."""
    text = sys.stdin.read()
    for line_break in ("\r\n", "\n", "\r"):
        if text.endswith(line_break):
            return text[: -len(line_break)]
    return text


def ring_running_up(task: str = "integrations.tasks.dispatch_due", *ids: str) -> bool:
    """Publish one task to the `up` that runs on our data folder; return whether it took it.

    It is tried once: a broker that is away costs nothing, because what is due stands in the database.
    """
    facts = datafolder.running(settings.DATA)
    if not facts or not facts.get("broker_url"):
        return False
    broker = current_app.connection_for_write(facts["broker_url"], transport_options=_QUICK)
    try:
        with broker:
            current_app.send_task(
                task, args=ids, queue="interactive", connection=broker, retry=False, ignore_result=True, expires=55
            )
    except (OSError, KombuError, RedisError):
        return False
    return True


@contextmanager
def _logs_apart() -> Iterator[None]:
    """Write log lines to a file meanwhile: standard error is for the operator's sentences."""
    root, log = logging.getLogger(), _log()
    shown = [one for one in root.handlers if type(one) is logging.StreamHandler]
    if not (shown and log):
        yield
        return
    kept = logging.FileHandler(log, delay=True)
    kept.setFormatter(shown[0].formatter)
    root.handlers = [*(one for one in root.handlers if one not in shown), kept]
    try:
        yield
    finally:
        root.handlers = [*(one for one in root.handlers if one is not kept), *shown]
        kept.close()


def _log() -> Path | None:
    """Return the file for what is not for the operator's eyes, or None where nothing can be written."""
    log: Path = settings.DATA / "logs" / "commands.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch(mode=0o600)
    except OSError:
        return None
    return log


def _unexpected(error: Exception) -> str:
    """Keep the traceback for whoever repairs it, and return a sentence. The message may hold anything: it stays out."""
    connection.close()
    log = _log()
    if log is None:
        return f"That failed unexpectedly ({type(error).__name__})."
    with log.open("a") as lines:
        lines.write("".join(traceback.format_exception(error)))
    return f"That failed unexpectedly ({type(error).__name__}); what happened is in {log}."
