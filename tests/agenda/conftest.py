"""A sync and ears for the agenda's tests. Everybody lives in Brussels unless said otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from agenda import ports, signals
from tests.agenda.fakes import FakeSync

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def sync() -> Iterator[FakeSync]:
    """A sync that remembers what it was asked."""
    before, fake = ports.sync_status(), FakeSync()
    ports.register_sync_status(fake)
    yield fake
    ports.register_sync_status(before)


class Heard:
    """What the signals said: (ids, except_for) per `edited`, (old, new) per `replaced`."""

    def __init__(self) -> None:
        self.edited: list[tuple[list[UUID], User | None]] = []
        self.replaced: list[tuple[Any, Any]] = []

    def on_edited(self, ids: list[UUID], except_for: User | None, **_: Any) -> None:
        self.edited.append((ids, except_for))

    def on_replaced(self, old: Any, new: Any, **_: Any) -> None:
        self.replaced.append((old, new))


@pytest.fixture
def heard() -> Iterator[Heard]:
    ears = Heard()
    signals.edited.connect(ears.on_edited)
    signals.replaced.connect(ears.on_replaced)
    yield ears
    signals.edited.disconnect(ears.on_edited)
    signals.replaced.disconnect(ears.on_replaced)
