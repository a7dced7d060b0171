"""The version that lost a merge: restored with one click, and then the one it replaced is kept in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from agenda.content import FieldGroup, TimeKind, When
from agenda.models import Activity
from agenda.services import activities
from agenda.services.refusals import Refused
from integrations.models import Conflict
from integrations.news import settling
from integrations.selectors.attention import opened, said_now

_COLUMNS = {FieldGroup.TITLE: "title", FieldGroup.PLACE: "location", FieldGroup.NOTES: "description"}


def restore(conflict: Conflict, actor: User) -> Activity:
    """Let the activity say what the kept version says, and keep what it said before: so it can be undone.

    Raises Refused or ValidationError, each with sentences; nothing is changed then.
    """
    activity = conflict.activity
    if activity is None:
        raise Refused(_("A private event is changed in its own calendar."))
    kept = opened(conflict)
    with transaction.atomic():
        before = said_now(activity)
        activity = activities.edit(actor, activity, _changes(kept))
        conflict.version = json.dumps({group.value: _text(before.get(group, "")) for group in kept if group in before})
        conflict.save(update_fields=["version"])
        settling.compared(conflict)
        audit.record(actor, "conflict.restored", target=str(conflict.pk))
    return activity


def dismiss(conflict: Conflict, actor: User) -> None:
    """Drop the kept version: what holds is right."""
    with transaction.atomic():
        settling.compared(conflict)
        audit.record(actor, "conflict.dismissed", target=str(conflict.pk))
        conflict.delete()


def _changes(kept: Mapping[FieldGroup, str | When]) -> dict[str, Any]:
    changes: dict[str, Any] = {_COLUMNS[group]: text for group, text in kept.items() if group in _COLUMNS}
    when = kept.get(FieldGroup.TIME)
    if isinstance(when, When):
        changes |= _times(when)
    return changes


def _times(when: When) -> dict[str, Any]:
    if when.kind is TimeKind.DATE:
        return {"all_day": True, "start_date": when.start, "end_date": when.end}
    return {"all_day": False, "start": when.start, "end": when.end}


def _text(said: str | When) -> str:
    if isinstance(said, When):
        return json.dumps([said.kind, said.start.isoformat(), said.end.isoformat()])
    return said
