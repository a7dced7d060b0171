"""An owner's changes to his own private events: marked on their links, so that the next run writes them out."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.content import FieldGroup
from agenda.models import Block
from integrations.models import Link, Scope


def refusal(block: Block) -> str:
    """Return why the event behind the block cannot be written to, in a sentence, or ""."""
    link = Link.objects.select_related("calendar", "connection__grant").filter(block=block).first()
    if link is None:
        return _("This event's calendar is not connected.")
    if not link.connection.grant.allows(Scope.WRITE_CALENDAR):
        return _("You have not allowed changes to your calendar: change the event there.")
    if not link.calendar.writable or link.calendar.gone_at:
        return _("This calendar is read-only: change the event where it comes from.")
    return ""


def writable(owner: User, block_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of the owner's blocks stand in a calendar that can be written to; one query."""
    links = Link.objects.filter(connection__user=owner, block__in=list(block_ids), calendar__gone_at=None)
    standing = links.filter(calendar__writable=True, connection__grant__revoked_at=None)
    rows = standing.values_list("block_id", "connection__grant__scopes")
    return {block_id for block_id, scopes in rows if block_id and Scope.WRITE_CALENDAR.value in scopes}


def mark(block: Block, groups: Collection[FieldGroup]) -> set[uuid.UUID]:
    """Write down that these groups were changed here, and return the connections to ring.

    An empty half of the base says so: what the block says of these groups is then compared, and of no others.
    """
    with transaction.atomic():
        link = Link.objects.select_for_update(of=("self",)).get(block=block)
        link.base_local = {**(link.base_local or {}), **{group.value: "" for group in groups}}
        link.needs_push, link.asked_here, link.flagged_at, link.reason = True, True, timezone.now(), ""
        link.version += 1
        link.save(update_fields=["base_local", "needs_push", "asked_here", "flagged_at", "reason", "version"])
    return {link.connection_id}
