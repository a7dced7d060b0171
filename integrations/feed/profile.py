"""A web server with one file: asked rarely, and for the file only if it changed."""

from __future__ import annotations

from integrations.gateway.base import Profile

FEED = Profile(
    name="Calendar by link",
    gateway="integrations.gateway.feed.connect",
    in_flight=1,
    burst=10,
    per_second=1.0,
    per_minute=30,
    rewrites=False,
)
