"""One host: a listening socket, and a thread for each connection."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress

from integrations.icloud.simulator.connection import Answers, Connection
from integrations.icloud.simulator.message import Host
from integrations.icloud.simulator.world import World

_HANDSHAKE_SECONDS = 10.0


class Listener:
    """Listens on 127.0.0.1. The port is chosen once and stays, so that a host can be closed and opened again."""

    def __init__(
        self, host: Host, port: int, world: World, answers: Answers, tls: ssl.SSLContext | None = None
    ) -> None:
        """Prepare; port 0 takes a free one when it is opened first."""
        self.host: Host = host
        self.port = port
        self._world = world
        self._answers = answers
        self._tls = tls
        self._socket: socket.socket | None = None
        self._stopping = threading.Event()
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()

    def open(self) -> None:
        """Take connections."""
        self._stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._socket.getsockname()[1]
        self._start(self._accept, self._socket, self._stopping)

    def close(self) -> None:
        """Refuse connections from now on, and cut those that are there."""
        self._stopping.set()
        if self._socket:
            _wake(self._socket)
            self._socket = None
        self.cut()

    def cut(self) -> None:
        """Cut the connections that are there."""
        with self._lock:
            clients = list(self._clients)
        for sock in clients:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            fault = self._world.faults.claim_door(self.host)
            if fault:
                self._start(fault.play_at_door, sock)
            else:
                self._start(self._serve, sock, stopping)

    def _serve(self, sock: socket.socket, stopping: threading.Event) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock = self._secured(sock)
        except OSError:
            sock.close()
            return
        with self._lock:
            self._clients.add(sock)
        Connection(sock, self.host, self._world, self._answers, stopping).serve()
        with self._lock:
            self._clients.discard(sock)

    def _secured(self, sock: socket.socket) -> socket.socket:
        if self._tls is None:
            return sock
        sock.settimeout(_HANDSHAKE_SECONDS)
        return self._tls.wrap_socket(sock, server_side=True)

    @staticmethod
    def _start(act: object, *arguments: object) -> None:
        threading.Thread(target=act, args=arguments, daemon=True).start()  # type: ignore[arg-type]


def _wake(listening: socket.socket) -> None:
    """Close a listening socket, and wake the thread that waits on it."""
    with suppress(OSError):
        listening.shutdown(socket.SHUT_RDWR)
    listening.close()
