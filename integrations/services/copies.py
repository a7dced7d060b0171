"""Copies: the events that Halfpast made in somebody's calendar, counted, taken out, moved or written anew as he asks.

Nothing is sent from here. The links say what is wanted, and the next run does it, item by item and safe from a crash.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from agenda.models import Activity, BlockSpan
from integrations.models import Connection, Link, OwnerAct, RemoteCalendar
from integrations.services.enlist import make_links


def of(connection: Connection) -> QuerySet[Link]:
    """Return the links of copies that stand in the account's calendars, or are on their way to them."""
    ours = Link.objects.filter(connection=connection, origin=Link.Origin.OURS, activity__isnull=False)
    return ours.exclude(owner_act__in=[OwnerAct.MOVING, OwnerAct.ORIGINAL])


def standing(connection: Connection) -> QuerySet[Link]:
    """Return the links of copies that were seen to stand in a calendar."""
    return of(connection).filter(confirmed=True, observed_present=True)


def movable(connection: Connection, target: RemoteCalendar, now: datetime) -> QuerySet[Link]:
    """Return the copies that would move to `target`: those ahead, elsewhere, that nobody else is invited to."""
    ahead = _ahead(_elsewhere(of(connection), target), now)
    return ahead.filter(guests=False, held=None).exclude(owner_act=OwnerAct.REMOVE).exclude(_unsent())


def staying(connection: Connection, target: RemoteCalendar, now: datetime) -> QuerySet[Link]:
    """Return the copies that stay where they are when the rest moves: past ones, held ones, those with guests."""
    moving = movable(connection, target, now).values("pk")
    return _elsewhere(standing(connection), target).exclude(pk__in=moving)


def _elsewhere(links: QuerySet[Link], target: RemoteCalendar | None) -> QuerySet[Link]:
    return links.exclude(calendar=target) if target else links


def _ahead(links: QuerySet[Link], now: datetime) -> QuerySet[Link]:
    """Keep what is not over yet; what somebody made repeat is over after its last time."""
    later = BlockSpan.objects.filter(activity=OuterRef("activity"), end__gt=now)
    return links.filter(Q(activity__end__gt=now) | Q(activity__end_date__gt=now.date()) | Exists(later))


def _unsent() -> Q:
    """Match copies that were never sent, so that nothing of them is anywhere."""
    return Q(confirmed=False, intended__isnull=True)


def remove(connection: Connection, kinds: Collection[str]) -> int:
    """Have the copies of these kinds of activity taken out of the calendars; return how many."""
    leaving = Link.objects.filter(connection=connection, origin=Link.Origin.OURS, activity__kind__in=list(kinds))
    leaving.filter(_unsent()).exclude(owner_act=OwnerAct.MOVING).delete()
    kept = leaving.exclude(owner_act=OwnerAct.MOVING)
    leaving.filter(owner_act=OwnerAct.MOVING).update(needs_plan=True, version=F("version") + 1)
    return kept.update(owner_act=OwnerAct.REMOVE, needs_plan=True, asked_here=True, version=F("version") + 1)


def keep_after_all(connection: Connection, kinds: Collection[str]) -> None:
    """Take back that copies of these kinds are to go, and have those sent that never were."""
    links = Link.objects.filter(connection=connection, activity__kind__in=list(kinds))
    links.filter(owner_act=OwnerAct.REMOVE).update(owner_act="", version=F("version") + 1)
    unsent = links.filter(_unsent()).exclude(owner_act=OwnerAct.ORIGINAL)
    unsent.update(needs_push=True, flagged_at=timezone.now(), version=F("version") + 1)


def stay(connection: Connection, target: RemoteCalendar | None) -> None:
    """Let all copies stay where they are; what was never sent is enlisted anew, in the new target."""
    for link in _leaving(connection, _forget_unsent(connection, target)).order_by("activity", "-confirmed"):
        _stays(link)


def _forget_unsent(connection: Connection, target: RemoteCalendar | None) -> set[uuid.UUID]:
    """Forget what was to go to another calendar and was never sent; return what of it was moving there."""
    unsent = _elsewhere(of(connection), target).filter(_unsent())
    arriving = set(unsent.filter(owner_act=OwnerAct.ARRIVING).values_list("activity_id", flat=True))
    unsent.delete()
    return {activity for activity in arriving if activity}


def _leaving(connection: Connection, activities: Collection[uuid.UUID]) -> QuerySet[Link]:
    return Link.objects.filter(connection=connection, activity__in=activities, owner_act=OwnerAct.MOVING)


def _stays(link: Link) -> None:
    """Let one copy of an activity stay after all; any other leaves still."""
    others = Link.objects.filter(connection=link.connection_id, activity=link.activity_id)
    if not others.exclude(owner_act=OwnerAct.MOVING).exists():
        Link.objects.filter(pk=link.pk).update(owner_act="", needs_push=True, version=F("version") + 1)


def move(connection: Connection, target: RemoteCalendar, now: datetime) -> int:
    """Have what is ahead moved to `target`: a new copy first, then the old one goes. Return how many items move."""
    under_way = _forget_unsent(connection, target)
    for back in _leaving(connection, under_way).filter(calendar=target):
        _stays(back)
        under_way.discard(back.activity_id or uuid.UUID(int=0))
    going = movable(connection, target, now)
    activities = under_way | {pk for pk in going.values_list("activity_id", flat=True) if pk}
    Link.objects.filter(pk__in=list(going.values_list("pk", flat=True))).update(
        owner_act=OwnerAct.MOVING, needs_plan=True, asked_here=True, version=F("version") + 1
    )
    make_links(connection, list(Activity.objects.filter(pk__in=activities)), owner_act=OwnerAct.ARRIVING)
    return len(activities)


def moving(connection: Connection) -> int:
    """Return how many items are on their way from one calendar to another."""
    return Link.objects.filter(connection=connection, owner_act=OwnerAct.MOVING).count()


def write_anew(connection: Connection) -> int:
    """Have all standing copies say as much as the connection's detail wants by now; return how many."""
    behind = of(connection).exclude(detail=connection.detail)
    return behind.update(
        detail=connection.detail, needs_push=True, asked_here=True, flagged_at=timezone.now(), version=F("version") + 1
    )
