"""Two attendees whose servers keep what they are sent in different ways agree, and then nobody writes any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import User
from agenda.models import Activity
from agenda.services import activities
from integrations.gateway import opened_by
from tests.integrations.icloud.simulators import an_icloud
from tests.integrations.sync.scenarios.cloud import CloudStage
from tests.integrations.sync.stage import Stage
from tests.integrations.sync.test_crash import meeting

pytestmark = pytest.mark.django_db


@dataclass
class Pair:
    """Alice's server, in memory, which shouts, and Bob's iCloud, which turns lines round and adds its own."""

    here: Stage
    there: CloudStage

    def open(self, profile: Any, *args: Any, **more: Any) -> Any:
        return (self.there if "iCloud" in profile.name else self.here).open(profile, *args, **more)

    def settle(self, alice: User, bob: User) -> None:
        for _round in range(3):
            self.here.clock.pass_(minutes=1)
            self.there.icloud.settle()
            assert (self.here.sync(alice).outcome, self.there.sync(bob).outcome) == ("ok", "ok")

    def writes(self) -> int:
        return len(self.here.writes()) + len(self.there.writes())


def shouting(text: str) -> str:
    return re.sub(r"SUMMARY:(.*)\r", lambda found: f"SUMMARY:{found[1].upper()}!\r", text)


@contextmanager
def _pair() -> Iterator[Pair]:
    with an_icloud() as icloud, override_settings(HALFPAST_ICLOUD_URL=icloud.simulator.url):
        pair = Pair(Stage(), CloudStage(icloud=icloud))
        pair.here.server.habits.rewrite = shouting
        icloud.switch(rewrites=True, default_alarms="server", put_etag="never", drift_after=3.0)
        with opened_by(pair.open):
            yield pair
        pair.here.check()


@pytest.fixture
def pair(db: None) -> Iterator[Pair]:
    with _pair() as pair:
        yield pair


def test_two_servers_that_rewrite_differently_agree_and_nobody_writes_again(pair, alice, bob):
    pair.here.connect(alice)
    pair.there.connect(bob)
    made = meeting(alice, "Kick-off", 3, attendees=[alice, bob])
    pair.settle(alice, bob)
    activities.edit(alice, made, {"location": "Quay 7"})
    pair.settle(alice, bob)
    phone, href = pair.there.phone(bob), pair.there.the_href(bob, "Work")
    phone.edit(href, phone.read(href).replace("LOCATION:Quay 7", "LOCATION:Quay 8"))
    pair.settle(alice, bob)
    assert "LOCATION:Quay 8" in pair.here.the_text(alice, "Work") and "SUMMARY:KICK-OFF!" in pair.here.the_text(
        alice, "Work"
    )
    writes = pair.writes()
    for _cycle in range(5):
        pair.settle(alice, bob)
    print(f"two servers, 15 rounds after agreement: {pair.writes() - writes} writes (to agree: {writes})")
    assert pair.writes() == writes
    made = Activity.objects.get()
    assert (made.title, made.location) == ("Kick-off", "Quay 8")
