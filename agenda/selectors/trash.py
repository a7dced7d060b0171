"""What lies in the trash."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from agenda.models import Activity, Attendance


def trash_of(viewer: User) -> QuerySet[Activity]:
    """Return what `viewer` may restore, newest first. What nobody takes part in any more is gone for good."""
    standing = Attendance.objects.filter(activity=OuterRef("pk"), ended_at=None)
    return (
        Activity.objects.filter(
            Exists(standing),
            Q(organiser=viewer) | Q(assignee=viewer) | Q(deleted_by=viewer),
            company=viewer.company_id,
            deleted_at__isnull=False,
        )
        .select_related("customer", "deleted_by")
        .order_by("-deleted_at")
    )
