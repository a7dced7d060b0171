"""The version that lost a merge: restored with one click, and then the one it replaced is kept in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import audit
from accounts.models import User
from agenda.content import FieldGroup, TimeKind, When
from agenda.services import activities, block_edits
from integrations.models import Conflict
from integrations.news import settling
from integrations.selectors.attention import opened, said_now

_OF_ACTIVITY = {FieldGroup.TITLE: "title", FieldGroup.PLACE: "location", FieldGroup.NOTES: "description"}
_OF_BLOCK = {FieldGroup.TITLE: "title", FieldGroup.PLACE: "place", FieldGroup.NOTES: "notes"}


def restore(conflict: Conflict, actor: User) -> None:
    """Let the activity or event say what the kept version says, and keep what it said before: so it can be undone.

    Raises Refused or ValidationError, each with sentences; nothing is changed then.
    """
    kept = opened(conflict)
    with transaction.atomic():
        before = said_now(conflict)
        if conflict.activity:
            activities.edit(actor, conflict.activity, _changes(kept, _OF_ACTIVITY, actor.zone))
        elif conflict.block:
            block_edits.edit(actor, conflict.block, _changes(kept, _OF_BLOCK, actor.zone))
        conflict.version = json.dumps({group.value: _text(before.get(group, "")) for group in kept if group in before})
        conflict.save(update_fields=["version"])
        settling.compared(conflict)
        audit.record(actor, "conflict.restored", target=str(conflict.pk))


def dismiss(conflict: Conflict, actor: User) -> None:
    """Drop the kept version: what holds is right."""
    with transaction.atomic():
        settling.compared(conflict)
        audit.record(actor, "conflict.dismissed", target=str(conflict.pk))
        conflict.delete()


def _changes(
    kept: Mapping[FieldGroup, str | When], columns: Mapping[FieldGroup, str], home: ZoneInfo
) -> dict[str, Any]:
    changes: dict[str, Any] = {columns[group]: text for group, text in kept.items() if group in columns}
    when = kept.get(FieldGroup.TIME)
    if isinstance(when, When):
        changes |= _times(when, home)
    return changes


def _times(when: When, home: ZoneInfo) -> dict[str, Any]:
    if when.kind is TimeKind.DATE:
        return {"all_day": True, "start_date": when.start, "end_date": when.end}
    start, end = when.instants(home)
    return {"all_day": False, "start": start, "end": end}


def _text(said: str | When) -> str:
    if isinstance(said, When):
        return json.dumps([said.kind, said.start.isoformat(), said.end.isoformat()])
    return said
