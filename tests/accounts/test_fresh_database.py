"""What the migrations leave behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    data = tmp_path_factory.mktemp("fresh")
    environment = {**os.environ, "HALFPAST_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        environment.pop(name, None)
    for app in ("accounts", "vault"):
        subprocess.run([sys.executable, "-m", "django", "migrate", app], env=environment, cwd=ROOT, check=True)
    return sqlite3.connect(data / "halfpast.sqlite3", isolation_level=None)


def test_the_audit_trail_is_guarded_after_all_migrations(fresh):
    fresh.execute(
        "INSERT INTO accounts_auditentry (at, action, target, outcome, address, details, previous, digest)"
        " VALUES (datetime('now'), 'test.done', '', 'ok', '', '{}', 'a', 'b')"
    )
    for forgery in ("UPDATE accounts_auditentry SET outcome = 'forged'", "DELETE FROM accounts_auditentry"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            fresh.execute(forgery)


def test_nobody_and_no_company_is_there(fresh):
    assert fresh.execute("SELECT count(*) FROM accounts_user").fetchone() == (0,)
    assert fresh.execute("SELECT count(*) FROM accounts_company").fetchone() == (0,)


def test_the_shared_key_is_there(fresh):
    assert fresh.execute("SELECT count(*) FROM vault_datakey").fetchone() == (1,)
