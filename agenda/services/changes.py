"""Changes by somebody who does not answer for an activity: kept with what it said before, undone by who takes part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import signals
from agenda.models import Activity, Change
from agenda.services import attendance, news, times, validation
from agenda.services.refusals import Refused
from agenda.services.rights import may_edit
from agenda.services.stamps import groups_of, stamp

KEPT = timedelta(days=30)
#: what a calendar can change
COLUMNS = frozenset({"title", "location", "description"}) | times.FIELDS


def columns(activity: Activity) -> dict[str, Any]:
    """Return what the activity says, in the columns that a calendar can change."""
    return {name: getattr(activity, name) for name in COLUMNS}


def note(row: Activity, before: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """Keep what the row said before, and tell the others, unless `by` answers for it or nothing differs."""
    now = columns(row)
    differing = {name for name in COLUMNS if now[name] != before[name]}
    if not differing or by.pk == row.responsible_id:
        return
    if differing & times.FIELDS:
        differing |= times.FIELDS
    old, new = ({name: said[name] for name in differing} for said in (before, now))
    change = Change.objects.create(activity=row, by=by, before=old, after=new, happened_at=at)
    news.changed(change, old, new)


def undo(actor: User, change: Change, *, now: datetime | None = None) -> Activity:
    """Let the activity say again what it said before; any of those who take part may do so.

    Raises Refused when it was changed once more since then, is in the trash, or was put back already.
    """
    at = now or timezone.now()
    with transaction.atomic():
        row = Activity.objects.select_for_update().get(pk=change.activity_id)
        if not may_undo(actor, row):
            raise Refused(_("Only those who take part can undo this."))
        before, after = _parsed(change.before), _parsed(change.after)
        _require_as_it_was_left(row, after)
        for name, value in before.items():
            setattr(row, name, value)
        validation.check(row)
        stamp(row, groups_of(row, before), at=at, by=actor)
        row.save(force_update=True)
        Change.objects.filter(pk=change.pk).update(undone_at=at)
        news.put_back(change)
        signals.tell(Activity, [row.pk])
    return row


def may_undo(actor: User, activity: Activity) -> bool:
    """Return whether `actor` takes part in the activity, answers for it, or is an admin."""
    inside = actor.is_active and actor.company_id == activity.company_id
    return may_edit(actor, activity) or (inside and actor.pk in attendance.standing(activity))


def _require_as_it_was_left(row: Activity, after: Mapping[str, Any]) -> None:
    if row.deleted_at:
        raise Refused(_("This is in the trash. Restore it first."))
    if any(getattr(row, name) != value for name, value in after.items()):
        raise Refused(_("It was changed again since then: open it and change it yourself."))


def _parsed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as the row has them, from JSON."""
    fields = {field.name: field for field in Activity._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in kept.items()}


def purge(now: datetime) -> None:
    """Drop what is past its time."""
    Change.objects.filter(happened_at__lt=now - KEPT).delete()
