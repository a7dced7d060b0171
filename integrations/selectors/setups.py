"""Set-ups: connections on their way, as their rows tell. The wizard keeps nothing elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from integrations import catalog
from integrations.entry import Entry
from integrations.models import Connection, Grant


@dataclass(frozen=True, slots=True)
class SetUp:
    """One consent, and what has been connected under it so far."""

    grant: Grant
    connection: Connection | None

    @property
    def entry(self) -> Entry:
        """Return the integration that is being set up."""
        return catalog.entry(self.grant.entry)

    @property
    def finished(self) -> bool:
        """True once the calendars are chosen: the sync has begun."""
        return self.connection is not None and self.connection.state != Connection.State.SETUP


def set_up(user: User, key: UUID) -> SetUp:
    """Return one of the user's own set-ups; Grant.DoesNotExist for anybody else's."""
    return _with_connection(Grant.objects.get(pk=key, user=user))


def unfinished(user: User) -> dict[str, SetUp]:
    """Return entry key → the newest set-up of the user that waits for its next step; two queries."""
    standing = Grant.objects.filter(user=user, revoked_at=None).order_by("granted_at")
    connections = {one.grant_id: one for one in Connection.objects.filter(user=user)}
    found = [SetUp(grant, connections.get(grant.pk)) for grant in standing]
    return {one.grant.entry: one for one in found if not one.finished}


def _with_connection(grant: Grant) -> SetUp:
    return SetUp(grant, Connection.objects.select_related("user", "data_key").filter(grant=grant).first())
