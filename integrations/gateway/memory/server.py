"""A whole calendar server in memory: accounts, calendars, versions, tokens; deterministic and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from integrations.gateway.errors import PreconditionFailed, Refused, UidTaken
from integrations.gateway.memory.calendar import Habits, MemoryAccount, MemoryCalendar, Stored
from integrations.gateway.memory.faults import Faults, Request

_UID = re.compile(r"^UID(?:;[^:\r\n]*)?:(.*(?:\r?\n[ \t].*)*)", re.MULTILINE | re.IGNORECASE)


def uid_of(text: str) -> str:
    """Return the UID of the first component that has one, or ""."""
    found = _UID.search(text)
    return re.sub(r"\r?\n[ \t]", "", found[1]).strip() if found else ""


class MemoryServer:
    """A server with any number of accounts. `clock` tells the time; all else is decided by the calls."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Start an empty server."""
        self.clock = clock
        self.habits = Habits()
        self.faults = Faults()
        self.log: list[Request] = []
        self.accounts: dict[str, MemoryAccount] = {}
        self._etags = 0
        self._born = 0

    def add_account(self, username: str, password: str, *addresses: str) -> MemoryAccount:
        """Open an account without calendars."""
        self.accounts[username] = account = MemoryAccount(username, password, addresses or (username.lower(),))
        return account

    def add_calendar(self, account: MemoryAccount, name: str, path: str = "", **traits: bool | str) -> MemoryCalendar:
        """Make a calendar in the account's home; `traits` as the fields of MemoryCalendar."""
        self._born += 1
        path = path or f"{account.home}{name.lower().replace(' ', '-') or 'calendar'}/"
        account.calendars[path] = calendar = MemoryCalendar(path, name, born=self._born, **traits)  # type: ignore[arg-type]
        return calendar

    def drop_calendar(self, account: MemoryAccount, path: str) -> None:
        """Delete a calendar with everything in it."""
        del account.calendars[path]

    def forget_tokens(self) -> None:
        """Expire every sync token given out so far."""
        for account in self.accounts.values():
            for calendar in account.calendars.values():
                calendar.oldest_token = calendar.serial + 1

    def sign_in(self, username: str, password: str) -> MemoryAccount:
        """Return the account, or raise Refused."""
        account = self.accounts.get(username)
        if account is None or account.locked or account.password != password:
            raise Refused("the server refuses this user name and password")
        return account

    def store(self, account: MemoryAccount, calendar: MemoryCalendar, href: str, text: str) -> Stored:
        """Store a text at an href whatever is there now; UidTaken when its UID exists at another href."""
        uid = uid_of(text)
        self._check_uid(account, calendar, href, uid)
        self._etags += 1
        kept = self.habits.rewrite(text) if self.habits.rewrite else text
        etag = self.habits.etag(kept, self._etags) if self.habits.etag else f'"e{self._etags}"'
        calendar.put(href, stored := Stored(etag, kept, uid), self.clock())
        return stored

    def remove(self, account: MemoryAccount, calendar: MemoryCalendar, href: str) -> None:
        """Take a resource away."""
        account.gone_uids[calendar.resources[href].uid] = self.clock()
        calendar.put(href, None, self.clock())

    def touch(self, calendar: MemoryCalendar, href: str) -> Stored:
        """Give a resource a new ETag without changing its text, as servers do by themselves."""
        self._etags += 1
        old = calendar.resources[href]
        calendar.put(href, stored := Stored(f'"e{self._etags}"', old.text, old.uid), self.clock())
        return stored

    def check_condition(self, calendar: MemoryCalendar, href: str, condition: str) -> None:
        """Raise PreconditionFailed unless the href stands as `condition` says ("*": nothing there; else its ETag)."""
        stored = calendar.resources.get(href)
        if (condition == "*" and stored) or (condition != "*" and (stored is None or stored.etag != condition)):
            raise PreconditionFailed("the resource is not what was expected")

    def _check_uid(self, account: MemoryAccount, calendar: MemoryCalendar, href: str, uid: str) -> None:
        searched = account.calendars.values() if self.habits.account_wide_uids else [calendar]
        if any(uid and c.uids.get(uid, href) != href for c in searched):
            raise UidTaken("the UID exists already")
        gone = account.gone_uids.get(uid)
        if gone is not None and self.habits.uid_held_for and self.clock() < gone + self.habits.uid_held_for:
            raise UidTaken("the UID was deleted a moment ago")
