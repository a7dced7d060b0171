"""Tasks that have no place in the agenda yet."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from agenda.models import Activity


def to_plan(owner: User) -> QuerySet[Activity]:
    """Return the owner's open tasks without a time, the most urgent first."""
    return (
        Activity.objects.filter(
            kind=Activity.Kind.TASK,
            assignee=owner,
            status=Activity.Status.OPEN,
            deleted_at=None,
            start=None,
            start_date=None,
        )
        .select_related("customer")
        .order_by("due", "priority", "title")
    )
