"""Enlisting: an activity that is to be written to a connection's target gets its link, with href and UID of ours."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from posixpath import join

from django.db import transaction
from django.db.models import Q

from agenda.models import Activity
from integrations.models import Connection, Link, OwnUid
from integrations.sync import hashes
from integrations.sync.outbound import attending, in_scope, with_relations

BATCH = 200


def enlist(connection: Connection, activities: Iterable[Activity], new_id: Callable[[], uuid.UUID] = uuid.uuid4) -> int:
    """Give a link to each activity in scope that has none on this connection; return how many. One transaction."""
    wanted = [one for one in activities if in_scope(connection, one) and _takes_part(connection, one)]
    ids = [activity.pk for activity in wanted]
    known = set(Link.objects.filter(connection=connection, activity__in=ids).values_list("activity_id", flat=True))
    fresh = [(activity, str(new_id())) for activity in wanted if activity.pk not in known]
    if not fresh or connection.user.company is None:
        return 0
    own_uid_hash = hashes.of_own_uids(connection.user.company.data_key_id)
    with transaction.atomic():
        OwnUid.objects.bulk_create(
            OwnUid(company=connection.user.company, uid_hash=own_uid_hash(uid.encode()), activity=activity)
            for activity, uid in fresh
        )
        Link.objects.bulk_create(_link(connection, activity, uid, new_id()) for activity, uid in fresh)
    return len(fresh)


def _takes_part(connection: Connection, activity: Activity) -> bool:
    return any(user.pk == connection.user_id for user in attending(activity))


def _link(connection: Connection, activity: Activity, uid: str, pk: uuid.UUID) -> Link:
    target = connection.push_to
    user_key = connection.user.data_key_id
    if target is None or user_key is None:
        raise ValueError("nothing is enlisted without a target")
    target.connection = connection
    href = join(target.path.reveal(), f"{uid}.ics")
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
        needs_push=True,
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
