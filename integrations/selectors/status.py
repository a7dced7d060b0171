"""How links and connections stand, for the agenda's pages and for commands."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from agenda.models import Activity, Block
from agenda.ports import ConnectionStatus
from integrations import catalog
from integrations.models import Connection, Link

#: from the worst to the best: what is said of a thing that has several links
ORDER = ("held", "stuck", "waiting", "linked")


def link_states(
    owner: User, activity_ids: Collection[uuid.UUID], block_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Return held, stuck, waiting or linked for each of the owner's things that has a link; one query."""
    mine = Link.objects.filter(connection__user=owner)
    links = mine.filter(Q(activity__in=list(activity_ids)) | Q(block__in=list(block_ids)))
    found: dict[uuid.UUID, str] = {}
    for link in links.only(
        "activity_id", "block_id", "state", "reason", "held_id", "needs_push", "needs_plan", "base_local", "failures"
    ):
        thing = link.activity_id or link.block_id
        if thing is not None:
            found[thing] = min(found.get(thing, "linked"), _state(link), key=ORDER.index)
    return found


def _state(link: Link) -> str:
    if link.held_id:
        return "held"
    if link.reason or link.state == Link.State.QUARANTINED:
        return "stuck"
    return "waiting" if link.needs_push or link.needs_plan or link.base_local is None else "linked"


def connections(owner: User) -> Sequence[ConnectionStatus]:
    """Return how each of the owner's connections fares, oldest first; not one that is still being set up. One query."""
    now = timezone.now()
    mine = Connection.objects.filter(user=owner).exclude(state=Connection.State.SETUP)
    rows = mine.select_related("account").order_by("created_at")
    return [
        ConnectionStatus(
            id=row.pk,
            entry_name=str(catalog.entry(row.entry).name),
            state=row.state,
            last_success_at=row.last_success_at,
            next_sync_at=row.next_sync_at,
            reason=row.last_reason,
            running=bool(row.account.lease_until and row.account.lease_until > now) or row.ring_seq > row.heard_seq,
        )
        for row in rows
    ]


def guests(thing: Activity | Block) -> int:
    """Return 1 when a calendar server would mail guests about this thing, else 0: how many is not kept."""
    links = Link.objects.filter(guests=True)
    tied = links.filter(block=thing) if isinstance(thing, Block) else links.filter(activity=thing)
    return int(tied.exists())
