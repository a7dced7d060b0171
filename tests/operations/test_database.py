"""Migrating: with a backup, once, and never a database that is newer than the code."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.operations.houses import manage


def prepare(data: Path, *more: str, **environment: str) -> str:
    done = manage(data, "prepare", "--json", *more, **environment)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("database") / "data"
    assert "Migrating" in prepare(folder)
    return folder


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(query).fetchall()


def test_a_new_database_is_migrated_without_a_backup(data: Path) -> None:
    assert not (data / "backups").exists()
    assert rows(data / "halfpast.sqlite3", "PRAGMA journal_mode") == [("wal",)]
    assert prepare(data) == ""


def test_a_pull_with_new_migrations_backs_up_first(data: Path) -> None:
    assert manage(data, "migrate", "sessions", "zero").returncode == 0
    rows(data / "halfpast.sqlite3", "CREATE TABLE IF NOT EXISTS canary (word)")
    assert "Backed up the database" in prepare(data)
    [copy] = (data / "backups").iterdir()
    names = {name for (name,) in rows(copy, "SELECT name FROM sqlite_master")}
    assert "canary" in names
    assert "django_session" not in names
    assert ("django_session",) in rows(data / "halfpast.sqlite3", "SELECT name FROM sqlite_master")


@pytest.mark.parametrize("app", ["agenda", "an_app_of_next_year"])
def test_a_newer_database_is_refused_in_one_sentence_and_left_alone(data: Path, app: str) -> None:
    database = data / "halfpast.sqlite3"
    rows(database, f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '0999_later', '2027-01-01')")
    try:
        refused = manage(data, "prepare", "--json")
        assert refused.returncode == 1
        assert f"it knows {app}.0999_later" in refused.stderr
        assert refused.stderr.count("\n") == 1
        assert refused.stdout == ""
    finally:
        rows(database, "DELETE FROM django_migrations WHERE name = '0999_later'")


def test_an_empty_house_gets_a_set_up_path_only_when_asked(data: Path) -> None:
    plain = json.loads(manage(data, "prepare", "--json").stdout)
    asked = json.loads(manage(data, "prepare", "--json", "--setup-link").stdout)
    assert (plain["users"], plain["setup_path"]) == (False, "")
    assert asked["setup_path"].startswith("/setup/")
