"""The data folder: keys made once, and the truth about a running `up`."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import pytest

from operations import datafolder
from operations.upfile import AlreadyRunning, UpFile


def test_keys_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    datafolder.ensure(folder)
    first = datafolder.key(folder, "secret_key"), datafolder.key(folder, "field_keys")
    datafolder.ensure(folder)
    assert (datafolder.key(folder, "secret_key"), datafolder.key(folder, "field_keys")) == first
    assert len(first[0]) >= 50
    assert len(base64.urlsafe_b64decode(first[1].split(":")[1])) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(key.stat().st_mode) for key in (folder / "keys").iterdir()} == {0o600}


def test_of_many_who_start_at_once_all_read_the_same_keys(tmp_path: Path) -> None:
    read: list[str] = []

    def start() -> None:
        datafolder.ensure(tmp_path)
        read.append(datafolder.key(tmp_path, "field_keys"))

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == 16
    assert len(set(read)) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["field_keys", "secret_key"]


def test_a_missing_key_says_which_setting_to_give(tmp_path: Path) -> None:
    with pytest.raises(datafolder.DataFolderMissing, match="HALFPAST_FIELD_KEYS"):
        datafolder.key(tmp_path, "field_keys")


def test_up_json_counts_only_while_its_up_lives(tmp_path: Path) -> None:
    assert datafolder.running(tmp_path) is None
    with UpFile(tmp_path) as file:
        file.write({"broker": 6390})
        facts = datafolder.running(tmp_path)
        assert facts
        assert facts["broker"] == 6390
        left_behind = (tmp_path / "up.json").read_text()
    (tmp_path / "up.json").write_text(left_behind)
    assert datafolder.running(tmp_path) is None


def test_one_folder_is_held_by_one_up(tmp_path: Path) -> None:
    with UpFile(tmp_path) as file:
        file.write({"url": "http://127.0.0.1:8000"})
        with pytest.raises(AlreadyRunning, match="http://127.0.0.1:8000"):
            UpFile(tmp_path)
    with UpFile(tmp_path):
        pass
