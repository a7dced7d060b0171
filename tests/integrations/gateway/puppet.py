"""A server that says exactly the bytes a test wants, and remembers exactly the bytes it got."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

MULTISTATUS = '<?xml version="1.0"?><multistatus xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">%s</multistatus>'


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Act = Callable[[socket.socket], bool | None]  # True: the connection goes on
Script = Callable[[Heard], bytes | Act]


def answer(status: int = 207, body: str | bytes = "", *headers: str, reason: str = "Whatever") -> bytes:
    """Return a well-framed answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(content)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


def multistatus(inside: str, *headers: str) -> bytes:
    """Return a 207."""
    return answer(207, MULTISTATUS % inside, "Content-Type: application/xml", *headers)


def home_row(path: str = "/home/cal/", ctag: str = "1") -> str:
    """Return a calendar's row in a home."""
    return (
        f"<response><href>{path}</href><propstat><prop><resourcetype><collection/><c:calendar/></resourcetype>"
        f'<displayname>Cal</displayname><getctag xmlns="http://calendarserver.org/ns/">{ctag}</getctag></prop>'
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
    )


def entry(path: str, etag: str = '"1"') -> str:
    """Return a resource's row in a listing."""
    return (
        f"<response><href>{path}</href><propstat><prop><getetag>{etag}</getetag></prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
    )


class Puppet:
    """Listens on loopback; `heard` are the requests and `connections` how many times somebody connected at all."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.script = script
        self.heard: list[Heard] = []
        self.connections = 0
        self._context = context
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port: int = self._listener.getsockname()[1]
        self.host_port = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if context else 'http'}://{self.host_port}/"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            with sock, sock.makefile("rb") as stream:
                while heard := self._hear(stream):
                    self.heard.append(heard)
                    said = self.script(heard)
                    if callable(said):
                        if not said(sock):
                            return
                    else:
                        sock.sendall(said)

    def _hear(self, stream: object) -> Heard | None:
        first = stream.readline().decode("latin-1").split()  # type: ignore[attr-defined]
        if len(first) < 2:
            return None
        headers: dict[str, str] = {}
        while line := stream.readline().strip():  # type: ignore[attr-defined]
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))  # type: ignore[attr-defined]
        return Heard(first[0], first[1], headers, body)


@contextmanager
def puppet(script: Script | bytes | Act, context: ssl.SSLContext | None = None) -> Iterator[Puppet]:
    """Run a puppet: a script, or always the same answer."""
    if isinstance(script, bytes):
        said = script
        running = Puppet(lambda heard: said, context)
    else:
        running = Puppet(script, context)  # type: ignore[arg-type]
    try:
        yield running
    finally:
        running.close()


def hang_up(sock: socket.socket) -> None:
    """Close without a word."""


def pause(*pieces: bytes, seconds: float = 0.01) -> Act:
    """Return an act that waits before each piece, and goes on with the connection."""

    def act(sock: socket.socket) -> bool:
        for piece in pieces:
            time.sleep(seconds)
            sock.sendall(piece)
        return True

    return act


def drip(data: bytes, every: float = 0.05) -> Act:
    """Return an act that sends one byte at a time, for ever in the end."""

    def act(sock: socket.socket) -> None:
        for byte in data:
            sock.sendall(bytes([byte]))
            time.sleep(every)
        while True:
            sock.sendall(b" ")
            time.sleep(every)

    return act


def stall(data: bytes = b"") -> Act:
    """Return an act that sends something and then nothing, without closing."""

    def act(sock: socket.socket) -> None:
        sock.sendall(data)
        time.sleep(30)

    return act


def flood(head: bytes, piece: bytes, pieces: int) -> Act:
    """Return an act that sends a head and then the same piece many times."""

    def act(sock: socket.socket) -> None:
        sock.sendall(head)
        for _ in range(pieces):
            sock.sendall(piece)

    return act
