"""The trash keeps what was deleted for 30 days; then it is gone for good."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError

from agenda.models import Activity

KEPT = timedelta(days=30)


def purge(now: datetime) -> int:
    """Delete what has been in the trash for longer than it is kept; return how much.

    What a calendar's copy still hangs on waits: the copy has to be taken away there first.
    """
    return sum(map(_delete, Activity.objects.filter(deleted_at__lt=now - KEPT)))


def _delete(activity: Activity) -> bool:
    try:
        with transaction.atomic():
            activity.delete()
    except ProtectedError:
        return False
    return True
