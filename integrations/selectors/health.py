"""How connections fare: in state and numbers for everybody who may act on them, with names for their owner alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from integrations import catalog
from integrations.entry import Entry
from integrations.models import Conflict, Connection, HeldPlan, Link, OwnerAct, RemoteCalendar
from integrations.services.schedule import STALE_AFTER

State = Connection.State
COUNTED: Final = ("blocks", "copies", "waiting", "quarantined", "moving")


class Level(StrEnum):
    """How well it is, as the page colours it."""

    OK = "ok"
    BUSY = "busy"
    IDLE = "idle"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Health:
    """State and times of one connection: nothing private, for its owner and for admins alike."""

    key: UUID
    setup: UUID  # the consent's id, by which an unfinished set-up is resumed
    user: User
    entry: Entry
    level: Level
    sentence: str
    last_at: datetime | None
    next_at: datetime | None
    active: bool
    paused: bool
    revoked: bool
    unfinished: bool
    running: bool
    renewable: bool  # it has a password that its owner may renew


@dataclass(frozen=True, slots=True)
class Own:
    """One connection as its owner sees it."""

    health: Health
    account: str = field(repr=False)
    reason: str
    target: RemoteCalendar | None
    imported: Sequence[RemoteCalendar]
    hosts: Sequence[str]  # beyond the typed server's own, where the password goes too
    blocks: int
    copies: int
    held: int
    waiting: int
    conflicts: int
    quarantined: int
    moving: int


def own(user: User, now: datetime) -> list[Own]:
    """Return the user's own connections with what only he may see, oldest first; five queries."""
    rows = list(_rows(Connection.objects.filter(user=user)).prefetch_related("calendars"))
    links, plans, lost = _links(rows), _open_plans(rows), _conflicts(rows)
    return [_own(row, links.get(row.pk, {}), plans.get(row.pk, 0), lost.get(row.pk, 0), now) for row in rows]


def of_colleagues(admin: User, now: datetime) -> list[Health]:
    """Return the connections of an admin's company that have begun, in state and times alone; one query."""
    rows = Connection.objects.filter(user__company=admin.company_id).exclude(state=State.SETUP)
    private = ["server", "username", "password", "home", "account_path", "addresses", "hosts"]
    return [_health(row, now) for row in _rows(rows).defer(*private).order_by("user__name", "created_at")]


def may_act_on(viewer: User, key: UUID) -> Connection:
    """Return a connection that `viewer` may sync, pause or revoke: his own, or as an admin one of his company.

    Connection.DoesNotExist for any other.
    """
    mine = Q(user=viewer)
    if viewer.is_admin and viewer.company_id:
        mine |= Q(user__company=viewer.company_id) & ~Q(state=State.SETUP)
    return _rows(Connection.objects.filter(mine)).get(pk=key)


def owned(viewer: User, key: UUID) -> Connection:
    """Return one of the viewer's own connections; Connection.DoesNotExist for any other."""
    return _rows(Connection.objects.filter(user=viewer)).select_related("data_key").get(pk=key)


def health(connection: Connection, now: datetime) -> Health:
    """Return how one connection fares; its user, grant and account are loaded."""
    return _health(connection, now)


def _rows(connections: QuerySet[Connection]) -> QuerySet[Connection]:
    return connections.select_related("user", "grant", "account", "push_to").order_by("created_at")


def _own(row: Connection, links: dict[str, int], plans: int, lost: int, now: datetime) -> Own:
    calendars = list(row.calendars.all())
    waits = plans + links.get("waiting", 0)
    return Own(
        health=_but_for_what_waits(_health(row, now)) if waits else _health(row, now),
        account=row.username.reveal(),
        reason=row.last_reason,
        target=next((one for one in calendars if one.pk == row.push_to_id), None),
        imported=sorted((one for one in calendars if one.imported), key=lambda one: one.name.reveal().casefold()),
        hosts=[host.removesuffix(":443") for host in row.confirmed_hosts],
        blocks=links.get("blocks", 0),
        copies=links.get("copies", 0),
        held=plans,
        waiting=links.get("waiting", 0),
        conflicts=lost,
        quarantined=links.get("quarantined", 0),
        moving=links.get("moving", 0),
    )


def _but_for_what_waits(health: Health) -> Health:
    if health.level is not Level.OK:
        return health
    return replace(health, level=Level.WARN, sentence=_("In step, except for what waits for you."))


def _links(rows: Sequence[Connection]) -> dict[UUID, dict[str, int]]:
    """Return counts per connection; one query."""
    counted = Link.objects.filter(connection__in=rows).values("connection_id").order_by()
    numbers = counted.annotate(
        blocks=Count("pk", filter=Q(block__isnull=False)),
        copies=Count("pk", filter=Q(origin=Link.Origin.OURS, confirmed=True, observed_present=True)),
        waiting=Count("pk", filter=stuck()),
        quarantined=Count("pk", filter=Q(state=Link.State.QUARANTINED)),
        moving=Count("pk", filter=Q(owner_act=OwnerAct.MOVING)),
    )
    return {row["connection_id"]: {name: row[name] for name in COUNTED} for row in numbers}


def stuck() -> Q:
    """Match links that stand still for a reason of their own, which their owner can do something about."""
    return Q(state=Link.State.LINKED, held=None) & ~Q(reason="")


def _open_plans(rows: Sequence[Connection]) -> dict[UUID, int]:
    plans = HeldPlan.objects.filter(connection__in=rows, closed_at=None, items__isnull=False, items__answer="")
    counted = plans.values_list("connection_id").order_by().annotate(number=Count("pk", distinct=True))
    return dict(counted)


def _conflicts(rows: Sequence[Connection]) -> dict[UUID, int]:
    counted = Conflict.objects.filter(connection__in=rows).values_list("connection_id").order_by()
    return dict(counted.annotate(number=Count("pk")))


def waiting(rows: Sequence[Connection]) -> dict[UUID, int]:
    """Return how many things of each connection wait for its owner: held lists, items, kept versions. Three queries."""
    still = Link.objects.filter(stuck() | Q(state=Link.State.QUARANTINED), connection__in=rows).exclude(reason="")
    items = dict(still.values_list("connection_id").order_by().annotate(number=Count("pk")))
    plans, lost = _open_plans(rows), _conflicts(rows)
    return {row.pk: items.get(row.pk, 0) + plans.get(row.pk, 0) + lost.get(row.pk, 0) for row in rows}


def _health(row: Connection, now: datetime) -> Health:
    running = _is_running(row, now)
    level, sentence = _verdict(row, running, now)
    revoked = row.grant.revoked_at is not None
    return Health(
        key=row.pk,
        setup=row.grant_id,
        user=row.user,
        entry=catalog.entry(row.entry),
        level=level,
        sentence=sentence,
        last_at=row.last_success_at,
        next_at=_next(row, now) if row.state == State.ACTIVE and not revoked else None,
        active=row.state == State.ACTIVE and not revoked,
        paused=row.state == State.PAUSED and not revoked,
        revoked=revoked,
        unfinished=row.state == State.SETUP and not revoked,
        running=running,
        renewable=not revoked and row.state != State.SETUP and not catalog.entry(row.entry).by_address,
    )


def _is_running(row: Connection, now: datetime) -> bool:
    if row.state != State.ACTIVE or row.grant.revoked_at:
        return False
    leased = row.account.lease_until is not None and row.account.lease_until > now
    return leased or row.ring_seq > row.heard_seq


def _next(row: Connection, now: datetime) -> datetime | None:
    times = [moment for moment in (row.next_sync_at, row.account.not_before) if moment and moment > now]
    return max(times, default=None)


def _verdict(row: Connection, running: bool, now: datetime) -> tuple[Level, str]:
    """Return how it is in one sentence that names nothing private."""
    if row.grant.revoked_at:
        return Level.IDLE, _("The access was taken back: nothing is read or written any more.")
    if row.state == State.SETUP:
        return Level.IDLE, _("The set-up is not finished yet.")
    if row.state == State.PAUSED:
        return Level.IDLE, _("Paused: nothing is read or written until it is resumed.")
    if row.state == State.NEEDS_USER:
        return Level.DANGER, _("The server keeps refusing the password: a new one is needed.")
    if running:
        return Level.BUSY, _("Syncing now.")
    if row.account.not_before and row.account.not_before > now:
        return Level.WARN, _("The server asked us to wait.")
    return _verdict_of_last_run(row, now)


def _verdict_of_last_run(row: Connection, now: datetime) -> tuple[Level, str]:
    if row.last_success_at is None:
        return Level.WARN, _("The first sync has not succeeded yet.") if row.last_reason else _("Not synced yet.")
    if now - row.last_success_at > STALE_AFTER:
        return Level.WARN, _("The last syncs did not succeed.")
    if row.refused_at:
        return Level.WARN, _("Its password was refused.")
    if row.last_reason:
        return Level.WARN, _("In step, except for what is said below.")
    return Level.OK, _("In step.")
