"""The contract suite of all gateways on the simulated iCloud, over the real transport."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.gateway import dav
from integrations.gateway.errors import PreconditionFailed, Unreachable
from integrations.icloud.profile import ICLOUD
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.lines import uid_of
from integrations.icloud.simulator.tls import papers
from tests.integrations.gateway.contract import PROFILE, GatewayContract, World, wrong_password
from tests.integrations.icloud.simulators import ICloud, an_icloud
from tests.integrations.servers import event

#: the suite's own figures, and the hosts for which the simulator stands in
APPLE = replace(PROFILE, hosts=ICLOUD.hosts)


class ICloudClient:
    """Somebody else on the account: a device, which stores what it likes under the names that it likes."""

    def __init__(self, icloud: ICloud) -> None:
        self._icloud = icloud
        self._made = 0

    def make_calendar(self, name: str) -> str:
        self._made += 1
        return self._icloud.world.make_collection(self._icloud.account, name, id=f"calendar-{self._made}").path

    def put(self, calendar: str, text: str, name: str = "") -> str:
        stored = self._icloud.world.put(self._calendar(calendar), f"{name or uid_of(text)}.ics", text)
        return calendar + stored.name

    def edit(self, href: str, old: str, new: str) -> None:
        text = self.read(href)
        assert text and old in text
        self._icloud.world.put(self._calendar(href), href.rpartition("/")[2], text.replace(old, new))

    def delete(self, href: str) -> None:
        self._icloud.world.delete(self._calendar(href), href.rpartition("/")[2])

    def read(self, href: str) -> str | None:
        found = self._calendar(href).resources.get(href.rpartition("/")[2])
        return found.text.decode() if found else None

    def hrefs(self, calendar: str) -> list[str]:
        return sorted(calendar + name for name in self._calendar(calendar).resources)

    def _calendar(self, href: str) -> Collection:
        return self._icloud.account.collections[href.split("/")[3]]


class TestICloud(GatewayContract):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with an_icloud(calendars=(), reminders=False) as icloud:
            icloud.switch(uid_clash=409)
            icloud.is_told_what = True
            yield World(
                icloud.gateway(APPLE),
                ICloudClient(icloud),
                icloud.gateway(APPLE, wrong_password(icloud.credentials)),
            )


def test_a_taken_uid_looks_like_a_taken_name_where_the_server_says_412(icloud: ICloud) -> None:
    icloud.add(icloud.home, event("taken"))
    gateway = icloud.gateway(APPLE)
    gateway.discover()
    with pytest.raises(PreconditionFailed):
        gateway.create(f"{icloud.work.path}second.ics", event("taken"))
    assert not icloud.work.resources


def test_over_tls_the_certificate_is_checked_as_apples_would_be(tmp_path):
    shown = papers(tmp_path)
    with an_icloud(tls=shown.context()) as icloud:
        trusting = replace(icloud.reach, ca_file=str(shown.ca_file))
        gateway = dav.connect(APPLE, icloud.simulator.url, icloud.credentials, reach=trusting)
        assert gateway.discover().home == icloud.simulator.home_url(icloud.account)
        assert icloud.simulator.url.startswith("https://")
        wary = dav.connect(APPLE, icloud.simulator.url, icloud.credentials, reach=icloud.reach)
        asked = len(icloud.log)
        with pytest.raises(Unreachable):
            wary.discover()
        assert len(icloud.log) == asked, "the password stayed here"
        icloud.simulator.cut()
        assert gateway.discover().home == icloud.simulator.home_url(icloud.account)
