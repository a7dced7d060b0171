"""`manage.py up`: everything in one process tree, on one data folder.

This process is no Django: it starts the parts, watches them and stops them. What needs Django runs in a child.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from operations import datafolder, ports
from operations.embedded import icloud, radicale, valkey
from operations.house import CannotStart, House, production
from operations.supervisor import GivesUp, Stopped, Supervisor
from operations.upfile import AlreadyRunning, UpFile

_REASONS = (AlreadyRunning, CannotStart, GivesUp, valkey.WillNotStart, radicale.WillNotStart, icloud.WillNotStart)


def main(arguments: list[str]) -> int:
    """Run Halfpast until Ctrl-C or SIGTERM. Return 0 then, 1 when it could not start or keep running."""
    wish = _parser().parse_args(arguments)
    folder = wish.data.expanduser().absolute() if wish.data else _usual_folder()
    try:
        _have_folder(folder)
        with UpFile(folder) as file, Supervisor(say) as supervisor, ports.bind(wish.port) as listener:
            house = House(folder, file, supervisor, listener, say)
            last_words = house.start(with_demo=not (wish.no_demo or production()))
            say(f"Halfpast is ready: {house.url}")
            say(last_words)
            supervisor.watch()
    except Stopped:
        say("Halfpast has stopped.")
        return 0
    except (*_REASONS, OSError) as reason:
        print(reason, file=sys.stderr, flush=True)
    return 1


def say(words: str) -> None:
    """Tell the person at the terminal, at once also through a pipe."""
    if words:
        print(words, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("manage.py up", description="Run Halfpast: web, workers, beat and what they need.")
    parser.add_argument("--port", type=int, default=8000, help="where to listen; a taken one is stepped over (8000)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data folder (HALFPAST_DATA, else var/)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, with a one-time link to set it up")
    return parser


def _usual_folder() -> Path:
    return datafolder.locate(os.environ.get("HALFPAST_DATA") or datafolder.DEFAULT)


def _have_folder(folder: Path) -> None:
    """Make the data folder and its keys; in production it must be there."""
    if not production():
        datafolder.ensure(folder)
    elif not folder.is_dir():
        raise CannotStart(f"The data folder {folder} is not there, and in production it is not made by itself.")
