"""The simulated iCloud under Apple's own names: a little internet with names, addresses and certificates.

Nothing of Halfpast knows that it is a test: no stand-in is set, so that the allow-list, the rules for addresses and the
checks of certificates are those of production. Names lead to public addresses, and these to the simulator's port.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from django.test import override_settings

from accounts.models import User
from integrations.gateway import Gateway, opened_by
from integrations.gateway.transport import Transport
from integrations.icloud.simulator.listener import Listener
from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.world import World
from tests.integrations.icloud.faults.holding import PRIVATE, Scene
from tests.integrations.icloud.simulators import APP_PASSWORD, APPLE_ID, MAIN_PASSWORD, Clock, ICloud
from tests.integrations.icloud.stage import Stage

ADDRESS = "17.248.190.1"  # one of Apple's
ENTRY = "caldav.icloud.com"
NAMES = (ENTRY, "*.icloud.com")


class Named(Simulator):
    """A simulator whose hosts are called as Apple's are."""

    def _url(self, listener: Listener) -> str:
        return f"https://{self._names[listener.host]}:443"


@dataclass
class Internet:
    """Which addresses a name has, where an address leads, and who was called. What is not listed does not answer."""

    names: dict[str, list[str]] = field(default_factory=dict)
    routes: dict[str, int] = field(default_factory=dict)  # address → a port of this machine
    looked_up: list[str] = field(default_factory=list)
    called: list[tuple[str, int]] = field(default_factory=list)

    def lookup(self, name: str, port: int) -> list[str]:
        self.looked_up.append(name)
        found = self.names.get(name, self.names.get("*." + name.partition(".")[2], []))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return list(found)

    def patch(self, monkeypatch: Any) -> None:
        """Lead everybody's connections through here."""
        real = socket.socket.connect

        def connect(sock: socket.socket, address: Any) -> None:
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                return real(sock, address)
            self.called.append((address[0], address[1]))
            if address[0] not in self.routes:
                raise TimeoutError(errno.ETIMEDOUT, "no answer")
            return real(sock, ("127.0.0.1", self.routes[address[0]]))

        monkeypatch.setattr(socket.socket, "connect", connect)


@dataclass
class Apple:
    """A scene under Apple's names. `papers` signs, `server` is what the simulator shows."""

    scene: Scene
    internet: Internet
    papers: trustme.CA
    server: ssl.SSLContext

    def show(self, certificate: trustme.LeafCert) -> None:
        """Let the simulator show another certificate from now on."""
        certificate.configure_cert(self.server)
        self.scene.icloud.simulator.cut()


def server_side(papers: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    papers.issue_cert(*NAMES).configure_cert(context)
    return context


@contextmanager
def an_apple(
    internet: Internet, folder: Path, alice: User, bob: User, said: list[str], called: list[tuple[str, int]]
) -> Iterator[Apple]:
    """Run the simulated iCloud as Apple's, with Alice connected and in step. Every run has a transport of its own."""
    papers, clock = trustme.CA(), Clock()
    papers.cert_pem.write_to_path(folder / "ca.pem")
    world, server = World(clock=clock), server_side(papers)
    account = world.add_account(APPLE_ID, "Alice Anders", main_password=MAIN_PASSWORD, app_password=APP_PASSWORD)
    icloud = ICloud(Named(world, tls=server, names=(ENTRY, f"p{account.shard}-{ENTRY}")), account, clock)
    icloud.simulator.start()
    internet.names |= {name: [ADDRESS] for name in NAMES}
    internet.routes[ADDRESS] = icloud.simulator._shard.port
    stage = Stage(icloud)

    def open_(*given: Any, **more: Any) -> Gateway:
        return stage.open(*given, **more, transport=Transport(lookup=internet.lookup))

    try:
        icloud.add(icloud.home, PRIVATE, "private-77.ics")
        with override_settings(HALFPAST_ICLOUD_URL="", HALFPAST_CA_FILE=str(folder / "ca.pem")), opened_by(open_):
            stage.connect(alice)
            scene = Scene(stage, alice, bob, said, called)
            assert scene.sync().outcome == "ok"
            yield Apple(scene, internet, papers, server)
        icloud.check()
    finally:
        icloud.close()
