"""Settling what owners were told, once it is so no more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User
from agenda.models import Activity
from integrations.models import Conflict, Connection, HeldPlan, Link, RemoteCalendar
from integrations.news import telling
from integrations.news.kinds import (
    CALENDAR_GONE,
    CONFLICT,
    GUESTS,
    HELD,
    PASSWORD_NEEDED,
    READ_ONLY,
    STALE,
    UNREADABLE,
)
from notices.kinds import Kind
from notices.selectors import open_about
from notices.services import forget, resolve, resolve_all_about

#: what a successful sync settles, or shows to be settled
SETTLED_BY_SUCCESS = (PASSWORD_NEEDED, STALE, HELD, CONFLICT, UNREADABLE, GUESTS, CALENDAR_GONE, READ_ONLY)


def in_step(connection: Connection, now: datetime) -> None:
    """Settle what a successful sync has shown to be so no more; a mended connection is told once. Mostly one query."""
    for kind, rest in open_about(connection.user, connection.pk, SETTLED_BY_SUCCESS):
        if kind == PASSWORD_NEEDED:
            telling.repaired(connection, now)
        if not _still_so(connection, kind, rest):
            resolve(connection.user, kind, telling.subject(connection, rest))


def answered(plan: HeldPlan) -> None:
    """Settle what was told of a held plan."""
    resolve(plan.connection.user, HELD, telling.subject(plan.connection, plan.pk))


def sent(link: Link) -> None:
    """Settle the question about a change that mails guests."""
    resolve(link.connection.user, GUESTS, telling.subject(link.connection, link.pk))


def compared(found: Conflict) -> None:
    """Settle what was told of two versions."""
    resolve(found.connection.user, CONFLICT, telling.subject(found.connection, found.pk))


def forgotten(connection: Connection) -> None:
    """Settle all that was told of a connection: it is removed."""
    resolve_all_about(connection.user, connection.pk)


def _still_so(connection: Connection, kind: Kind, rest: str) -> bool:
    """Return whether what was told holds although the sync succeeded."""
    match kind.key:
        case UNREADABLE.key:
            return Link.objects.filter(connection=connection, state=Link.State.QUARANTINED).exists()
        case HELD.key:
            return HeldPlan.objects.filter(pk=UUID(rest), closed_at=None).exists()
        case CONFLICT.key:
            return Conflict.objects.filter(pk=UUID(rest)).exists()
        case GUESTS.key:
            return Link.objects.filter(pk=UUID(rest)).exclude(reason="").exists()
        case CALENDAR_GONE.key:
            return RemoteCalendar.objects.filter(pk=UUID(rest), gone_at__isnull=False).exists()
        case READ_ONLY.key:
            return RemoteCalendar.objects.filter(pk=UUID(rest), writable=False).exists()
    return False


def hushed(activity: Activity, owner: User) -> None:
    """Drop what colleagues keep of an event that is private again: lost versions, and notices that name it."""
    kept = Conflict.objects.filter(activity=activity).exclude(connection__user=owner).select_related("connection")
    copies = Link.objects.filter(activity=activity).exclude(connection__user=owner).select_related("connection")
    named = [telling.subject(one.connection, one.pk) for one in kept]
    forget([*named, *(telling.subject(one.connection, one.pk) for one in copies)])
    kept.delete()
