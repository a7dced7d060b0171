"""What a running `up` leaves in its data folder: a lock while it lives, and up.json for everybody who looks for it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from operations import datafolder


class AlreadyRunning(Exception):
    """Another `up` holds this data folder; the message says which and what to do."""


class UpFile:
    """Holds the data folder for one `up`; as a context manager it takes back up.json at the end."""

    def __init__(self, folder: Path) -> None:
        """Take the lock, or raise AlreadyRunning."""
        self.path = folder / "up.json"
        self._lock: IO[str] = (folder / "up.lock").open("w")
        if not _taken(self._lock):
            raise AlreadyRunning(_sentence(folder))

    def write(self, facts: dict[str, Any]) -> None:
        """Write up.json whole or not at all; it names the broker's password, so it is the owner's alone."""
        draft = self.path.with_name(".up.json.draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"pid": os.getpid(), **facts}, indent=2) + "\n")
        draft.replace(self.path)

    def __enter__(self) -> UpFile:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove up.json, then let go."""
        self.path.unlink(missing_ok=True)
        self._lock.close()


def _taken(lock: IO[str]) -> bool:
    """Return whether the lock is ours now; a second or so of somebody's short look at it is waited out."""
    for _attempt in range(10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
        else:
            return True
    return False


def _sentence(folder: Path) -> str:
    """Say who runs there."""
    facts = datafolder.running(folder) or {}
    who = f" (process {facts['pid']}, {facts['url']})" if "url" in facts else ""
    return f"Halfpast already runs on the data folder {folder}{who}: stop it first, or choose another with --data."
