"""What a run takes from the world: clock, ids, sleep and the line to a server. A simulation brings its own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from integrations import catalog
from integrations.gateway import open_gateway
from integrations.gateway.base import Credentials, Gateway
from integrations.models import Connection


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world as seen by a run."""

    now: Callable[[], datetime] = timezone.now
    monotonic: Callable[[], float] = time.monotonic
    new_id: Callable[[], uuid.UUID] = uuid.uuid4
    sleep: Callable[[float], None] = time.sleep

    def line(self, connection: Connection, *, seconds: float, interactive: bool) -> Gateway:
        """Return the gateway of a connection for a run of at most `seconds`."""
        return open_gateway(
            catalog.entry(connection.entry).profile,
            connection.server.reveal(),
            Credentials(connection.username.reveal(), connection.password.reveal()),
            home=connection.home.reveal(),
            account=str(connection.account_id),
            hosts=connection.confirmed_hosts,
            interactive=interactive,
            clock=self.monotonic,
            deadline=self.monotonic() + seconds,
        )


THE_WORLD = Surroundings()
