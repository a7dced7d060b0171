"""The two stages that every story of this folder is played on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.sync.scenarios.cloud import a_cloud_stage
from tests.integrations.sync.stage import Stage, a_stage


@pytest.fixture(params=[a_stage, a_cloud_stage], ids=["twin", "icloud"])
def stage(request: pytest.FixtureRequest, db: None) -> Iterator[Stage]:
    with request.param() as stage:
        yield stage
