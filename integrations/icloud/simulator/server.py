"""The simulated iCloud on the network: an entry host and numbered hosts, in one process, each on a port of its own."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from types import TracebackType

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.listener import Listener
from integrations.icloud.simulator.message import Answer, Host, Request
from integrations.icloud.simulator.service import Service
from integrations.icloud.simulator.world import World


class Simulator:
    """Serves a world on 127.0.0.1. `tls` is the server's side of TLS; `names` are what clients are told to call.

    `before_answering` is called once the server has acted and before anybody is told (to store the world).
    """

    def __init__(
        self,
        world: World,
        *,
        tls: ssl.SSLContext | None = None,
        entry_port: int = 0,
        shard_port: int = 0,
        names: tuple[str, str] = ("127.0.0.1", "127.0.0.1"),
        before_answering: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare the two hosts; port 0 takes a free one. Nothing listens before `start`."""
        self.world = world
        self.before_answering = before_answering
        self._tls = tls
        self._names = {"entry": names[0], "shard": names[1]}
        self._service = Service(world, self)
        self._entry = self._listener("entry", entry_port)
        self._shard = self._listener("shard", shard_port)
        self._moved: dict[str, Listener] = {}  # dsid → the host that it moved to

    def __enter__(self) -> Simulator:
        """Start."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Listen."""
        self._entry.open()
        self._shard.open()

    def stop(self) -> None:
        """Close all hosts and all connections."""
        for listener in self._listeners():
            listener.close()

    @property
    def url(self) -> str:
        """Return the entry host's address, with a final slash: what HALFPAST_ICLOUD_URL wants."""
        return self._url(self._entry) + "/"

    def shard_url(self, account: Account) -> str:
        """Return the address of the host that an account is told to use, without a final slash."""
        return self._url(self._moved.get(account.dsid, self._shard))

    def home_url(self, account: Account) -> str:
        """Return an account's calendar home as clients are told of it."""
        return self.shard_url(account) + account.home

    def move_shard(self, account: Account, *, old_answers: bool = True) -> str:
        """Move an account to another numbered host and return its address; the old one may stop for everybody (A4)."""
        with self.world.lock:
            account.shard += 1
            moved = self._listener("shard", 0)
            moved.open()
            before = self._moved.pop(account.dsid, self._shard)
            self._moved[account.dsid] = moved
        if not old_answers:
            before.close()
        return self.shard_url(account)

    def shut(self, host: Host) -> None:
        """Refuse connections to a host, and cut those that are there."""
        self._of(host).close()

    def reopen(self, host: Host) -> None:
        """Take connections again, on the same port."""
        self._of(host).open()

    def cut(self) -> None:
        """Cut every connection; the hosts go on listening."""
        for listener in self._listeners():
            listener.cut()

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        said = self._service.answer(request)
        self.before_answering()
        return said

    def other_url(self, host: Host) -> str:
        """Return the address of the host that this one is not, without a final slash."""
        return self._url(self._shard if host == "entry" else self._entry)

    def _listeners(self) -> list[Listener]:
        return [self._entry, self._shard, *self._moved.values()]

    def _of(self, host: Host) -> Listener:
        return self._entry if host == "entry" else self._shard

    def _listener(self, host: Host, port: int) -> Listener:
        return Listener(host, port, self.world, self, self._tls)

    def _url(self, listener: Listener) -> str:
        return f"{'https' if self._tls else 'http'}://{self._names[listener.host]}:{listener.port}"
