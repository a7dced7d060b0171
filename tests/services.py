"""A pytest plugin, loaded before Django's settings are read: a data folder of its own and a real Valkey for the run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from operations.embedded import valkey

_FOLDER = Path(tempfile.mkdtemp(prefix="halfpast-tests-"))
_broker: valkey.Running | None = None

for _name in list(os.environ):
    if (_name.startswith("HALFPAST_") and _name != "HALFPAST_CHROMIUM") or _name in {
        "DATABASE_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
    }:
        del os.environ[_name]
os.environ["HALFPAST_DATA"] = str(_FOLDER)


def _start() -> None:
    """Start Valkey and name it to Django and Celery, who both read the environment."""
    global _broker
    _broker = valkey.start(_FOLDER)
    os.environ["REDIS_URL"] = os.environ["CELERY_BROKER_URL"] = _broker.url


_start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop Valkey and take the folder away."""
    if _broker:
        _broker.stop()
    shutil.rmtree(_FOLDER, ignore_errors=True)
