"""A stage for sync stories: one server in memory, people with connections, a clock that can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from agenda import selectors
from agenda.models import Activity, Block
from agenda.selectors import Row
from integrations.gateway import opened_by
from integrations.gateway.base import Credentials, Profile
from integrations.gateway.memory import MemoryAccount, MemoryGateway, MemoryServer, Phone
from integrations.models import Connection
from integrations.services.connect import Choice, connect, test_credentials
from integrations.services.runs import RunReport, sync_connection
from integrations.services.surroundings import Surroundings

PASSWORD = "abcd-efgh-ijkl-mnop"
SERVER = "https://dav.example.org/"


def event(uid: str, start: str, end: str = "", *, title: str = "Dentist", more: str = "", modified: str = "") -> str:
    """Return a VEVENT; `start`, `end` as in iCalendar ("20261201T090000Z", or "20261201" for a date)."""
    value = ";VALUE=DATE" if len(start) == 8 else ""
    end = end or (start if len(start) == 8 else start[:9] + f"{int(start[9:11]) + 1:02d}" + start[11:])
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//phone//EN", "BEGIN:VEVENT", f"UID:{uid}"),
        *("DTSTAMP:20261101T000000Z", f"DTSTART{value}:{start}", f"DTEND{value}:{end}", f"SUMMARY:{title}"),
        *([f"LAST-MODIFIED:{modified}"] if modified else []),
        *(more.split("\n") if more else []),
        *("END:VEVENT", "END:VCALENDAR"),
    ]
    return "\r\n".join(lines) + "\r\n"


@dataclass
class Clock:
    """The real time, moved by as much as a story says."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return self.now().timestamp()

    def pass_(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class Stage:
    """A server and its people. Accounts are named after users; each has the calendars Home and Work."""

    clock: Clock = field(default_factory=Clock)
    server: MemoryServer = field(init=False, repr=False)
    connections: dict[Any, Connection] = field(default_factory=dict)
    habits: dict[str, Any] = field(default_factory=dict)  # changes to every profile
    may_delete: set[str] = field(default_factory=set)  # hrefs of others' making that their owner named in this story

    def __post_init__(self) -> None:
        self.server = MemoryServer(self.clock.now)

    @property
    def world(self) -> Surroundings:
        return Surroundings(now=self.clock.now, monotonic=self.clock.monotonic, sleep=lambda seconds: None)

    def open(self, profile: Profile, server_url: str, credentials: Credentials, **_: Any) -> MemoryGateway:
        profile = replace(profile, **self.habits)
        return MemoryGateway(self.server, credentials.username, credentials.password, profile)

    def account(self, user: User) -> MemoryAccount:
        name = user.email
        if name not in self.server.accounts:
            account = self.server.add_account(name, PASSWORD)
            self.server.add_calendar(account, "Home")
            self.server.add_calendar(account, "Work")
        return self.server.accounts[name]

    def path(self, user: User, calendar: str) -> str:
        return f"{self.account(user).home}{calendar.lower()}/"

    def phone(self, user: User) -> Phone:
        self.account(user)
        return Phone(self.server, user.email)

    def connect(self, user: User, *, push_to: str = "Work", imports: tuple[str, ...] = ("Home",), **more: Any) -> None:
        self.account(user)
        tried = test_credentials("caldav", SERVER, user.email, PASSWORD, world=self.world)
        choice = Choice(push_to, imports, **more)
        self.connections[user.pk] = connect(user, tried, choice, granted_from="a test", world=self.world)

    def sync(self, user: User) -> RunReport:
        report = sync_connection(self.connections[user.pk].pk, world=self.world)
        assert report is not None
        return report

    def settle(self, *people: User) -> None:
        """Sync everybody until nothing changes; three rounds must do (I1)."""
        for _round in range(3):
            for person in people:
                assert self.sync(person).outcome == "ok"

    def texts(self, user: User, calendar: str) -> list[str]:
        phone = self.phone(user)
        return [phone.read(href) for href in phone.hrefs(self.path(user, calendar))]

    def the_text(self, user: User, calendar: str) -> str:
        [text] = self.texts(user, calendar)
        return text

    def the_href(self, user: User, calendar: str) -> str:
        [href] = self.phone(user).hrefs(self.path(user, calendar))
        return href

    # what stories ask of a server

    def asked(self) -> int:
        return len(self.server.log)

    def writes(self) -> list[tuple[str, str]]:
        return [(one.verb, one.condition) for one in self.server.log if one.verb in ("PUT", "DELETE")]

    def forget_cursors(self) -> None:
        self.server.forget_tokens()

    def refuses(self, user: User, refused: bool = True) -> None:
        self.account(user).locked = refused

    def makes_read_only(self, user: User, calendar: str) -> None:
        self.account(user).calendars[self.path(user, calendar)].writable = False

    def mailed(self) -> list[str]:
        """Return whom the server mailed because of us; this one mails nobody."""
        return []

    def answered_send(self) -> None:
        """Say that in this story the owner wanted his guests mailed."""

    def check(self) -> None:
        """Fail when anything was deleted that Halfpast had not made and nobody had named."""
        made = {_name(one.path) for one in self.server.log if (one.verb, one.condition) == ("PUT", "*")}
        gone = {one.path for one in self.server.log if one.verb == "DELETE"}
        foreign = {path for path in gone - self.may_delete if _name(path) not in made}
        assert not foreign, f"deleted, though nobody had named them: {foreign}"


def _name(path: str) -> str:
    """Return a file's name, which it keeps when a phone drags it to another calendar."""
    return path.rpartition("/")[2]


@contextmanager
def a_stage() -> Iterator[Stage]:
    stage = Stage()
    with opened_by(lambda *args, **more: stage.open(*args, **more)):  # a story may replace it
        yield stage
        stage.check()


def agenda_of(owner: User, viewer: User | None = None, days: int = 400) -> list[Row]:
    """Return what is seen from a month ago on."""
    start = datetime.now(UTC) - timedelta(days=30)
    return selectors.window(viewer or owner, [owner], start, start + timedelta(days=days))


def soon(days: int = 3, hour: int = 9) -> datetime:
    """Return a full hour in a few days, in UTC."""
    day = datetime.now(UTC) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


__all__ = ["Activity", "Block", "Stage", "a_stage", "agenda_of", "event", "soon", "stamp"]
