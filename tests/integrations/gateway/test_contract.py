"""The contract suite on the twin in memory and on two real servers."""

from __future__ import annotations

import pytest

from integrations.gateway import dav
from integrations.gateway.memory import MemoryGateway, MemoryServer, Phone
from tests.integrations.gateway.contract import PROFILE, GatewayContract, World, wrong_password
from tests.integrations.servers import Account, Server


class MemoryClient:
    """The memory server in another client's hands."""

    def __init__(self, server: MemoryServer, username: str) -> None:
        self._server = server
        self._account = server.accounts[username]
        self._phone = Phone(server, username)

    def make_calendar(self, name: str) -> str:
        return self._server.add_calendar(self._account, name).path

    def put(self, calendar: str, text: str, name: str = "") -> str:
        return self._phone.add(calendar, text, name)

    def edit(self, href: str, old: str, new: str) -> None:
        self._phone.edit(href, self._phone.read(href).replace(old, new))

    def delete(self, href: str) -> None:
        self._phone.delete(href)

    def read(self, href: str) -> str | None:
        return self._phone.read(href)

    def hrefs(self, calendar: str) -> list[str]:
        return sorted(self._phone.hrefs(calendar))


class TestMemory(GatewayContract):
    @pytest.fixture
    def world(self) -> World:
        server = MemoryServer()
        server.add_account("alice", "secret")
        return World(
            MemoryGateway(server, "alice", "secret", PROFILE),
            MemoryClient(server, "alice"),
            MemoryGateway(server, "alice", "wrong", PROFILE),
        )


def real_world(account: Account) -> World:
    """Return a world on a real server."""
    reach, credentials, url = account.server.reach, account.credentials, account.server.url
    return World(
        dav.connect(PROFILE, url, credentials, reach=reach),
        account,
        dav.connect(PROFILE, url, wrong_password(credentials), reach=reach),
    )


class TestRadicale(GatewayContract):
    @pytest.fixture
    def world(self, radicale: Server) -> World:
        return real_world(radicale.account())


class TestXandikos(GatewayContract):
    @pytest.fixture
    def world(self, xandikos: Server) -> World:
        return real_world(xandikos.account())
