"""What the sync does when the agenda is written: links are flagged in the same transaction, and the bell is rung."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from agenda.models import Activity, Block
from agenda.signals import edited, replaced
from integrations.models import Connection, Link
from integrations.news import settling
from integrations.services import rings, ties
from integrations.services.enlist import enlist
from integrations.sync import acting
from integrations.sync.outbound import attending, with_relations
from integrations.tasks import press


@receiver(edited)
def flag_links(sender: type, ids: Sequence[uuid.UUID], except_for: User | None, **_kwargs: Any) -> None:
    """Mark the copies of these activities as behind, give copies to who has none, and ring their connections.

    The connection that is being synced right now said so itself, and needs no copy of it.
    """
    speaking = acting.connection.get()
    links = Link.objects.filter(activity__in=ids).exclude(connection=speaking)
    asked = except_for is None
    links.update(needs_push=True, asked_here=asked, flagged_at=timezone.now(), version=F("version") + 1)
    rung = set(links.values_list("connection_id", flat=True))
    activities = list(with_relations(Activity.objects.filter(pk__in=ids)))
    for connection in _connections(activities, speaking):
        if enlist(connection, activities):
            rung.add(connection.pk)
    ring_soon(rung, at_once=False)


def _connections(activities: Sequence[Activity], speaking: uuid.UUID | None) -> list[Connection]:
    people = {user.pk for activity in activities for user in attending(activity)}
    pushing = Connection.objects.filter(user__in=people, grant__revoked_at=None).exclude(push_to=None)
    return [
        connection
        for connection in pushing.select_related("user__company", "grant", "push_to", "account")
        if connection.pk != speaking
    ]


@receiver(replaced)
def retie(sender: type, old: Activity | Block, new: Activity | Block, **_kwargs: Any) -> None:
    """Let the link of what was converted follow it, before `old` is deleted."""
    if isinstance(old, Block) and isinstance(new, Activity):
        ring_soon(ties.to_activity(old, new))
    elif isinstance(old, Activity) and isinstance(new, Block):
        settling.hushed(old, new.owner)
        ring_soon(ties.to_block(old, new))


def ring_soon(connections: Iterable[uuid.UUID], *, at_once: bool = True) -> int:
    """Raise the bell now and wake a worker once the transaction is committed; return how many listen.

    Not `at_once`: those whose bell rings already are left to the worker that was woken for it.
    """
    rung = rings.ring(connections)
    waking = [pk for pk, ringing in rung.items() if at_once or not ringing]
    if waking:
        transaction.on_commit(partial(press, waking))
    return len(rung)
