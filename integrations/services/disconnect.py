"""Removing a connection: blocks always go, the password is erased, pushed events stay or go as the owner says."""

from __future__ import annotations

from contextlib import closing

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from agenda.ical.read import NotAnEvent, Unreadable, read
from agenda.models import Block
from agenda.services import blocks
from integrations import grants
from integrations.gateway.base import Gateway, Resource
from integrations.gateway.errors import GatewayError, PreconditionFailed
from integrations.models import Connection, HeldPlan, Link, OwnUid, ProviderAccount, Run
from integrations.news import settling
from integrations.services.surroundings import THE_WORLD, Surroundings
from integrations.sync import hashes, lease

#: how long the copies may take to be removed (seconds)
LENGTH = 240.0


class DisconnectRefused(Exception):
    """The connection stands as it was; the sentence says what to do."""


def pushed_copies(connection: Connection) -> int:
    """Return how many events Halfpast made in this account's calendars."""
    return _ours(connection).count()


def _ours(connection: Connection) -> QuerySet[Link]:
    """Return the copies of activities. A private event that was put back is its owner's, though we wrote it."""
    ours = Link.objects.filter(connection=connection, origin=Link.Origin.OURS, confirmed=True, observed_present=True)
    return ours.exclude(activity=None)


def disconnect(
    connection: Connection, *, actor: User | None, remove_remote: bool, world: Surroundings = THE_WORLD
) -> int:
    """Remove the connection and return how many events were deleted from its calendars.

    With `remove_remote` only copies of activities are deleted, each in the version that was just read; when the server
    stops answering, the connection stays as it is (DisconnectRefused) and trying again goes on from there.
    """
    held = lease.claim(connection, world.now)
    if held is None:
        raise DisconnectRefused(_("A sync is under way: try again in a minute."))
    try:
        removed = _remove_copies(connection, held, world) if remove_remote else 0
        with transaction.atomic():
            grant, pk = connection.grant, str(connection.pk)
            erase(connection)
            grants.revoke(grant, actor)
            audit.record(actor, "connection.removed", target=pk)
    finally:
        held.release()
    return removed


def _remove_copies(connection: Connection, held: lease.Lease, world: Surroundings) -> int:
    removed = 0
    try:
        with closing(world.line(connection, seconds=LENGTH, interactive=True)) as line:
            for link in _ours(connection).order_by("pk"):
                held.keep()
                removed += _remove_copy(link, line)
    except (GatewayError, lease.LeaseLost) as error:
        raise DisconnectRefused(
            _("The server could not be reached, so nothing more was removed. Try again, or keep the events there.")
        ) from error
    return removed


def _remove_copy(link: Link, line: Gateway) -> int:
    """Delete one copy as it stands on the server now; one that was edited meanwhile is left to its owner."""
    there = line.get(link.href.reveal())
    if there is None or not _is_copy(link, there):
        return 0
    try:
        line.delete(there.href, there.etag)
    except PreconditionFailed:
        return 0
    return 1


def _is_copy(link: Link, there: Resource) -> bool:
    """Return whether what stands at the href is still the event that we made."""
    try:
        return read(there.text).uid == link.opened_uid
    except (Unreadable, NotAnEvent):
        return False


def erase(connection: Connection) -> None:
    """Take a connection's rows away in one transaction: links, blocks, calendars, the password and its key."""
    with transaction.atomic():
        settling.forgotten(connection)
        remember_hidden(Link.objects.filter(connection=connection))
        owned = list(Block.objects.filter(link__connection=connection))
        Link.objects.filter(connection=connection).delete()
        blocks.delete_many(owned)
        HeldPlan.objects.filter(connection=connection).delete()
        Run.objects.filter(connection=connection).delete()
        Connection.objects.filter(pk=connection.pk).update(push_to=None)
        key, account = connection.data_key, connection.account_id
        connection.delete()
        key.delete()
        if not Connection.objects.filter(account=account).exists():
            ProviderAccount.objects.filter(pk=account).delete()


def remember_hidden(links: QuerySet[Link]) -> None:
    """Keep the UIDs of originals that a copy stands for, so that they are hidden when they are imported again."""
    standing = links.filter(block__hidden_by__deleted_at=None).exclude(block__hidden_by=None).exclude(uid__isnull=True)
    hidden = list(standing.select_related("block", "connection__user__company"))
    company = hidden[0].connection.user.company if hidden else None
    if company is None:
        return
    own_uid_hash = hashes.of_own_uids(company.data_key_id)
    OwnUid.objects.bulk_create(
        [
            OwnUid(
                company=company,
                uid_hash=own_uid_hash(link.opened_uid.encode()),
                activity_id=link.block.hidden_by_id if link.block else None,
                theirs=True,
                hidden=True,
            )
            for link in hidden
        ],
        ignore_conflicts=True,
    )


def forget(user: User) -> None:
    """Stop everything that works in a deactivated user's name, and erase his passwords. His calendars stay as they are.

    A run under way stops before its next write, because its connection is gone.
    """
    for connection in Connection.objects.filter(user=user).select_related("grant", "data_key"):
        grant = connection.grant
        erase(connection)
        grants.revoke(grant, None)
