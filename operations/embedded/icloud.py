"""An embedded simulated iCloud: it plays Apple's part in the demo. Its folder keeps calendars, passwords and ports."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations import processes
from operations.datafolder import ROOT

_FACTS = "simulator.json"  # what `simulate_icloud` writes once it listens


class WillNotStart(Exception):
    """It did not come up; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Running:
    """A simulated iCloud that listens, and how to use it."""

    url: str
    ca_file: str  # "" where it speaks plain http
    iphone: str  # the page that is its owner's phone
    apple_id: str
    app_password: str
    main_password: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings that let Halfpast take it for Apple's."""
        trusted = {"HALFPAST_CA_FILE": self.ca_file} if self.ca_file else {}
        return {"HALFPAST_ICLOUD_URL": self.url, **trusted}


def spawn(
    folder: Path, account: str, name: str, zone: str, environment: Mapping[str, str], *, https: bool
) -> subprocess.Popen[bytes]:
    """Start it, without waiting, for one account that gets a lively calendar when it is new."""
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_icloud", "--quiet", "--data", str(folder / "icloud")]
    command += ["--account", account, "--name", name, "--timezone", zone, "--https" if https else "--no-https"]
    return processes.spawn(command, log=log(folder), environment=environment, cwd=ROOT)


def log(folder: Path) -> Path:
    """Return where it says what it has to say."""
    return folder / "logs" / "icloud.log"


def wait(folder: Path, child: subprocess.Popen[bytes], *, seconds: float) -> Running:
    """Wait until it listens; WillNotStart when it ends before, or after so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.poll() is None:
        facts = _facts(folder)
        if facts.get("pid") == child.pid:  # not those of the last time
            return Running(**{name: facts[name] for name in Running.__slots__})
        time.sleep(0.02)
    raise WillNotStart(f"The demo's simulated iCloud did not start. Its last words:\n{processes.tail(log(folder))}")


def _facts(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "icloud" / _FACTS).read_text()))
    except (OSError, ValueError):
        return {}
