"""Fixtures of the sync's stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.sync.stage import Stage, a_stage


@pytest.fixture
def stage(db) -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage
