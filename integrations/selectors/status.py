"""How links and connections stand, for the agenda's pages and for commands."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.models import Activity, Block
from agenda.ports import CalendarMark, ConnectionStatus
from integrations import catalog
from integrations.models import Connection, Link, RemoteCalendar, Run
from integrations.selectors import health
from integrations.services.schedule import STALE_AFTER

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
            found[thing] = min(found.get(thing, "linked"), state_of_link(link), key=ORDER.index)
    return found


def state_of_link(link: Link) -> str:
    """Return held, stuck, waiting or linked."""
    if link.held_id:
        return "held"
    if link.reason or link.state == Link.State.QUARANTINED:
        return "stuck"
    return "waiting" if link.needs_push or link.needs_plan or link.base_local is None else "linked"


def connections(owner: User) -> Sequence[ConnectionStatus]:
    """Return how each of the owner's connections fares, oldest first, none that is being set up yet. Five queries."""
    now = timezone.now()
    mine = Connection.objects.filter(user=owner).exclude(state=Connection.State.SETUP)
    ended = Run.objects.filter(connection=OuterRef("pk"), ended_at__isnull=False).order_by("-started_at")
    rows = list(mine.select_related("account").annotate(last=ended.values("pk")[:1]).order_by("created_at"))
    waiting = health.waiting(rows)
    runs = Run.objects.in_bulk([row.last for row in rows if row.last])
    return [
        ConnectionStatus(
            id=row.pk,
            entry_name=str(catalog.entry(row.entry).name),
            state=row.state,
            last_success_at=row.last_success_at,
            next_sync_at=row.next_sync_at,
            reason=row.last_reason or _staleness(row, now),
            running=bool(row.account.lease_until and row.account.lease_until > now) or row.ring_seq > row.heard_seq,
            waits=waiting.get(row.pk, 0),
            news=_news(runs.get(row.last)),
            repair_url=_repair_url(row),
        )
        for row in rows
    ]


def _repair_url(row: Connection) -> str:
    """Return where its owner renews the password, once it is certain that he has to."""
    if row.state != Connection.State.NEEDS_USER or catalog.entry(row.entry).by_address:
        return ""
    return reverse("connection_reconnection", args=[row.pk])


def _staleness(row: Connection, now: datetime) -> str:
    """Return that the connection is not in step although nothing is known to be wrong: nobody runs the sync."""
    since = row.last_success_at or row.created_at
    if row.state != Connection.State.ACTIVE or now - since <= STALE_AFTER:
        return ""
    return _("Not in step for more than an hour. It is tried again by itself; nothing is lost.")


def _news(run: Run | None) -> str:
    """Return what a run changed, in a few words: by what happened where one side changed, else by direction."""
    if run is None:
        return ""
    came_in = (run.local_created, run.local_updated, run.local_deleted)
    went_out = sum((run.remote_created, run.remote_updated, run.remote_deleted))
    if not went_out:
        said = zip((_("%(n)d new"), _("%(n)d changed"), _("%(n)d removed")), came_in, strict=True)
    else:
        said = zip((_("%(n)d came in"), _("%(n)d went out")), (sum(came_in), went_out), strict=True)
    return ", ".join(words % {"n": count} for words, count in said if count)


def calendars(owner: User) -> Sequence[CalendarMark]:
    """Return the imported calendars of the owner's connections, by connection, then by name; one query."""
    imported = RemoteCalendar.objects.filter(connection__user=owner, imported=True, gone_at=None)
    rows = imported.exclude(connection__state=Connection.State.SETUP).select_related("connection__user__data_key")
    known = sorted(rows, key=lambda row: (row.connection.created_at, row.name.reveal().casefold()))
    return [_mark(row) for row in known]


def _mark(row: RemoteCalendar) -> CalendarMark:
    name = row.name.reveal() or _("Untitled calendar")
    return CalendarMark(row.pk, name, row.color[:7], str(catalog.entry(row.connection.entry).name))


def guests(thing: Activity | Block) -> int:
    """Return 1 when a calendar server would mail guests about this thing, else 0: how many is not kept."""
    links = Link.objects.filter(guests=True)
    tied = links.filter(block=thing) if isinstance(thing, Block) else links.filter(activity=thing)
    return int(tied.exists())
