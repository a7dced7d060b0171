"""The real servers, for every test of the integrations."""

from __future__ import annotations

from tests.integrations.servers import radicale, xandikos

__all__ = ["radicale", "xandikos"]
