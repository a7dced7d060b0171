"""What happens to a connection before a byte was read."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_LONGEST = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class DoorKind:
    """A kind of fault that needs no request."""

    name: str
    says: str
    play: Callable[[socket.socket], None]


def _refuse(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def _speak_plainly(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    sock.close()


def _be_silent(sock: socket.socket) -> None:
    """Take what comes and say nothing, until the client leaves."""
    with sock, suppress(OSError):
        sock.settimeout(_LONGEST)
        while sock.recv(4096):
            pass


DOOR_KINDS = {
    kind.name: kind
    for kind in (
        DoorKind("refused", "the connection is reset as soon as it is made", _refuse),
        DoorKind("tls-error", "what answers is no TLS", _speak_plainly),
        DoorKind("silent", "the connection is made and nothing is ever said, not even for TLS", _be_silent),
    )
}
