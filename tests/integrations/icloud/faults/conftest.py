"""A scene for faults: everything is in step, and what is said and where it goes is listened to."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from tests.integrations.icloud.faults.holding import PRIVATE, Scene
from tests.integrations.icloud.stage import connected


class Ear(logging.Handler):
    """Keeps everything that anybody logs, with all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.__dict__!r} {record.exc_info!r}")


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Return what was logged so far, by anybody, at any level."""
    ear, root = Ear(), logging.getLogger()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear.said
    root.removeHandler(ear)
    root.setLevel(before)


@pytest.fixture
def called(monkeypatch) -> list[tuple[str, int]]:
    """Return the addresses that this process opened a connection to so far, in order."""
    called: list[tuple[str, int]] = []
    real = socket.socket.connect

    def connect(sock: socket.socket, address):
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            called.append(tuple(address[:2]))
        return real(sock, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return called


@pytest.fixture
def scene(icloud, alice, bob, said, called) -> Iterator[Scene]:
    """Alice, with one private event in her iCloud and everything in step; Bob is her colleague."""
    icloud.add(icloud.home, PRIVATE, "private-77.ics")
    with connected(icloud, alice) as stage:
        scene = Scene(stage, alice, bob, said, called)
        assert scene.sync().outcome == "ok"
        yield scene
