"""A served calendar file, and Alice who connects it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from integrations.gateway.transport import shared
from tests.integrations.feed.follower import Follower
from tests.integrations.gateway.feeds import FeedFile, a_feed


@pytest.fixture
def feed(db: None, settings: Any) -> Iterator[FeedFile]:
    """A file on a server that the operator has admitted."""
    with a_feed() as (found, server):
        settings.HALFPAST_PRIVATE_HOSTS = [server.host_port]
        yield found
    shared.cache_clear()


@pytest.fixture
def alices(feed: FeedFile, alice: User) -> Follower:
    """Alice, who follows the calendar behind the link."""
    follower = Follower(alice, feed)
    follower.connect()
    return follower
