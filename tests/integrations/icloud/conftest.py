"""The simulated iCloud, for every test of this integration."""

from __future__ import annotations

from tests.integrations.icloud.simulators import icloud

__all__ = ["icloud"]
