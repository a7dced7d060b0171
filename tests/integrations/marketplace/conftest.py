"""A stage behind the marketplace, with Alice connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.models import Connection
from tests.integrations.sync.stage import Stage, a_stage


@pytest.fixture
def stage(db) -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture
def connection(stage, alice) -> Connection:
    stage.connect(alice, imports=("Home",))
    connected: Connection = stage.connections[alice.pk]
    return connected
