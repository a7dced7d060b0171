"""The stage of the sync's stories with the simulated iCloud on it, reached through the real transport."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.test import override_settings

from accounts.models import User
from integrations.gateway import Gateway, dav, opened_by
from integrations.gateway.base import Credentials, Profile
from integrations.gateway.limiter import Limiters
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.message import Request
from integrations.services.connect import Choice, connect, test_credentials
from tests.integrations.icloud.simulators import ICloud, an_icloud, unhurried
from tests.integrations.icloud.stage import UNHURRIED
from tests.integrations.sync.stage import PASSWORD, Stage

_MAIN_PASSWORD = "Correct-Horse-7"


@dataclass
class CloudClock:
    """The simulated iCloud's clock, as the stories move it."""

    icloud: ICloud

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.icloud.clock(), UTC)

    def monotonic(self) -> float:
        return self.icloud.clock()

    def pass_(self, **by: float) -> None:
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        self.icloud.clock.pass_(sum(units[unit] * count for unit, count in by.items()))
        self.icloud.world.catch_up()


@dataclass
class CloudPhone:
    """An iPhone of one account, spoken to as the twin's: calendars by path, events by href, texts as they are."""

    icloud: ICloud
    account: Account

    def _place(self, href: str) -> tuple[Collection, str]:
        path, _, name = href.rpartition("/")
        return self._calendar(f"{path}/"), name

    def _calendar(self, path: str) -> Collection:
        return next(one for one in self.account.collections.values() if one.path == path)

    def add(self, calendar: str, text: str, name: str = "") -> str:
        uid = next(line for line in text.split("\r\n") if line.startswith("UID:")).removeprefix("UID:")
        return self._store(f"{calendar}{name or uid}.ics", text)

    def edit(self, href: str, text: str) -> None:
        self._store(href, text)

    def _store(self, href: str, text: str) -> str:
        self.icloud.world.put(*self._place(href), text)
        return href

    def delete(self, href: str) -> None:
        self.icloud.world.delete(*self._place(href))

    def move(self, href: str, calendar: str) -> str:
        text = self.read(href)
        self.delete(href)
        return self._store(calendar + href.rpartition("/")[2], text)

    def read(self, href: str) -> str:
        calendar, name = self._place(href)
        return calendar.resources[name].text.decode()

    def hrefs(self, calendar: str) -> list[str]:
        return [calendar + name for name in self._calendar(calendar).resources]


@dataclass(repr=False)
class CloudStage(Stage):
    """One iCloud and its people. Accounts are named after users; each has the calendars Home and Work."""

    icloud: ICloud = field(kw_only=True)
    limiters: Limiters = field(default_factory=unhurried)

    def __post_init__(self) -> None:
        self.clock = CloudClock(self.icloud)  # type: ignore[assignment]
        self.habits = dict(UNHURRIED)
        self.may_delete = self.icloud.may_delete

    def open(self, profile: Profile, server_url: str, credentials: Credentials, **more: Any) -> Gateway:  # type: ignore[override]
        return dav.connect(replace(profile, **self.habits), server_url, credentials, limiters=self.limiters, **more)

    def account(self, user: User) -> Account:  # type: ignore[override]
        world, name = self.icloud.world, user.email
        if name not in world.accounts:
            world.add_account(name, user.name, main_password=_MAIN_PASSWORD, app_password=PASSWORD)
        return world.accounts[name]

    def path(self, user: User, calendar: str) -> str:
        return self.account(user).calendar(calendar).path

    def phone(self, user: User) -> CloudPhone:  # type: ignore[override]
        return CloudPhone(self.icloud, self.account(user))

    def connect(self, user: User, *, push_to: str = "Work", imports: tuple[str, ...] = ("Home",), **more: Any) -> None:
        self.account(user)
        tried = test_credentials("icloud", "", user.email, PASSWORD, world=self.world)
        choice = Choice(push_to, imports, **more)
        self.connections[user.pk] = connect(user, tried, choice, granted_from="a test", world=self.world)

    def settle(self, *people: User) -> None:
        for _round in range(3):
            self.icloud.settle()
            for person in people:
                assert self.sync(person).outcome == "ok"

    # what the stories ask of a server

    def sent(self) -> list[Request]:
        return [one for one in self.icloud.log if one.header("user-agent").startswith("Halfpast")]

    def asked(self) -> int:
        return len(self.sent())

    def writes(self) -> list[tuple[str, str]]:
        written = [one for one in self.sent() if one.method in ("PUT", "DELETE")]
        return [(one.method, one.if_match or one.if_none_match) for one in written]

    def forget_cursors(self) -> None:
        for account in self.icloud.world.accounts.values():
            self.icloud.world.expire_tokens(account)

    def refuses(self, user: User, refused: bool = True) -> None:
        self.account(user).locked = refused

    def makes_read_only(self, user: User, calendar: str) -> None:
        self.account(user).calendar(calendar).access = "read"

    def mailed(self) -> list[str]:
        return self.icloud.mailed

    def answered_send(self) -> None:
        assert self.icloud.mailed, "iCloud mails guests when the owner says so"
        self.icloud.mail_is_fine = True

    def check(self) -> None:
        self.icloud.check()


@contextmanager
def a_cloud_stage() -> Iterator[CloudStage]:
    with an_icloud() as icloud, override_settings(HALFPAST_ICLOUD_URL=icloud.simulator.url):
        stage = CloudStage(icloud=icloud)
        with opened_by(lambda *args, **more: stage.open(*args, **more)):  # a story may replace it
            yield stage
