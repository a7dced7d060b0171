"""What a memory server holds: accounts, calendars, their versions and history; and the habits it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.gateway.errors import TokenInvalid


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource as it stands."""

    etag: str
    text: str
    uid: str


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a calendar's history: what an href held before, and when it changed."""

    serial: int
    at: datetime
    href: str
    before: Stored | None


@dataclass(slots=True)
class MemoryCalendar:
    """One calendar. `path` is decoded and ends with a slash; `serial` rises with every change."""

    path: str
    name: str
    color: str = ""
    writable: bool = True
    holds_events: bool = True
    subscribed: bool = False
    shared: bool = False
    born: int = 0  # what tells this calendar's cursors from those of an earlier one at the same path
    serial: int = 0
    oldest_token: int = 0
    resources: dict[str, Stored] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)  # UID → href
    history: list[Change] = field(default_factory=list)

    def put(self, href: str, stored: Stored | None, at: datetime) -> None:
        """Store a resource, or take it away with None, and write it into the history."""
        self.serial += 1
        before = self.resources.get(href)
        self.history.append(Change(self.serial, at, href, before))
        if before:
            self.uids.pop(before.uid, None)
        if stored is None:
            del self.resources[href]
        else:
            self.resources[href] = stored
            self.uids[stored.uid] = href

    def seen_at(self, moment: datetime) -> tuple[int, dict[str, Stored]]:
        """Return serial and resources as they were at `moment`: what a reader of a lagging copy sees."""
        if not self.history or self.history[-1].at <= moment:
            return self.serial, self.resources
        serial, resources = self.serial, dict(self.resources)
        for change in reversed(self.history):
            if change.at <= moment:
                break
            serial = change.serial - 1
            _undo(resources, change)
        return serial, resources

    def token(self, serial: int) -> str:
        """Return the sync token (and ctag) that stands for a serial."""
        return f"sync-{self.born}-{serial}"

    def serial_of(self, token: str) -> int:
        """Return the serial behind a token; TokenInvalid when it is foreign or forgotten."""
        born, _, serial = token.removeprefix("sync-").partition("-")
        if not serial.isdigit() or born != str(self.born) or not self.oldest_token <= int(serial) <= self.serial:
            raise TokenInvalid("the server does not know this sync token")
        return int(serial)

    def touched_between(self, since: int, until: int) -> list[str]:
        """Return the hrefs that changed after `since` up to `until`, each once, oldest change first."""
        return list(dict.fromkeys(c.href for c in self.history[since:until]))

    def shown_until(self, since: int, until: int, shown: list[str]) -> int:
        """Return the serial up to which a cut report has told everything: the next one goes on from there."""
        untold = (change.serial for change in self.history[since:until] if change.href not in shown)
        return min(untold, default=until + 1) - 1


def _undo(resources: dict[str, Stored], change: Change) -> None:
    if change.before is None:
        resources.pop(change.href, None)
    else:
        resources[change.href] = change.before


@dataclass(slots=True)
class MemoryAccount:
    """One account: its calendars by path, and whether its password still works."""

    username: str
    password: str = field(repr=False)
    addresses: tuple[str, ...] = ()
    locked: bool = False  # True: the app password was revoked
    calendars: dict[str, MemoryCalendar] = field(default_factory=dict)
    gone_uids: dict[str, datetime] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """Return the calendar home's path."""
        return f"/{self.username}/"


@dataclass(slots=True)
class Habits:
    """How this server behaves; change any of them at any time."""

    etag_on_put: bool = True
    home_cursors: bool = True  # the home listing carries ctag and token
    sync_collection: bool = True
    account_wide_uids: bool = False
    uid_held_for: timedelta = timedelta(0)  # a deleted UID stays taken this long
    lag: timedelta = timedelta(0)  # reads see the state of this long ago
    lag_verbs: frozenset[str] = frozenset({"PROPFIND", "REPORT", "GET"})
    page: int | None = None  # a sync report is cut after so many rows
    rewrite: Callable[[str], str] | None = None  # what is stored instead of what was sent
    etag: Callable[[str, int], str] | None = None  # (text, running number) → ETag; default: a fresh one each time
    self_row: bool = True  # listings name the collection itself, as real servers do
