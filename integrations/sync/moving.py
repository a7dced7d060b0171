"""Moving a copy to another calendar: what may still come between (docs/calendars.md)."""

from __future__ import annotations

from integrations.models import Link, OwnerAct


def let_stay(link: Link) -> None:
    """Take a move back while nothing of it was sent: a new copy would mail those who are invited by now (A71)."""
    copies = Link.objects.filter(connection=link.connection_id, activity=link.activity_id)
    unsent = copies.filter(owner_act=OwnerAct.ARRIVING, confirmed=False, intended__isnull=True)
    if unsent.delete()[0]:
        link.owner_act, link.needs_plan = "", True
