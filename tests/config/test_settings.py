"""Settings: one table, and a production that refuses what is unsafe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import pages, table
from operations.datafolder import ROOT, new_field_key
from tests.operations.houses import environment, manage


def production(data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    given = {"HALFPAST_ENV": "production", "HALFPAST_SECRET_KEY": "s" * 60, "HALFPAST_FIELD_KEYS": new_field_key()}
    given["EMAIL_URL"] = "smtp+tls://halfpast:secret@mail.example.org:587"
    return manage(data, "check", "--deploy", "--fail-level", "WARNING", **{**given, **more})


def test_production_with_keys_and_an_address_passes_the_deployment_check(tmp_path: Path) -> None:
    key = os.urandom(40).hex()
    done = production(tmp_path, HALFPAST_URL="https://agenda.example.org", HALFPAST_SECRET_KEY=key)
    assert done.returncode == 0, done.stderr


def test_production_without_a_mail_server_is_warned_of(tmp_path: Path) -> None:
    done = production(tmp_path, HALFPAST_URL="https://agenda.example.org", EMAIL_URL="")
    assert done.returncode == 1
    assert "mails stay in the outbox" in done.stderr


def test_a_mail_server_that_cannot_be_understood_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = production(tmp_path, EMAIL_URL="mail.example.org")
    assert done.returncode == 1
    assert "EMAIL_URL names no mail server" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["HALFPAST_ICLOUD_URL", "HALFPAST_CA_FILE"])
def test_what_is_for_tests_is_refused_in_production(tmp_path: Path, name: str) -> None:
    done = production(tmp_path, **{name: "https://127.0.0.1:9"})
    assert done.returncode == 1
    assert name in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_setting_that_is_not_given_has_its_default_also_when_it_is_empty() -> None:
    assert table.number({}, "HALFPAST_WEB_THREADS") == 8
    assert table.number({"HALFPAST_WEB_THREADS": " "}, "HALFPAST_WEB_THREADS") == 8
    assert table.items({"HALFPAST_PRIVATE_HOSTS": "a:1, ,b:2,"}, "HALFPAST_PRIVATE_HOSTS") == ["a:1", "b:2"]
    assert table.flag({"HALFPAST_BEHIND_PROXY": "Yes"}, "HALFPAST_BEHIND_PROXY")
    assert not table.flag({}, "HALFPAST_BEHIND_PROXY")


def test_the_pages_name_every_setting_and_no_secret_has_a_default() -> None:
    for setting in table.TABLE:
        assert f"`{setting.name}`" in pages.settings_page()
        assert f"\n{setting.name}={setting.default}\n" in pages.example()
        assert not (setting.secret and setting.default)


def test_the_environment_is_read_through_the_table_alone() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    assert "os.environ[" not in source
    assert "os.environ.get" not in source
    assert "getenv" not in source


def test_an_sqlite_url_is_tuned_and_another_is_not(tmp_path: Path) -> None:
    program = "from config import settings; print(settings.DATABASES['default'])"

    def described(**more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment(tmp_path, **more), capture_output=True, text=True
        )
        return done.stdout

    assert "IMMEDIATE" in described()
    assert "IMMEDIATE" in described(DATABASE_URL=f"sqlite:///{tmp_path / 'other.sqlite3'}")
    elsewhere = described(DATABASE_URL="postgres://u:p@db.example.org/halfpast")
    assert "postgresql" in elsewhere
    assert "IMMEDIATE" not in elsewhere
