"""Everything this iCloud knows, without a network: accounts, their calendars, mails sent, requests heard.

The server and the phone actor write through the same doors. Hold `lock` for what has to be seen as one step.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from integrations.icloud.simulator import cursors, lines, scheduling, tokens
from integrations.icloud.simulator.account import Account, AppPassword, aliases_of
from integrations.icloud.simulator.collection import Access, Collection, Kind
from integrations.icloud.simulator.contents import Contents, Resource, View
from integrations.icloud.simulator.faults import Faults
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.happenings import Happenings
from integrations.icloud.simulator.mail import By, Mail
from integrations.icloud.simulator.message import Request

_KEPT = 10_000  # requests in the log


class World:
    """All accounts of one iCloud. `clock` tells seconds since 1970; `seed` decides numbers that are drawn."""

    def __init__(self, habits: Habits | None = None, clock: Callable[[], float] = time.time, seed: int = 1) -> None:
        """Start without accounts."""
        self.habits = habits or Habits()
        self.clock = clock
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}  # by Apple ID
        self.mails: list[Mail] = []
        self.log: list[Request] = []
        self.faults = Faults()
        self.due = Happenings()
        self._removed: dict[str, Collection] = {}  # path → what stood there last
        self._random = random.Random(seed)  # noqa: S311  # not for secrets
        self._versions = 0
        self._born = 0

    # accounts

    def add_account(
        self,
        apple_id: str,
        full_name: str,
        *,
        main_password: str,
        app_password: str,
        calendars: tuple[str, ...] = ("Home", "Work"),
        reminders: bool = True,
    ) -> Account:
        """Open an account with the collections that iCloud makes by itself, and these calendars."""
        with self.lock:
            dsid = str(self._random.randrange(10**8, 10**10))
            account = Account(apple_id, full_name, dsid, self._random.randrange(2, 180), main_password)
            account.app_passwords.append(AppPassword(app_password))
            account.aliases = aliases_of(apple_id)
            self.accounts[apple_id] = account
            self._make_what_every_account_has(account, reminders)
            for name in calendars:
                self.make_collection(account, name, id=name.lower())
            return account

    def _make_what_every_account_has(self, account: Account, reminders: bool) -> None:
        self.make_collection(account, "", id="inbox", kind="inbox")
        self.make_collection(account, "", id="outbox", kind="outbox", components=("VEVENT", "VTODO"))
        self.make_collection(account, "", id="notification", kind="notification", components=None)
        if reminders:
            orange = "#FF9500FF"
            self.make_collection(account, "Reminders", id="tasks", kind="tasks", components=("VTODO",), color=orange)
        if self.habits.birthdays:
            self.make_collection(account, "Birthdays", id="birthdays", access="read")

    def account_of(self, collection: Collection) -> Account:
        """Return whose row a collection is."""
        return next(account for account in self.accounts.values() if account.dsid == collection.dsid)

    # collections

    def make_collection(
        self, account: Account, name: str, *, id: str = "", kind: Kind = "calendar", **facts: Any
    ) -> Collection:
        """Make a collection. Without `id` its path gets a UUID in capitals, as Apple's devices do."""
        with self.lock:
            id = id or str(uuid.UUID(int=self._random.getrandbits(128), version=4)).upper()
            self._born += 1
            contents = Contents(self._born, self.clock())
            facts.setdefault("order", len(account.collections))
            made = Collection(account.dsid, id, kind, name, contents, **facts)
            account.collections[id] = made
            self._bring_back(account, made)
            return made

    def _bring_back(self, account: Account, made: Collection) -> None:
        """Let what an earlier calendar at this path held be seen for a while, where that is the habit (A30)."""
        earlier = self._removed.get(made.path)
        if not (earlier and self.habits.remade_keeps):
            return
        for resource in list(earlier.resources.values()):
            self._store(made, resource.name, resource.text, resource.uid, resource.delivered)
        self.due.add(self.clock() + self.habits.remade_keeps, lambda: self._forget_old(made, earlier))

    def _forget_old(self, made: Collection, earlier: Collection) -> None:
        for name in set(earlier.resources) & set(made.resources):
            made.contents.remove(name, self.clock())

    def share(self, collection: Collection, sharee: Account, *, access: Access = "read") -> Collection:
        """Let another account see a calendar, under its own path and a name of 64 digits (A26)."""
        with self.lock:
            id = f"{self._random.getrandbits(256):064x}"
            components = collection.components if self.habits.shared_components == "given" else None
            shown = replace(collection, dsid=sharee.dsid, id=id, shared="shared", access=access, components=components)
            collection.shared = "shared-owner"
            sharee.collections[id] = shown
            return shown

    def delete_collection(self, collection: Collection) -> None:
        """Take a collection away. One that was shared in is only unlinked: the owner keeps it (A26)."""
        with self.lock:
            account = self.account_of(collection)
            del account.collections[collection.id]
            if collection.shared == "shared":
                return
            self._removed[collection.path] = collection
            for resource in collection.resources.values():
                account.gone_uids[resource.uid] = self.clock()

    # resources

    def put(
        self, collection: Collection, name: str, text: str | bytes, *, by: By = "phone", delivered: bool = False
    ) -> Resource:
        """Store a resource, new or over what is there, and let the server do what it does about the people in it."""
        with self.lock:
            self.catch_up()
            account, before = self.account_of(collection), collection.resources.get(name)
            delivered = delivered or bool(before and before.delivered)
            text = text if isinstance(text, str) else text.decode()
            if not (before is None and delivered):  # what iCloud brings was mailed by somebody else
                self._schedule(collection, before, text, delivered, by)
            uid = lines.uid_of(text)
            account.gone_uids.pop(uid, None)
            if before is None and delivered:
                self._copy_to_inbox(account, name, text, uid)
            stored = self._store(collection, name, text.encode(), uid, delivered)
            self._let_it_move(collection, stored)
            return stored

    def delete(self, collection: Collection, name: str, *, by: By = "phone") -> Resource:
        """Take a resource away; KeyError when there is none."""
        with self.lock:
            self.catch_up()
            gone = collection.resources[name]
            self._schedule(collection, gone, "", gone.delivered, by)
            collection.contents.remove(name, self.clock())
            self.account_of(collection).gone_uids[gone.uid] = self.clock()
            return gone

    def restamp(self, collection: Collection, name: str, text: bytes | None = None) -> None:
        """Give a resource another ETag (and another text), as the server does by itself (A41)."""
        with self.lock:
            found = collection.resources.get(name)
            if found:
                self._store(collection, name, found.text if text is None else text, found.uid, found.delivered)

    def holder_of(self, account: Account, uid: str) -> tuple[Collection, Resource] | None:
        """Return where in the whole account a UID is stored (A55)."""
        for collection in account.collections.values():
            if collection.holds_members and (found := collection.named(uid)):
                return collection, found
        return None

    def is_held(self, account: Account, uid: str) -> bool:
        """Return whether a UID that was deleted a moment ago still counts as taken (A55)."""
        gone = account.gone_uids.get(uid)
        return gone is not None and self.clock() < gone + self.habits.uid_held

    def _copy_to_inbox(self, account: Account, name: str, text: str, uid: str) -> None:
        """Leave a copy of an invitation that iCloud brings in the inbox, for clients to delete (A75)."""
        message = text.replace("BEGIN:VCALENDAR", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST", 1)
        self._store(account.collections["inbox"], name, message.encode(), uid, False)

    def _schedule(self, collection: Collection, before: Resource | None, after: str, delivered: bool, by: By) -> None:
        own = self.account_of(collection).owns_address
        text = before.text.decode() if before else ""
        self.mails += scheduling.mails(scheduling.Writing(own, text, after, delivered, by, self.habits))

    def _store(self, collection: Collection, name: str, text: bytes, uid: str, delivered: bool) -> Resource:
        contents = collection.contents
        made = Resource(name, text, self.fresh_etag(), uid, contents.number + 1, self.clock(), delivered)
        contents.store(made)
        return made

    def _let_it_move(self, collection: Collection, stored: Resource) -> None:
        """Plan what the server will do to this version by itself: stamp its guests, or just move its ETag."""
        text, own = stored.text.decode(), self.account_of(collection).owns_address
        stamped = scheduling.stamped(text, own, self.habits).encode()
        if stamped != stored.text:
            self.due.add(self.clock() + self.habits.stamp_after, lambda: self._move(collection, stored, stamped))
        elif self.habits.drift_after:
            self.due.add(self.clock() + self.habits.drift_after, lambda: self._move(collection, stored, stored.text))

    def _move(self, collection: Collection, stored: Resource, text: bytes) -> None:
        if collection.resources.get(stored.name) is stored:
            self.restamp(collection, stored.name, text)

    # versions and time

    def fresh_etag(self) -> str:
        """Return an ETag that nothing had before."""
        self._versions += 1
        return tokens.etag(self._versions, self.habits.etag_shape)

    def token(self, collection: Collection, number: int | None = None) -> str:
        """Return the sync token (and ctag) of a change; of the latest without `number`."""
        return cursors.token(collection.contents, number, self.habits)

    def number_of(self, collection: Collection, token: str) -> int | None:
        """Return the change that a token stands for, or None when the server does not know it (any more)."""
        return cursors.number_of(collection.contents, token, self.habits, self.clock())

    def expire_tokens(self, account: Account) -> None:
        """Forget all tokens of an account."""
        with self.lock:
            for collection in account.collections.values():
                collection.contents.touch(self.clock())
                collection.contents.oldest = collection.contents.number

    def view(self, collection: Collection, lag: float) -> View:
        """Return what a reader sees whose copy is `lag` seconds old (A39)."""
        now = self.clock()
        return collection.contents.seen_at(now - lag, now - self.habits.zombie)

    def catch_up(self) -> None:
        """Do what has become due."""
        with self.lock:
            self.due.run(self.clock())

    def note(self, request: Request) -> None:
        """Write a request into the log."""
        with self.lock:
            self.log.append(request)
            del self.log[:-_KEPT]
