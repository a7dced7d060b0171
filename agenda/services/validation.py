"""Whether an activity is whole, per kind, in sentences. The database constraints say the same and stand behind it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agenda.models import Activity

Problems = dict[str, str]

#: left to the checks below and to the database: field checks on them would cost a query each
_NOT_FIELD_CHECKED = ["company", "customer", "organiser", "assignee", "created_by", "deleted_by", "changed_at"]


def check(activity: Activity) -> None:
    """Raise ValidationError with one sentence per field that is wrong."""
    problems = {**_missing(activity), **_foreign(activity)}
    if problems:
        raise ValidationError(problems)
    activity.clean_fields(exclude=_NOT_FIELD_CHECKED)


def _missing(activity: Activity) -> Problems:
    match activity.kind:
        case Activity.Kind.MEETING:
            return _meeting(activity)
        case Activity.Kind.CALL:
            return _call(activity)
        case Activity.Kind.TASK:
            return _task(activity)
    return {"kind": _("Choose meeting, call or task.")}


def _meeting(activity: Activity) -> Problems:
    problems = _titled(activity)
    if not activity.scheduled:
        problems["start"] = _("A meeting needs a start and an end.")
    if activity.organiser is None or activity.assignee is not None or activity.due is not None:
        problems["organiser"] = _("A meeting has an organiser, and neither an assignee nor a due date.")
    return problems


def _call(activity: Activity) -> Problems:
    problems: Problems = {}
    if activity.customer is None:
        problems["customer"] = _("Say who is to be called.")
    if not activity.scheduled:
        problems["start"] = _("A call needs a start.")
    elif activity.all_day:
        problems["start"] = _("A call needs a time of day.")
    if activity.assignee is None or activity.organiser is not None or activity.due is not None:
        problems["assignee"] = _("A call has an assignee, and neither an organiser nor a due date.")
    return problems


def _task(activity: Activity) -> Problems:
    problems = _titled(activity)
    if activity.due is None:
        problems["due"] = _("A task needs a due date.")
    if activity.assignee is None or activity.organiser is not None:
        problems["assignee"] = _("A task has an assignee, and no organiser.")
    return problems


def _titled(activity: Activity) -> Problems:
    return {} if activity.title.strip() else {"title": _("Give it a title.")}


def _foreign(activity: Activity) -> Problems:
    """Nothing of another company may be tied to an activity."""
    if activity.customer is not None and activity.customer.company_id != activity.company_id:
        return {"customer": _("Choose one of your own contacts.")}
    return {}
