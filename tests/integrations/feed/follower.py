"""Somebody who follows a calendar by link."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from integrations.gateway.feed.address import host_of
from integrations.models import Connection
from integrations.services.connect import Choice, connect, test_credentials
from integrations.services.runs import RunReport, sync_connection
from integrations.services.surroundings import Surroundings
from tests.integrations.gateway.feeds import FeedFile
from tests.integrations.sync.stage import Clock, agenda_of, event, soon, stamp


@dataclass
class Follower:
    """A user, the file, and a clock that can be moved. The sync goes through the real transport."""

    user: User
    feed: FeedFile
    clock: Clock = field(default_factory=Clock)
    connection: Connection = field(init=False)

    @property
    def world(self) -> Surroundings:
        return Surroundings(now=self.clock.now, monotonic=self.clock.monotonic, sleep=lambda seconds: None)

    def connect(self) -> None:
        account = test_credentials("feed", self.feed.url, host_of(self.feed.url), "")
        choice = Choice(imports=(account.calendars[0].name,))
        self.connection = connect(self.user, account, choice, granted_from="a test")

    def sync(self) -> RunReport:
        report = sync_connection(self.connection.pk, world=self.world)
        assert report is not None
        return report

    def add(self, uid: str, title: str = "Dentist", days: int = 3, hour: int = 9) -> str:
        return self.feed.put(self.feed.path, event(uid, stamp(soon(days, hour)), title=title))

    def titles(self) -> list[str]:
        return sorted(row.title for row in agenda_of(self.user))
