"""Bringing the database up to this code: back up, migrate, and refuse what is newer than we are."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

KEPT_BACKUPS = 10


class NewerDatabase(Exception):
    """The database was migrated by a later Halfpast; the message says what to do."""


def prepare(say: Callable[[str], None]) -> None:
    """Migrate the database to this code, after a backup when it is SQLite and holds something; say what was done."""
    if not pending():
        return
    with (settings.DATA / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _migrate(say)


def _migrate(say: Callable[[str], None]) -> None:
    """Back up and migrate, unless the one whose lock we waited for did it already."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if executor.loader.applied_migrations and connection.vendor == "sqlite":
        say(f"Backed up the database to {backup(_sqlite_file(), settings.DATA / 'backups')}.")
    say(f"Migrating the database ({len(plan)} steps) …")
    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO(), database=DEFAULT_DB_ALIAS)


def pending() -> bool:
    """Return whether the database lacks migrations of this code; a newer one is refused."""
    executor = MigrationExecutor(connection)
    _refuse_newer(executor)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def missing() -> bool:
    """Return whether there is no SQLite file yet (merely connecting would make an empty one)."""
    return connection.vendor == "sqlite" and not _sqlite_file().exists()


def backup(database: Path, folder: Path) -> Path:
    """Copy a SQLite database, also while it is in use, and return the copy's path; the oldest copies go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite3"
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(database, timeout=20)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    for old in sorted(folder.glob("*.sqlite3"))[:-KEPT_BACKUPS]:
        old.unlink()
    return copy


def _refuse_newer(executor: MigrationExecutor) -> None:
    """Raise NewerDatabase when a migration of one of our apps was applied that this code does not have."""
    known = set(executor.loader.disk_migrations)
    for migration in executor.loader.disk_migrations.values():
        known.update(migration.replaces)
    unknown = [f"{app}.{name}" for app, name in executor.loader.applied_migrations if (app, name) not in known]
    if unknown:
        raise NewerDatabase(
            f"The database was migrated by a later version (it knows {sorted(unknown)[0]}): run that version, or put "
            "back the backup from before the upgrade."
        )


def _sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))
