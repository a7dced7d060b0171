"""Meetings, calls and tasks: create, edit, delete, restore, complete. What people do here, rights checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agenda import signals
from agenda.content import FieldGroup
from agenda.models import Activity
from agenda.services import attendance, news, times, validation
from agenda.services.refusals import Overtaken, Refused
from agenda.services.rights import company_of, require_edit, require_planning
from agenda.services.stamps import groups_of, stamp

CALL_LENGTH = timedelta(minutes=30)
#: columns that are copied as they are; times, people and states have rules of their own
_PLAIN = frozenset(
    {"title", "description", "location", "online_link", "customer", "priority", "estimated_minutes", "direction", "due"}
    | {"organiser", "assignee"}
)
_FIELDS = _PLAIN | times.FIELDS | {"attendees"}


def create(actor: User, kind: str, *, clock: Callable[[], datetime] = timezone.now, **fields: Any) -> Activity:
    """Create an activity. Naive times are in its organiser's or assignee's zone, who is `actor` unless named.

    Raises Refused or ValidationError, each with sentences.
    """
    _known(fields)
    now = clock()
    activity = Activity(company=company_of(actor), kind=kind, created_at=now, created_by=actor, revision=0)
    people = _people(actor, activity, fields)
    require_planning(actor, people)
    _fill(activity, fields)
    validation.check(activity)
    stamp(activity, FieldGroup, at=now, by=actor)
    with transaction.atomic():
        activity.save(force_insert=True)
        attendance.begin(activity, people)
        signals.tell(Activity, [activity.pk])
    return activity


def _known(fields: Mapping[str, Any]) -> None:
    unknown = fields.keys() - _FIELDS
    if unknown:
        raise TypeError(f"An activity has no {', '.join(sorted(unknown))}.")


def _people(actor: User, activity: Activity, fields: Mapping[str, Any]) -> list[User]:
    """Set organiser or assignee and return all who take part, that one first."""
    role = "organiser" if activity.kind == Activity.Kind.MEETING else "assignee"
    responsible = fields.get(role) or actor
    setattr(activity, role, responsible)
    return [responsible, *(fields.get("attendees") or ())]


def _fill(activity: Activity, fields: Mapping[str, Any]) -> None:
    """Copy the fields onto the row, without saving."""
    for name in _PLAIN & fields.keys():
        if fields[name] is not None or name in ("customer", "due", "estimated_minutes"):
            setattr(activity, name, fields[name])
    length = CALL_LENGTH if activity.kind == Activity.Kind.CALL else None
    found = times.resolve(fields, before=times.Times.of(activity), home=_home(activity), length=length)
    for name, value in found.columns().items():
        setattr(activity, name, value)


def _home(activity: Activity) -> ZoneInfo:
    owner = activity.organiser or activity.assignee
    return owner.zone if owner else ZoneInfo("UTC")


def edit(
    actor: User,
    activity: Activity,
    changes: Mapping[str, Any],
    *,
    now: datetime | None = None,
    expected_revision: int | None = None,
) -> Activity:
    """Change what differs and return the fresh row; nothing is written when nothing differs.

    The start moved alone takes the end along. `attendees` is the whole new list. Raises Refused, ValidationError, or
    Overtaken when the row is no longer at `expected_revision`.
    """
    _known(changes)
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(activity)
        require_edit(actor, row)
        _require_standing(row)
        if expected_revision is not None and row.revision != expected_revision:
            raise Overtaken
        before = _columns(row)
        _fill(row, changes)
        validation.check(row)
        changed = {name for name, value in _columns(row).items() if value != before[name]}
        if _change_people(actor, row, changes, before, at):
            changed.add("attendees")
        if changed:
            _write(row, groups_of(row, changed), at=at, by=actor)
    return row


def _locked(activity: Activity) -> Activity:
    """Return the row as it is now, kept from others until the transaction ends."""
    return Activity.objects.select_for_update().get(pk=activity.pk)


def _require_standing(row: Activity) -> None:
    if row.deleted_at:
        raise Refused(_("This is in the trash. Restore it first."))


def _columns(row: Activity) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PLAIN | times.FIELDS}


def _change_people(
    actor: User, row: Activity, changes: Mapping[str, Any], before: Mapping[str, Any], at: datetime
) -> bool:
    """Let the people follow the list and the organiser or assignee; return whether anybody came or went."""
    responsible = row.organiser or row.assignee
    previous = before["organiser"] or before["assignee"]
    present = attendance.standing(row)
    wanted = {person.pk: person for person in _wanted(responsible, changes)}
    require_planning(actor, [person for key, person in wanted.items() if key not in present])
    leaving = present - wanted.keys() if "attendees" in changes else set()
    if previous and responsible and previous.pk != responsible.pk and row.kind != Activity.Kind.MEETING:
        leaving.add(previous.pk)
    ended = attendance.end(row, leaving - {responsible.pk if responsible else None}, at=at, by=actor)
    return attendance.begin(row, wanted.values()) or ended


def _wanted(responsible: User | None, changes: Mapping[str, Any]) -> list[User]:
    return [*([responsible] if responsible else []), *(changes.get("attendees") or ())]


def _write(row: Activity, groups: Iterable[FieldGroup], *, at: datetime, by: User) -> None:
    """Save a changed row with its stamps and tell whoever listens."""
    stamp(row, groups, at=at, by=by)
    row.save(force_update=True)
    signals.tell(Activity, [row.pk])


def delete(actor: User, activity: Activity, *, now: datetime | None = None) -> Activity:
    """Put the activity into the trash; a second time changes nothing."""
    with transaction.atomic():
        row = _locked(activity)
        require_edit(actor, row)
        if row.deleted_at is None:
            trash(row, at=now or timezone.now(), by=actor)
    return row


def trash(row: Activity, *, at: datetime, by: User) -> None:
    """Put a row into the trash, rights checked by the caller. Its attendances stand, so that it can be restored."""
    row.deleted_at, row.deleted_by = at, by
    _write(row, (), at=at, by=by)


def restore(actor: User, activity: Activity, *, now: datetime | None = None) -> Activity:
    """Take the activity out of the trash, with all who took part."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(activity)
        require_edit(actor, row)
        if row.deleted_at and not attendance.standing(row):
            raise Refused(_("Nobody takes part in this any more, so it cannot be restored."))
        if row.deleted_at:
            row.deleted_at = row.deleted_by = None
            _write(row, (), at=at, by=actor)
            news.restored(row)
    return row


def end_attendance(actor: User, activity: Activity, user: User, *, now: datetime | None = None) -> Activity:
    """Let `user` no longer take part. He may leave by himself; the last one to leave puts the activity in the trash."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(activity)
        if actor.pk != user.pk or actor.company_id != row.company_id:
            require_edit(actor, row)
        present = attendance.standing(row)
        if present == {user.pk} and row.deleted_at is None:
            trash(row, at=at, by=actor)
        elif user.pk == row.responsible_id:
            raise Refused(_("The organiser or assignee cannot leave. Hand it to a colleague first, or delete it."))
        elif attendance.end(row, [user.pk], at=at, by=actor):
            _write(row, {FieldGroup.FENCE}, at=at, by=actor)
    return row


def complete(actor: User, activity: Activity, *, outcome: str = "", now: datetime | None = None) -> Activity:
    """Mark as done; `outcome` says how a call ended and belongs to calls alone."""
    if outcome and (activity.kind != Activity.Kind.CALL or outcome not in Activity.Outcome.values):
        raise ValidationError({"outcome": _("Choose how the call ended: successful, no interest, voicemail or other.")})
    return _set_status(actor, activity, Activity.Status.DONE, outcome, now or timezone.now())


def reopen(actor: User, activity: Activity, *, now: datetime | None = None) -> Activity:
    """Make a done activity open again."""
    return _set_status(actor, activity, Activity.Status.OPEN, "", now or timezone.now())


def _set_status(actor: User, activity: Activity, status: str, outcome: str, at: datetime) -> Activity:
    with transaction.atomic():
        row = _locked(activity)
        require_edit(actor, row)
        _require_standing(row)
        if (row.status, row.outcome) != (status, outcome):
            row.status, row.outcome = status, outcome
            row.completed_at = at if status == Activity.Status.DONE else None
            _write(row, (), at=at, by=actor)
    return row
