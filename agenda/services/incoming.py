"""The sync's door: what a user's own calendar says about an activity. No right checks here: the sync has made them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import User
from agenda import signals
from agenda.content import EventContent, FieldGroup
from agenda.models import Activity
from agenda.services import attendance, changes, news
from agenda.services.stamps import groups_of, stamp
from agenda.services.times import Times, from_when

UNSCHEDULED, TRASHED, ATTENDANCE_ENDED, NOTHING = "unscheduled", "trashed", "attendance_ended", "nothing"
TITLE_LENGTH, PLACE_LENGTH = 500, 1000  # of the columns; PostgreSQL refuses what is longer


def take(
    activity: Activity, content: EventContent, groups: Collection[FieldGroup], *, by: User, at: datetime
) -> Activity:
    """Take these groups from an edit in the calendar of `by` and return the fresh row.

    The fence is never taken. A meeting or task keeps its title when the calendar's is empty; a series stays its first
    occurrence. Everybody else's copies are told; of a change by somebody who does not answer for the activity, all who
    take part are told, and any of them can undo it (changes.py).
    """
    with transaction.atomic():
        row = Activity.objects.select_for_update().get(pk=activity.pk)
        before = changes.columns(row)
        _take_groups(row, content, groups, by)
        _write(row, set(groups) - {FieldGroup.FENCE}, by=by, at=at)
        changes.note(row, before, by=by, at=at)
    return row


def _take_groups(row: Activity, content: EventContent, groups: Collection[FieldGroup], by: User) -> None:
    if FieldGroup.TIME in groups:
        _place(row, from_when(content.when, home=by.zone, dates_allowed=row.kind != Activity.Kind.CALL))
    if FieldGroup.TITLE in groups:
        _take_title(row, _clean(content.title).strip())
    if FieldGroup.PLACE in groups:
        row.location = _clean(content.place)[:PLACE_LENGTH]
    if FieldGroup.NOTES in groups:
        row.description = _clean(content.notes)


def _place(row: Activity, times: Times) -> None:
    for name, value in times.columns().items():
        setattr(row, name, value)


def _take_title(row: Activity, title: str) -> None:
    if title or row.kind == Activity.Kind.CALL:
        row.title = title[:TITLE_LENGTH]


def _clean(text: str) -> str:
    """Return text without NUL, which PostgreSQL cannot store."""
    return text.replace("\x00", "")


def _write(row: Activity, groups: Collection[FieldGroup], *, by: User, at: datetime) -> None:
    """Save with stamps; all calendars but the one that said so are told."""
    stamp(row, groups, at=at, by=by)
    row.save(force_update=True)
    signals.tell(Activity, [row.pk], except_for=by)


def remove(activity: Activity, *, by: User, at: datetime) -> str:
    """Do what "deleted in the calendar of `by`" means and say what it was.

    A task of his own becomes unscheduled, a meeting or call of his own goes to the trash, of anybody else's only his
    attendance ends. "nothing" when he does not take part or it is in the trash already.
    """
    with transaction.atomic():
        row = Activity.objects.select_for_update().get(pk=activity.pk)
        if row.deleted_at or by.pk not in attendance.standing(row):
            return NOTHING
        if by.pk != row.responsible_id:
            return _leave(row, by=by, at=at)
        return _unschedule(row, by=by, at=at) if row.kind == Activity.Kind.TASK else _trash(row, by=by, at=at)


def _leave(row: Activity, *, by: User, at: datetime) -> str:
    attendance.end(row, [by.pk], at=at, by=None)
    _write(row, groups_of(row, {"attendees"}), by=by, at=at)
    news.left(row, by)
    return ATTENDANCE_ENDED


def _unschedule(row: Activity, *, by: User, at: datetime) -> str:
    _place(row, Times(zone=row.zone))
    _write(row, {FieldGroup.TIME}, by=by, at=at)
    return UNSCHEDULED


def _trash(row: Activity, *, by: User, at: datetime) -> str:
    row.deleted_at, row.deleted_by = at, by
    _write(row, (), by=by, at=at)
    news.trashed(row, by)
    return TRASHED


def revive(activity: Activity, *, by: User, at: datetime) -> Activity:
    """Take the activity out of the trash, or let `by` take part again: his calendar still, or again, holds it."""
    with transaction.atomic():
        row = Activity.objects.select_for_update().get(pk=activity.pk)
        groups = groups_of(row, {"attendees"}) if attendance.begin(row, [by]) else set()
        if row.deleted_at or groups:
            deleted_by, row.deleted_at, row.deleted_by = row.deleted_by, None, None
            _write(row, groups, by=by, at=at)
            news.restored(row, by)
            news.survived(row, by, deleted_by)
    return row
