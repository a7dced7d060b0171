"""Build the project's environment from its hashed lock files, with nothing but a Python.

`.venv` is rebuilt only when a lock file or the interpreter changed. pip installs nothing but uv, and uv the rest: that
takes seconds instead of a minute. What pages take from npm lies in `.vendor`, and is as lazy (scripts/vendor.py).
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts import node, vendor

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON, UV = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "bin" / "uv"
UV_LOCK, LOCK = ROOT / "requirements-uv.lock", ROOT / "requirements.lock"
NODE_LOCK = ROOT / "requirements-node.lock"  # for those without npm
_STAMP = ENVIRONMENT / ".halfpast-stamp"


class CannotBuild(Exception):
    """The environment cannot be built; the message is one sentence that says what to do."""


def ensure(*, pages: bool = True) -> Path:
    """Return the environment's Python, after building the environment when it is missing or out of date.

    `pages`: what pages take from npm is wanted too. Commands that show no page do without it.
    """
    wanted = stamp()
    if not (_built(wanted) and (vendor.built() or not pages)):
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _built(wanted):  # the one we waited for may have built it
                _build(wanted)
            if pages and not vendor.built():
                _fetch()
    return PYTHON


def stamp() -> str:
    """Return what an environment must have been built from to be up to date."""
    return hashlib.sha256(UV_LOCK.read_bytes() + LOCK.read_bytes() + sys.version.encode()).hexdigest()


def _built(wanted: str) -> bool:
    """Return whether the environment there is the wanted one."""
    return PYTHON.exists() and _STAMP.exists() and _STAMP.read_text() == wanted


def _build(wanted: str) -> None:
    """Build the environment, or bring it up to date; stamp it last: a build that was cut short is done again."""
    say("Building the environment (once) …")
    _STAMP.unlink(missing_ok=True)
    if not _ours():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    _install_uv()
    # Compiled once here, or at every start where PYTHONDONTWRITEBYTECODE is set: half of what a start costs.
    sync = ["pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
    run([str(UV), *sync, "--python", str(PYTHON), str(LOCK)])
    _STAMP.write_text(wanted)


def _fetch() -> None:
    """Install the npm packages that are locked, and copy from them what pages need."""
    say("Fetching what the pages need from npm (once) …")
    with node.tools(install_node) as tools:
        run(tools.ci(), folder=ROOT)
    try:
        vendor.build()
    except vendor.Missing as reason:
        raise CannotBuild(str(reason)) from None


def install_node(folder: Path) -> None:
    """Put the wheel with Node and npm into `folder`: 200 MB, which nobody pays for who has npm."""
    say("There is no npm of version 9 or later here: using one from the Python Package Index …")
    _install_uv()
    into = ["--python", str(PYTHON), "--target", str(folder)]
    run([str(UV), "pip", "install", "--quiet", "--require-hashes", *into, "-r", str(NODE_LOCK)])


def _ours() -> bool:
    """Return whether the environment there was made by exactly this Python."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [str(PYTHON), "-c", "import sys; print(sys.version)"], stdout=subprocess.PIPE, text=True, check=False
        )
    except OSError:
        return False
    return done.stdout.strip() == sys.version


def _install_uv() -> None:
    """Make the environment where there is none and put uv into it, with the pip that is at hand."""
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(UV_LOCK)]
    if _has("ensurepip"):
        run([sys.executable, "-m", "venv", str(ENVIRONMENT)])
        run([str(PYTHON), "-m", "pip", *install])
    elif _has("pip") and _has("venv"):
        run([sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)])
        run([sys.executable, "-m", "pip", "--python", str(PYTHON), *install])
    else:
        raise CannotBuild(
            "This Python can build no environment: install its venv module (on Debian and Ubuntu: "
            "`apt-get install python3-venv`), then run the command again."
        )


def _has(module: str) -> bool:
    """Return whether this Python can import `module`."""
    return importlib.util.find_spec(module) is not None


def run(command: Sequence[str], *, folder: Path | None = None) -> None:
    """Run a command in our whole environment (proxies' certificates live there); its output shows only if it fails."""
    done = subprocess.run(  # noqa: S603 - our own commands, no shell
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        say(done.stdout.rstrip())
        raise CannotBuild(f"The environment could not be built: `{' '.join(command[:4])} …` failed, as shown above.")


def say(sentence: str) -> None:
    """Tell the person at the terminal; standard output belongs to the command that comes after."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        ensure()
    except CannotBuild as reason:
        sys.exit(str(reason))
