"""What is assumed of a CalDAV server that nobody has measured: standard habits, and politeness."""

from __future__ import annotations

from integrations.gateway.base import Profile

CALDAV = Profile(
    name="Other CalDAV calendar",
    in_flight=4,
    burst=40,
    per_second=8.0,
    per_minute=480,
    chunk=100,
    rewrites=True,  # many servers normalise what they store: what was written is read back
)
