"""Revision and time stamps: which field groups a write has changed, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from agenda.content import FieldGroup
from agenda.models import Activity, Block
from agenda.services.times import FIELDS as TIME_FIELDS

#: column → field groups whose text it appears in; a column that is not here reaches no calendar
_GROUPS: dict[str, frozenset[FieldGroup]] = {
    **dict.fromkeys(TIME_FIELDS, frozenset({FieldGroup.TIME})),
    "title": frozenset({FieldGroup.TITLE}),
    "location": frozenset({FieldGroup.PLACE}),
    "description": frozenset({FieldGroup.NOTES}),
    "online_link": frozenset({FieldGroup.FENCE}),
    "attendees": frozenset({FieldGroup.FENCE}),
    "customer": frozenset({FieldGroup.FENCE}),
}


def groups_of(activity: Activity, columns: Iterable[str]) -> set[FieldGroup]:
    """Return the groups that a change of `columns` touches.

    A customer gives a call without a title its name, and an activity without a place its address.
    """
    columns = set(columns)
    groups = {group for column in columns for group in _GROUPS.get(column, ())}
    if "customer" in columns and not activity.title:
        groups.add(FieldGroup.TITLE)
    if "customer" in columns and not activity.location:
        groups.add(FieldGroup.PLACE)
    return groups


def stamp(thing: Activity | Block, groups: Iterable[FieldGroup], *, at: datetime, by: User) -> None:
    """Raise the revision and note for each group when and by whom it changed. Does not save."""
    entry = [at.isoformat(), str(by.pk)]
    thing.revision += 1
    thing.changed_at = {**thing.changed_at, **{group.value: entry for group in groups}}
