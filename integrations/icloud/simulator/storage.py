"""Keeps a world in a file, so that a stopped simulator goes on where it was: tokens, ETags and all.

A world that forgot what was pushed to it would look, at the next sync, like somebody who deleted everything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from integrations.icloud.simulator.account import Account, AppPassword
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import Change, Contents, Resource
from integrations.icloud.simulator.mail import Mail
from integrations.icloud.simulator.world import World

_FORMAT = 1
Facts = dict[str, Any]


class Unreadable(Exception):
    """The file is there and cannot be read; the message says what to do. Nothing is begun anew over it."""


class Storage:
    """One world in `<folder>/world.json`, written whole or not at all, for its owner's eyes."""

    def __init__(self, folder: Path, world: World) -> None:
        """Bring `world`, which must be new, to where the file left it."""
        self.path, self.world = folder / "world.json", world
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.load()
        self._saved = _mark(world)

    def load(self) -> None:
        """Read the file, when there is one."""
        try:
            facts = json.loads(self.path.read_text())
            if facts["format"] != _FORMAT:
                raise ValueError("format")
            _fill(self.world, facts)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            raise Unreadable(
                f"{self.path} cannot be read: put it right, or move it away to begin with an empty iCloud "
                "(a connected Halfpast then asks before it believes that all is deleted)."
            ) from None

    def save(self) -> None:
        """Write the world down if it changed since; called before an answer leaves, so nothing told is lost."""
        with self.world.lock:
            mark = _mark(self.world)
            if mark != self._saved:
                self._write(json.dumps(_told(self.world)))
                self._saved = mark

    def _write(self, text: str) -> None:
        draft = self.path.with_name(f".world.{os.getpid()}.draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text)
        draft.replace(self.path)


def _mark(world: World) -> tuple[Any, ...]:
    """Return something that differs after every change worth keeping."""
    rows = [
        (account.apple_id, account.shard, row.id, row.name, row.color, row.order, row.access, row.contents.number)
        for account in world.accounts.values()
        for row in account.collections.values()
    ]
    passwords = [(one.text, one.revoked) for account in world.accounts.values() for one in account.app_passwords]
    return (world._versions, len(world.mails), len(world.accounts), rows, passwords)


def _told(world: World) -> Facts:
    """Return the world as plain values. A calendar that several accounts see is told once."""
    contents = {id(row.contents): row.contents for a in world.accounts.values() for row in a.collections.values()}
    numbers = {key: number for number, key in enumerate(contents)}
    return {
        "format": _FORMAT,
        "versions": world._versions,
        "born": world._born,
        "mails": [asdict(mail) for mail in world.mails],
        "contents": [_told_contents(one) for one in contents.values()],
        "accounts": [_told_account(one, lambda row: numbers[id(row.contents)]) for one in world.accounts.values()],
    }


def _told_account(account: Account, number: Callable[[Collection], int]) -> Facts:
    facts = {field.name: getattr(account, field.name) for field in fields(account)}
    rows = [
        {field.name: getattr(row, field.name) for field in fields(row)} | {"contents": number(row)}
        for row in account.collections.values()
    ]
    return facts | {"app_passwords": [asdict(one) for one in account.app_passwords], "collections": rows}


def _told_contents(contents: Contents) -> Facts:
    """Return what a calendar holds, and which names each change touched; not what they held before."""
    return {
        "born": contents.born,
        "born_at": contents.born_at,
        "number": contents.number,
        "oldest": contents.oldest,
        "resources": [
            asdict(one) | {"text": one.text.decode(errors="surrogateescape")} for one in contents.resources.values()
        ],
        "changes": [[one.number, one.at, one.name, one.gone] for one in contents.changes],
    }


def _fill(world: World, facts: Facts) -> None:
    world._versions, world._born = facts["versions"], facts["born"]
    world._random.seed(f"{world._born} calendars made")  # or the paths of new calendars would be those of old ones
    world.mails = [Mail(**mail) for mail in facts["mails"]]
    contents = [_contents(one) for one in facts["contents"]]
    for told in facts["accounts"]:
        rows = [Collection(**row | _row(row, contents)) for row in told["collections"]]
        passwords = [AppPassword(**one) for one in told["app_passwords"]]
        account = Account(**told | {"app_passwords": passwords, "collections": {row.id: row for row in rows}})
        world.accounts[account.apple_id] = account


def _row(row: Facts, contents: list[Contents]) -> Facts:
    components = row["components"]
    return {"contents": contents[row["contents"]], "components": None if components is None else tuple(components)}


def _contents(facts: Facts) -> Contents:
    resources = [Resource(**one | {"text": one["text"].encode(errors="surrogateescape")}) for one in facts["resources"]]
    uids: dict[str, set[str]] = {}
    for one in resources:
        uids.setdefault(one.uid, set()).add(one.name)
    changes = [Change(number, at, name, None, gone) for number, at, name, gone in facts["changes"]]
    by_name = {one.name: one for one in resources}
    return Contents(**facts | {"resources": by_name, "uids": uids, "changes": changes})
