"""An embedded Radicale: a real CalDAV server on a loopback port, with one password file, for the demo."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations import ports, processes


class WillNotStart(Exception):
    """The server did not come up; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Running:
    """A Radicale that answers."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}/"


def start(folder: Path, accounts: Mapping[str, str], *, first_port: int = 5232) -> Running:
    """Start a server that keeps its files in `folder`, for `accounts` (name → password), from `first_port` on."""
    log = folder / "logs" / "radicale.log"
    for port in ports.free(first_port):
        child = spawn(folder, accounts, port)
        if ports.wait_until_answers(port, seconds=15, alive=child):
            return Running(child, port)
        processes.kill(child)
        if "in use" not in processes.tail(log):
            break
    raise WillNotStart(f"The demo's calendar server did not start. Its last words:\n{processes.tail(log)}")


def spawn(folder: Path, accounts: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    """Start the server on exactly this port, without waiting for it."""
    home = folder / "radicale"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = home / "htpasswd"
    passwords.touch(mode=0o600)
    # Plain: the file's reader and the password's owner are the same local user, and each request stays cheap.
    passwords.write_text("".join(f"{name}:{password}\n" for name, password in accounts.items()))
    settings = {
        "server-hosts": f"127.0.0.1:{port}",
        "server-max-connections": "32",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(passwords),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "storage-filesystem-folder": str(home / "collections"),
        "rights-type": "owner_only",
        "web-type": "none",
        "logging-level": "warning",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    return processes.spawn(
        [sys.executable, "-m", "radicale", "--config", "", *options], log=folder / "logs" / "radicale.log"
    )
