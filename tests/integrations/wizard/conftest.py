"""A stage behind the wizard, and Alice on her way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.sync.stage import Stage, a_stage
from tests.integrations.wizard.walk import Walk


@pytest.fixture
def stage(db) -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


@pytest.fixture(params=["icloud", "caldav"])
def walk(request, stage, alice) -> Walk:
    stage.account(alice)
    return Walk(alice, request.param)


@pytest.fixture
def icloud(stage, alice) -> Walk:
    stage.account(alice)
    return Walk(alice)
