"""Nothing but the transport opens a connection: watched in the interpreter itself, through a whole story."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest

from agenda.models import Block
from agenda.services import activities
from integrations.services import connect as connecting
from integrations.services.disconnect import disconnect
from integrations.services.runs import sync_connection
from tests.integrations.servers import event
from tests.integrations.sync.stage import soon, stamp

#: what may open, look up or send, and the one module of ours that may do it
ALLOWED = {
    "socket.connect": "integrations/gateway/pool.py",
    "socket.getaddrinfo": "integrations/gateway/resolve.py",
    "socket.sendto": "",
    "socket.gethostbyname": "",
    "subprocess.Popen": "",
    "os.system": "",
    "urllib.Request": "",
    "http.client.connect": "",
}


@dataclass
class Watch:
    """What was opened while watching: each event with where it went, and whether the right module did it."""

    on: bool = False
    seen: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, name: str, args: tuple[Any, ...]) -> None:
        if self.on and name in ALLOWED:
            event = (name, repr(args[1:] if name == "socket.connect" else args[:2]))
            self.seen.append(event)
            if not self._by_the_right_one(name, args):
                self.wrong.append(event)

    def _by_the_right_one(self, name: str, args: tuple[Any, ...]) -> bool:
        frame: FrameType | None = sys._getframe(2)
        places = []
        while frame:
            places.append(frame.f_code.co_filename)
            frame = frame.f_back
        if name == "socket.getaddrinfo":  # the pool's own is of an address that was vetted
            return any(p.endswith(("gateway/resolve.py", "gateway/pool.py")) for p in places)
        return bool(ALLOWED[name]) and any(place.endswith(ALLOWED[name]) for place in places)


_watch = Watch()
sys.addaudithook(_watch)  # it can never be taken away again: it only listens while a test watches


@contextmanager
def watching() -> Iterator[Watch]:
    _watch.seen, _watch.wrong, _watch.on = [], [], True
    try:
        yield _watch
    finally:
        _watch.on = False


@pytest.mark.django_db
def test_a_whole_story_opens_connections_through_the_transport_alone(alice, radicale, settings):
    settings.HALFPAST_PRIVATE_HOSTS = [radicale.host_port]
    account = radicale.account()
    home, work = account.make_calendar("Home"), account.make_calendar("Work")
    account.put(home, event("dentist", "Dentist", stamp(soon(4)), stamp(soon(4, 10))))
    with watching() as watch:
        tried = connecting.test_credentials("caldav", radicale.url, account.username, account.password)
        made = connecting.connect(alice, tried, connecting.Choice("Work", ("Home",)), granted_from="a test")
        activities.create(alice, "meeting", title="Kick-off", start=soon(), end=soon() + timedelta(hours=1))
        for _round in range(2):
            report = sync_connection(made.pk)
            assert report and report.outcome == "ok"
        disconnect(made, actor=alice, remove_remote=True)
    assert Block.objects.count() == 0 and not account.hrefs(work)
    assert watch.wrong == []
    assert "socket.connect" in {name for name, _where in watch.seen}
    assert all(radicale.host_port.rpartition(":")[2] in where for name, where in watch.seen if name == "socket.connect")


def test_the_watch_sees_a_connection_that_goes_past_the_transport():
    with socket.create_server(("127.0.0.1", 0)) as server, watching() as watch:
        socket.create_connection(server.getsockname(), 1).close()
    assert [name for name, _where in watch.wrong] == ["socket.getaddrinfo", "socket.connect"]
