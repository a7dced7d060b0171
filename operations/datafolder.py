"""The data folder: where it is, the keys in it, and what a running `up` has written there about itself."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = "var"


class DataFolderMissing(Exception):
    """The data folder or a key is not there, and may not be made here. The message says what to do."""


def locate(value: str) -> Path:
    """Return the data folder that `value` (HALFPAST_DATA) names; relative paths start at the project's folder."""
    return (ROOT / Path(value).expanduser()).resolve()


def ensure(folder: Path) -> None:
    """Make the folder and its keys where they are missing. Only for use outside production."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    _write_once(folder / "keys" / "secret_key", lambda: secrets.token_urlsafe(64))
    _write_once(folder / "keys" / "field_keys", new_field_key)


def new_field_key() -> str:
    """Return a fresh master key as HALFPAST_FIELD_KEYS wants it: `id:base64url` of 32 random bytes."""
    return f"k{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def key(folder: Path, name: str) -> str:
    """Return the key stored as `name`; DataFolderMissing says which setting to give instead."""
    try:
        return (folder / "keys" / name).read_text().strip()
    except FileNotFoundError:
        raise DataFolderMissing(
            f"There is no key in {folder / 'keys' / name}: in production set HALFPAST_{name.upper()}, or point "
            "HALFPAST_DATA at the data folder that holds it."
        ) from None


def running(folder: Path) -> dict[str, Any] | None:
    """Return what the `up` that runs on this folder says about itself in up.json, or None when none does.

    What counts is the lock that it holds while it lives, not the file: a killed one leaves its file behind.
    """
    try:
        with (folder / "up.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        pass
    except OSError:
        return None
    try:
        return dict(json.loads((folder / "up.json").read_text()))
    except (OSError, ValueError):
        return None


def _write_once(path: Path, make: Callable[[], str]) -> None:
    """Write a new key unless one is there; of two processes that try at once, one wins and both read the same."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(make() + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
