"""TCP ports on this machine's loopback: which are free, and who answers there."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator


def bind(first: int, *, tries: int = 200) -> socket.socket:
    """Return a socket that listens on the first free loopback port from `first` on, and keeps it until it is closed.

    It must listen: of two sockets that merely bind with SO_REUSEADDR, both may get the same port.
    """
    for port in range(first, min(first + tries, 65536)):
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
            bound.listen(128)
        except OSError:
            bound.close()
            continue
        return bound
    raise OSError(f"no free port between {first} and {first + tries - 1}")


def free(first: int, *, tries: int = 200) -> Iterator[int]:
    """Yield ports from `first` on that were free a moment ago; whoever takes one may still find it taken."""
    last = first + tries
    while first < last:
        with bind(first, tries=last - first) as found:
            port = int(found.getsockname()[1])
        yield port
        first = port + 1


def answers(port: int) -> bool:
    """Return whether something accepts connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def serves(port: int, path: str) -> bool:
    """Return whether a web server there answers `path` with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_answers(port: int, *, seconds: float, alive: subprocess.Popen[bytes]) -> bool:
    """Wait until the port accepts connections, the process `alive` ends, or `seconds` are over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive.poll() is None:
        if answers(port):
            return True
        time.sleep(0.05)
    return False
