"""Which connection this thread is syncing right now, so that what it says is not pushed back to where it came from."""

from __future__ import annotations

import uuid
from contextvars import ContextVar

connection: ContextVar[uuid.UUID | None] = ContextVar("connection being synced", default=None)
