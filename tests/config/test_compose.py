"""The compose file says nothing that the project does not know. (That images build is not shown here.)"""

from __future__ import annotations

import importlib.util
import re
from typing import Any

import pytest
import yaml

from config import table
from operations.datafolder import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
KNOWN = {setting.name for setting in table.TABLE}


def test_every_variable_is_in_the_table_of_settings() -> None:
    assert set(re.findall(r"\$\{(\w+)", TEXT)) <= KNOWN
    for service in SERVICES.values():
        if service.get("image") == "halfpast":
            assert set(service["environment"]) <= KNOWN


def test_everything_that_up_runs_is_a_service() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker-sync", "worker-interactive", "beat", "postgres", "redis"}


@pytest.mark.parametrize("name", ["migrate", "worker-sync", "worker-interactive", "beat"])
def test_every_command_is_one_that_exists(name: str) -> None:
    program, *rest = SERVICES[name]["command"]
    if program == "python":
        assert (ROOT / rest[0]).exists()
    else:
        assert importlib.util.find_spec(program)
        assert importlib.util.find_spec(rest[rest.index("-A") + 1])


def test_each_queue_has_its_worker() -> None:
    queues = {name: SERVICES[name]["command"] for name in ("worker-sync", "worker-interactive")}
    assert "sync" in queues["worker-sync"]
    assert "interactive" in queues["worker-interactive"]
