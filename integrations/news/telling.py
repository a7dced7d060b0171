"""Telling an owner what happened to his connection. Call inside the transaction in which it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.models import Activity
from agenda.titles import title_of
from integrations import catalog
from integrations.models import Conflict, Connection, Grant, HeldPlan, Link, RemoteCalendar
from integrations.news.kinds import (
    CALENDAR_GONE,
    CONFLICT,
    GUESTS,
    HELD,
    PASSWORD_NEEDED,
    READ_ONLY,
    REPAIRED,
    REVOKED,
    STALE,
    UNREADABLE,
    WRITTEN_AGAIN,
)
from notices.kinds import Kind
from notices.services import tell


def password_needed(connection: Connection, now: datetime) -> None:
    """Tell the owner that he is needed, and remind him until the connection is mended."""
    facts = {**_facts(connection), "since": connection.refused_at or now}
    link = reverse("connection_reconnection", args=[connection.pk])
    _tell(connection, PASSWORD_NEEDED, facts=facts, link=link, mail=True, now=now)


def stale(connection: Connection, since: datetime, now: datetime) -> None:
    """Tell the owner that his connection has not been in step for long."""
    _tell(connection, STALE, facts={**_facts(connection), "since": since}, link=reverse("connections"), now=now)


def held(plan: HeldPlan, now: datetime) -> None:
    """Tell the owner of a held plan."""
    facts = {"reason": lazy(plan.get_reason_display, str)()}
    link = reverse("held_plan", args=[plan.pk])
    _tell(plan.connection, HELD, plan.pk, facts=facts, link=link, mail=True, now=now)


def conflict(found: Conflict, activity: Activity | None) -> None:
    """Tell the owner that a version of something lost a merge and is kept."""
    facts, link = {"what": _what(activity)}, f"{reverse('attention')}#conflicts"
    _tell(found.connection, CONFLICT, found.pk, facts=facts, link=link, now=found.happened_at)


def unreadable(connection: Connection, now: datetime) -> None:
    """Tell the owner that there is something (more) that could not be read."""
    link = f"{reverse('attention')}#unreadable"
    _tell(connection, UNREADABLE, facts=_facts(connection), link=link, now=now, again=True)


def guests(connection: Connection, link: Link, now: datetime) -> None:
    """Ask the owner whether a change may go out that will be mailed to guests."""
    facts = {"what": _what(link.activity)}
    _tell(connection, GUESTS, link.pk, facts=facts, link=f"{reverse('attention')}#waiting", now=now)


def written_again(connection: Connection, link: Link, now: datetime) -> None:
    """Tell the owner that what he deleted in his calendar is written again, since it was changed here."""
    thing = link.activity or link.block
    version = f"{link.pk}:{thing.revision if thing else 0}"
    shown = f"?show={link.activity_id.hex}" if link.activity_id else ""
    facts = {"what": _what(link.activity)}
    _tell(connection, WRITTEN_AGAIN, version, facts=facts, link=reverse("agenda") + shown, now=now)


def calendar_gone(connection: Connection, calendar: RemoteCalendar, now: datetime) -> None:
    """Tell the owner that a chosen calendar is not there any more."""
    link = reverse("connections")
    _tell(connection, CALENDAR_GONE, calendar.pk, facts=_facts(connection), link=link, mail=True, now=now)


def read_only(connection: Connection, calendar: RemoteCalendar, now: datetime) -> None:
    """Tell the owner that a chosen calendar can only be read any more; by mail too when it is the target."""
    target = calendar.pk == connection.push_to_id
    link = reverse("connections")
    _tell(connection, READ_ONLY, calendar.pk, facts=_facts(connection), link=link, mail=target, now=now)


def revoked(grant: Grant, actor: User | None) -> None:
    """Tell the owner that his consent was taken back; by mail too when somebody else did it."""
    if not grant.connections.exclude(state=Connection.State.SETUP).exists():
        return
    own = actor is not None and actor.pk == grant.user_id
    who = lazy(lambda: _("You") if own else actor.display_name if actor else _("An operator"), str)()
    facts = {"entry": _entry(grant.entry), "who": who}
    tell(grant.user, REVOKED, subject=grant.pk, facts=facts, link=reverse("connections"), mail=not own)


def repaired(connection: Connection, now: datetime) -> None:
    """Tell the owner that his connection works again."""
    _tell(connection, REPAIRED, now.isoformat(), facts=_facts(connection), link="/agenda/", mail=True, now=now)


def subject(connection: Connection, about: object = "") -> str:
    """Return what news is about: it begins with the connection, so that what is settled can be found by it."""
    return f"{connection.pk}:{about}" if about else str(connection.pk)


def _tell(connection: Connection, kind: Kind, about: object = "", **more: Any) -> None:
    tell(connection.user, kind, subject=subject(connection, about), **more)


def _facts(connection: Connection) -> dict[str, Any]:
    return {"entry": _entry(connection.entry)}


def _entry(key: str) -> Any:
    return lazy(lambda: str(catalog.entry(key).name), str)()


def _what(activity: Activity | None) -> Any:
    """Return how an activity is called; a private event has no name outside its owner's own pages."""
    return lazy(lambda: f"“{title_of(activity)}”" if activity else _("a private event"), str)()
