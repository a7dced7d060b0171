"""Deleting what also stands in a linked calendar: in both places, or here alone."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import ports
from agenda.models import Activity, Block
from agenda.services import activities, convert
from agenda.services.refusals import Refused
from agenda.services.rights import require_edit


def delete_activity(actor: User, activity: Activity, *, also_remote: bool) -> Block | None:
    """Put the activity into the trash, or return the private block that it is again instead.

    What was made of somebody's own event stays in his calendar, and is his private block again, unless he himself
    wants it deleted there: `also_remote`.
    """
    require_edit(actor, activity)
    owner = activity.organiser or activity.assignee
    converted = owner is not None and activity.deleted_at is None and convert.stands_for_event(owner, activity)
    if owner and converted and also_remote and owner.pk != actor.pk:
        raise Refused(_("Only its owner can delete the event in his own calendar."))
    if owner and converted and not also_remote:
        return convert.give_back(owner, activity, by=actor, at=timezone.now())
    with transaction.atomic():
        if converted:
            ports.sync_status().mark_also_remote(activity, actor)
        activities.delete(actor, activity)
    return None


def delete_block(actor: User, block: Block) -> None:
    """Delete the event behind the owner's block in his own calendar; the block goes with it."""
    if block.owner_id != actor.pk:
        raise Refused(_("Only its owner can delete a private event."))
    if block.recurring:
        raise Refused(_("This event repeats: delete it, or one of its times, in its own calendar."))
    ports.sync_status().mark_also_remote(block, actor)
