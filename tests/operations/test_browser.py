"""Where the tests' browser comes from."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from operations import browser


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    path = tmp_path / "chromium"
    path.write_text(f"#!{sys.executable}\nprint('Chromium 150')\n")
    path.chmod(0o755)
    return path


def test_the_browser_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    monkeypatch.setenv("HALFPAST_CHROMIUM", str(stub))
    assert browser.find(print) == stub


def test_a_browser_on_the_path_is_taken(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    monkeypatch.delenv("HALFPAST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(stub.parent))
    assert browser.find(print) == stub


def test_a_browser_that_does_not_start_is_none(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    stub.write_text(f"#!{sys.executable}\nexit(127)\n")
    monkeypatch.setenv("HALFPAST_CHROMIUM", str(stub))
    monkeypatch.setattr(browser, "_from_apt", lambda _tell: None)
    monkeypatch.setattr(browser, "_from_npm", lambda _tell: None)
    assert browser.find(print) is None


def test_nobody_but_root_calls_apt(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: str(stub))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert browser._from_apt(print) is None
