"""Conversion, seen from the sync: the event stays where it is, and its link follows what now stands for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.content import EventContent, FieldGroup
from agenda.ical.read import Unreadable, read
from agenda.ical.write import new_event
from agenda.models import Activity, Block
from agenda.services import blocks
from agenda.services.refusals import Refused
from agenda.visibility import open_block
from integrations.models import Link, OwnerAct, OwnUid, Scope
from integrations.sync import hashes
from integrations.sync.core.fingerprint import fingerprints
from integrations.sync.outbound import render, with_relations
from integrations.sync.record import plain

#: what changes on a link whose event is private again
BACK = (
    *("activity", "block", "notes_apart", "needs_push", "needs_plan", "owner_act", "reason"),
    *("base_local", "base_remote", "text"),
)


def may_tie_in_place(link: Link) -> bool:
    """Return whether the event itself may be written: its owner's own, in a calendar that we may write to."""
    writable = link.calendar.writable and link.calendar.gone_at is None
    invitation = link.block is not None and link.block.invitation
    return writable and not invitation and link.connection.grant.allows(Scope.WRITE_CALENDAR)


def to_activity(block: Block, activity: Activity) -> set[uuid.UUID]:
    """Tie the block's event to the activity, agreed as it stands; return the connections to ring.

    The notes stay apart unless the owner has shown them: otherwise a later word in the calendar would show them all.
    """
    link = _link_of(block)
    if link is None:
        return set()
    view = open_block(block.owner, block)
    shown = with_relations(Activity.objects.filter(pk=activity.pk)).get()
    content = replace(render(shown, block.owner, uid=link.opened_uid), fence="", notes=view.notes)
    _drop_copies(link, activity)
    link.block, link.activity = None, activity
    link.notes_apart = activity.description.strip() != view.notes.strip()
    if link.text is None:  # else it is what was observed and waits to come in
        link.text, link.etag = new_event(content, stamp=timezone.now()), ""
    link.base_local = _fingerprints(shown, block.owner)
    link.local_revision = activity.revision
    _store(link, "block", "activity", "notes_apart", "text", "etag", "base_local", "local_revision")
    _remember_uid(link, block.owner, activity)
    return {link.connection_id}


def _link_of(block: Block) -> Link | None:
    """Return the block's link, kept from a run under way until the transaction ends."""
    related = ("calendar", "connection__user__company", "connection__grant", "connection__account", "block")
    return Link.objects.select_related(*related).select_for_update(of=("self",)).filter(block=block).first()


def _store(link: Link, *names: str) -> None:
    """Save these columns; a run that has the row in hand learns from the version that it was changed."""
    link.version += 1
    link.save(update_fields=[*names, "version"])


def _drop_copies(link: Link, activity: Activity) -> None:
    """Take back the copy that the new activity was given on the same connection: the event itself is its copy."""
    copies = Link.objects.filter(connection=link.connection, activity=activity, confirmed=False, intended__isnull=True)
    for copy in copies.select_related("connection__user__company"):
        if copy.uid is not None:
            OwnUid.objects.filter(activity=activity, uid_hash=_own_hash(link, copy.opened_uid)).delete()
    copies.delete()


def _own_hash(link: Link, uid: str) -> str:
    company = link.connection.user.company
    return hashes.of_own_uids(company.data_key_id)(uid.encode()) if company else ""


def _fingerprints(activity: Activity, user: User) -> dict[str, str]:
    if user.data_key_id is None:
        raise ValueError("an operator has no calendar")
    return plain(fingerprints(render(activity, user, uid=""), hashes.of_field_groups(user.data_key_id)))


def _remember_uid(link: Link, user: User, activity: Activity) -> None:
    if user.company:
        OwnUid.objects.update_or_create(
            company=user.company,
            uid_hash=_own_hash(link, link.opened_uid),
            defaults={"activity": activity, "theirs": True, "held_by": link.connection.account.key},
        )


def to_block(activity: Activity, block: Block) -> set[uuid.UUID]:
    """Tie the event back to a private block; return the connections to ring.

    The block says what the event says: it is drawn anew from the text at hand, with what repeats and what was never
    pushed. Only a text that the server has never confirmed is left out of this.
    """
    mine = Link.objects.filter(activity=activity, connection__user=block.owner, origin=Link.Origin.THEIRS)
    link = mine.select_related("connection__user__company").select_for_update(of=("self",)).first()
    if link is None or link.observed is None:
        return set()
    seen = {group: value for group, value in link.observed.items() if group != FieldGroup.FENCE}
    real = bool(link.text and link.etag)
    link.activity, link.block = None, block
    link.notes_apart, link.needs_push, link.owner_act, link.reason = False, False, "", ""
    link.base_local = link.base_remote = {} if real else seen
    link.needs_plan = real
    link.text = link.opened_text if real else None
    _store(link, *BACK)
    OwnUid.objects.filter(activity=activity, theirs=True).delete()
    return {link.connection_id} if real else set()


def converted_in_place(owner: User, activity_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these activities are tied to an event of `owner` that was there before."""
    mine = Link.objects.filter(connection__user=owner, origin=Link.Origin.THEIRS)
    links = mine.filter(activity__in=list(activity_ids))
    return {pk for pk in links.values_list("activity_id", flat=True) if pk is not None}


def event_behind(owner: User, activity: Activity) -> tuple[EventContent, str] | None:
    """Return what the owner's event says that the activity was made from, and its calendar's name."""
    mine = Link.objects.filter(connection__user=owner, origin=Link.Origin.THEIRS)
    link = mine.filter(activity=activity).select_related("calendar__connection__user").first()
    if link is None or link.text is None:
        return None
    try:
        return read(link.opened_text), link.calendar.name.reveal()
    except Unreadable:
        return None


def mark_also_remote(thing: Activity | Block, actor: User) -> set[uuid.UUID]:
    """Write down that the owner wants this very event gone from his calendar; return the connections to ring.

    A block goes at once; its link stays until the server has deleted the event.
    """
    with transaction.atomic():
        mine = Link.objects.filter(connection__user=actor).select_related("calendar", "connection__grant", "block")
        links = list(mine.filter(block=thing) if isinstance(thing, Block) else mine.filter(activity=thing))
        for link in links:
            if not (link.calendar.writable and link.connection.grant.allows(Scope.WRITE_CALENDAR)):
                raise Refused(_("This calendar is read-only for us: delete the event in your calendar itself."))
            link.owner_act, link.needs_push, link.asked_here = OwnerAct.DELETE, True, True
            link.block = None
            _store(link, "owner_act", "needs_push", "asked_here", "block")
        if isinstance(thing, Block):
            blocks.delete_many([thing])
    return {link.connection_id for link in links}
