"""Enlisting: an activity that is to be written to a connection's target gets its link, with href and UID of ours."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from posixpath import join

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agenda.models import Activity
from integrations.models import Connection, Link, OwnerAct, OwnUid
from integrations.sync import hashes
from integrations.sync.outbound import attending, in_scope, with_relations
from integrations.sync.sentences import ORIGINAL_NOT_CHOSEN

BATCH = 200
NewId = Callable[[], uuid.UUID]


def enlist(connection: Connection, activities: Iterable[Activity], new_id: NewId = uuid.uuid4) -> int:
    """Give a link to each activity in scope that has none on this connection; return how many. One transaction.

    What was made of an event that stands in this very account gets no second copy there: it is tied to that event
    as soon as the event's calendar is chosen. Neither does what another user pushes to the same calendar already.
    """
    wanted = [one for one in activities if in_scope(connection, one) and _takes_part(connection, one)]
    ids = [activity.pk for activity in wanted]
    known = set(Link.objects.filter(connection=connection, activity__in=ids).values_list("activity_id", flat=True))
    fresh = [activity for activity in wanted if activity.pk not in known]
    if not fresh or connection.user.company is None:
        return 0
    there = _standing_in_account(connection, fresh)
    shared = _pushed_by_others(connection, [activity for activity in fresh if activity.pk not in there])
    copied = [activity for activity in fresh if activity.pk not in there | shared]
    with transaction.atomic():
        make_links(connection, copied, new_id)
        originals = [activity for activity in fresh if activity.pk in there]
        make_links(connection, originals, new_id, OwnerAct.ORIGINAL)
    return len(copied)


def _takes_part(connection: Connection, activity: Activity) -> bool:
    return any(user.pk == connection.user_id for user in attending(activity))


def _standing_in_account(connection: Connection, activities: Sequence[Activity]) -> set[uuid.UUID | None]:
    """Return which of these were made of an event in this very account."""
    converted = OwnUid.objects.filter(activity__in=activities, theirs=True, hidden=False)
    return set(converted.filter(held_by=connection.account.key).values_list("activity_id", flat=True))


def _pushed_by_others(connection: Connection, activities: Sequence[Activity]) -> set[uuid.UUID | None]:
    """Return which of these somebody else writes to the same calendar: it is one calendar, and shows them once."""
    others = Connection.objects.filter(account=connection.account_id).exclude(pk=connection.pk)
    if connection.push_to is None or not others.exclude(push_to=None).exists():
        return set()
    path = connection.push_to.path.reveal()
    links = Link.objects.filter(connection__in=others, activity__in=activities).select_related(
        "calendar__connection__user"
    )
    return {link.activity_id for link in links if link.calendar.path.reveal() == path}


def make_links(
    connection: Connection, activities: Collection[Activity], new_id: NewId = uuid.uuid4, owner_act: str = ""
) -> None:
    """Give each of these activities a new link to the target, with href and UID of ours."""
    company = connection.user.company
    if not activities or company is None:
        return
    own_uid_hash = hashes.of_own_uids(company.data_key_id)
    fresh = [(activity, str(new_id())) for activity in activities]
    OwnUid.objects.bulk_create(
        OwnUid(company=company, uid_hash=own_uid_hash(uid.encode()), activity=activity) for activity, uid in fresh
    )
    Link.objects.bulk_create(_link(connection, activity, uid, new_id(), owner_act) for activity, uid in fresh)


def _link(connection: Connection, activity: Activity, uid: str, pk: uuid.UUID, owner_act: str) -> Link:
    target = connection.push_to
    user_key = connection.user.data_key_id
    if target is None or user_key is None:
        raise ValueError("nothing is enlisted without a target")
    target.connection = connection
    href = join(target.path.reveal(), f"{uid}.ics")
    original = owner_act == OwnerAct.ORIGINAL
    return Link(
        id=pk,
        connection=connection,
        calendar=target,
        activity=activity,
        origin=Link.Origin.OURS,
        href=href,
        href_hash=hashes.of_paths(user_key)(href.encode()),
        uid=uid,
        uid_hash=hashes.of_uids(user_key)(uid.encode()),
        detail=connection.detail,
        owner_act=owner_act,
        reason=str(ORIGINAL_NOT_CHOSEN) if original else "",
        needs_push=not original,
        flagged_at=timezone.now(),
    )


def enlist_all(connection: Connection) -> int:
    """Enlist everything that the connection's owner attends and that ends after the connect date."""
    if connection.push_to_id is None:
        return 0
    first = connection.import_from
    ahead = Q(end__gt=first) | Q(end_date__gt=first.date())
    mine = Activity.objects.filter(
        ahead, deleted_at=None, attendances__user=connection.user_id, attendances__ended_at=None
    )
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    return sum(
        enlist(connection, with_relations(Activity.objects.filter(pk__in=ids[at : at + BATCH])))
        for at in range(0, len(ids), BATCH)
    )
