"""What people are told when somebody's own calendar changed what they share; in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agenda.models import Activity, Attendance, Change
from agenda.titles import title_of
from notices.kinds import Kind
from notices.services import forget, resolve, tell

Columns = Mapping[str, Any]

CHANGED = Kind(
    "activity_changed",
    heading=gettext_lazy("%(who)s changed “%(title)s”"),
    sentence=gettext_lazy("%(who)s changed it in a linked calendar. %(what)s"),
    action=gettext_lazy("Open"),
)
TRASHED = Kind(
    "activity_trashed",
    heading=gettext_lazy("“%(title)s” is cancelled"),
    sentence=gettext_lazy("%(who)s deleted it in a linked calendar. It was planned for %(when)s."),
    action=gettext_lazy("Open the agenda"),
    level="warn",
)
LEFT = Kind(
    "attendance_ended",
    heading=gettext_lazy("%(who)s no longer takes part in “%(title)s”"),
    sentence=gettext_lazy("%(who)s deleted it in a linked calendar. Everybody else still takes part."),
    action=gettext_lazy("Open"),
)
SURVIVED = Kind(
    "edit_survived",
    heading=gettext_lazy("“%(title)s” is back"),
    sentence=gettext_lazy(
        "It was taken away in Halfpast and changed in a linked calendar meanwhile. The change is kept: delete it again "
        "if it is to go."
    ),
    action=gettext_lazy("Open"),
    level="warn",
)


def changed(change: Change, before: Columns, after: Columns) -> None:
    """Tell everybody else who takes part, with a way to undo it; by mail too when it moved.

    `before`, `after`: the columns that changed, those of the time all together.
    """
    activity, undo = change.activity, reverse("change_undoing", args=[change.pk])
    facts = {**_facts(activity, change.by), "what": lazy(_told, str)(before, after)}
    for person in _others(activity, change.by):
        tell(person, CHANGED, subject=change.pk, facts=facts, link=_page(activity), undo=undo, mail="start" in after)


def put_back(change: Change) -> None:
    """Settle what was told of a change that was undone."""
    resolve(None, CHANGED, change.pk)


def trashed(activity: Activity, by: User) -> None:
    """Tell everybody else who takes part."""
    facts = {**_facts(activity, by), "when": _when(activity)}
    for person in _others(activity, by):
        tell(person, TRASHED, subject=activity.pk, facts=facts, link=_day(activity), mail=True)


def left(activity: Activity, by: User) -> None:
    """Tell who answers for the activity."""
    owner = activity.organiser or activity.assignee
    if owner is not None and owner.pk != by.pk:
        tell(owner, LEFT, subject=f"{activity.pk}:{by.pk}", facts=_facts(activity, by), link=_page(activity))


def survived(activity: Activity, by: User, deleted_by: User | None) -> None:
    """Tell everybody concerned: who takes part, who deleted it, and whose calendar brought it back."""
    people = {person.pk: person for person in [*_others(activity, None), by, *([deleted_by] if deleted_by else [])]}
    subject, facts = f"{activity.pk}:{activity.revision}", _facts(activity)
    for person in people.values():
        tell(person, SURVIVED, subject=subject, facts=facts, link=_page(activity))


def restored(activity: Activity, by: User | None = None) -> None:
    """Settle what is not so any more: the activity is back, or `by` takes part again."""
    resolve(None, TRASHED, activity.pk)
    if by is not None:
        resolve(None, LEFT, f"{activity.pk}:{by.pk}")


def forgotten(activity: Activity) -> None:
    """Drop what anybody was told of an activity that is private again: every notice calls it by its title."""
    forget([activity.pk, *activity.changes.values_list("pk", flat=True)])


def _facts(activity: Activity, by: User | None = None) -> dict[str, Any]:
    return {"title": lazy(title_of, str)(activity), "who": by.display_name if by else ""}


def _others(activity: Activity, by: User | None) -> Iterable[User]:
    standing = Attendance.objects.filter(activity=activity, ended_at=None).select_related("user")
    return [one.user for one in standing.order_by("pk") if by is None or one.user_id != by.pk]


def _page(activity: Activity) -> str:
    return f"{reverse('agenda')}?show={activity.pk.hex}"


def _day(activity: Activity) -> str:
    first = activity.start_date or (activity.start.date() if activity.start else None)
    return f"{reverse('agenda')}?date={first.isoformat()}" if first else reverse("agenda")


def _when(activity: Activity) -> Any:
    return activity.start_date or activity.start or ""


def _told(before: Columns, after: Columns) -> str:
    """Return what changed, in the language and zone of whom it is told to."""
    lines = []
    if "start" in after:
        lines.append(_("Time: %(new)s instead of %(old)s.") % {"new": _time(after), "old": _time(before)})
    for column, line in (
        ("title", _("Title: “%(new)s” instead of “%(old)s”.")),
        ("location", _("Place: “%(new)s” instead of “%(old)s”.")),
    ):
        if column in after:
            lines.append(line % {"new": after[column], "old": before[column]})
    if "description" in after:
        lines.append(_("The notes changed."))
    return " ".join(lines)


def _time(columns: Columns) -> str:
    if columns["start_date"]:
        return date_format(columns["start_date"], "D j M Y")
    if columns["start"] is None:
        return _("not scheduled")
    start, end = timezone.localtime(columns["start"]), timezone.localtime(columns["end"])
    return f"{date_format(start, 'D j M Y, H:i')}–{date_format(end, 'H:i')}"
