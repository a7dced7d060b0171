"""A stage for stories with the simulated iCloud: Halfpast's users connected to it through the real transport."""

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
from integrations.icloud.simulator.message import Request
from integrations.models import Connection
from integrations.services.connect import Choice, connect, test_credentials
from integrations.services.runs import RunReport, sync_connection
from integrations.services.surroundings import Surroundings
from tests.integrations.icloud.simulators import ICloud, unhurried

#: nobody waits in a test: how fast requests may follow each other is tested where the limiter is
UNHURRIED: dict[str, Any] = {"burst": 10_000, "per_second": 10_000.0, "per_minute": 1_000_000}


@dataclass
class Stage:
    """Users of Halfpast and one iCloud, on one clock. `profile`: changes to iCloud's profile."""

    icloud: ICloud
    connections: dict[Any, Connection] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=lambda: dict(UNHURRIED))
    _limiters: Limiters = field(default_factory=unhurried)

    @property
    def world(self) -> Surroundings:
        """Return Halfpast's surroundings; not to be confused with the simulator's world."""
        clock = self.icloud.clock
        return Surroundings(now=lambda: datetime.fromtimestamp(clock(), UTC), monotonic=clock, sleep=clock.pass_)

    def open(self, profile: Profile, server_url: str, credentials: Credentials, **more: Any) -> Gateway:
        return dav.connect(replace(profile, **self.profile), server_url, credentials, limiters=self._limiters, **more)

    def connect(
        self,
        user: User,
        *,
        push_to: str = "Work",
        imports: tuple[str, ...] = ("Home",),
        credentials: Credentials | None = None,
        **more: Any,
    ) -> Connection:
        """Connect a user to Alice's account, or to that of other `credentials`."""
        used = credentials or self.icloud.credentials
        tried = test_credentials("icloud", "", used.username, used.password, world=self.world)
        made = connect(user, tried, Choice(push_to, imports, **more), granted_from="a test", world=self.world)
        self.connections[user.pk] = made
        return made

    def sync(self, user: User) -> RunReport:
        report = sync_connection(self.connections[user.pk].pk, world=self.world)
        assert report is not None
        return report

    def settle(self, *people: User) -> None:
        """Sync everybody until nothing changes; three rounds must do (I1)."""
        for _round in range(3):
            self.icloud.settle()
            for person in people:
                assert self.sync(person).outcome == "ok"

    def sent(self) -> list[Request]:
        """Return what Halfpast has asked of iCloud so far."""
        return [one for one in self.icloud.log if one.header("user-agent").startswith("Halfpast")]

    def writes(self) -> list[Request]:
        return [one for one in self.sent() if one.method in ("PUT", "DELETE", "MKCALENDAR")]


@contextmanager
def connected(icloud: ICloud, *people: User, **choice: Any) -> Iterator[Stage]:
    """Connect people to an iCloud for a while: `choice` as Stage.connect takes it."""
    stage = Stage(icloud)
    with override_settings(HALFPAST_ICLOUD_URL=icloud.simulator.url), opened_by(stage.open):
        for person in people:
            stage.connect(person, **choice)
        yield stage
