"""What happens before the environment exists."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from operations.datafolder import ROOT
from scripts import bootstrap, vendor


def test_an_older_python_is_told_so_in_one_sentence() -> None:
    program = f"import sys, runpy; sys.version_info = (3, 9); runpy.run_path({str(ROOT / 'manage.py')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Halfpast needs Python 3.11 or later; this is Python 3.9.\n"


def test_a_python_without_venv_and_pip_is_told_which_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_has", lambda _module: False)
    with pytest.raises(bootstrap.CannotBuild, match="apt-get install python3-venv"):
        bootstrap._install_uv()


def test_an_environment_is_built_again_only_when_locks_or_python_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built: list[str] = []
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(bootstrap, "_STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "UV_LOCK", tmp_path / "uv.lock")
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "lock")

    def build(wanted: str) -> None:
        built.append(wanted)
        (tmp_path / "python").touch()
        (tmp_path / "stamp").write_text(wanted)

    monkeypatch.setattr(bootstrap, "_build", build)
    monkeypatch.setattr(vendor, "built", lambda: True)
    (tmp_path / "uv.lock").write_text("uv")
    (tmp_path / "lock").write_text("one")
    bootstrap.ensure()
    bootstrap.ensure()
    assert len(built) == 1
    (tmp_path / "lock").write_text("two")
    bootstrap.ensure()
    assert len(set(built)) == 2


def test_a_failing_step_shows_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(bootstrap.CannotBuild, match="could not be built"):
        bootstrap.run([sys.executable, "-c", "print('no route'); exit(1)"])
    assert "no route" in capsys.readouterr().err


def test_the_locks_name_no_address_and_hash_everything() -> None:
    for lock in (bootstrap.LOCK, bootstrap.UV_LOCK, bootstrap.NODE_LOCK):
        text = lock.read_text()
        assert "://" not in text
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert pinned
        assert all(line.endswith("\\") for line in pinned)
