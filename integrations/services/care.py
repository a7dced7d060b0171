"""Care: an owner is told when his connection has not been in step for long (I23)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from integrations.models import Connection, Run
from integrations.news import telling
from integrations.news.kinds import STALE
from integrations.services.schedule import STALE_AFTER
from notices.selectors import subjects_open


def tell_stale(now: datetime) -> int:
    """Tell each owner once whose connection should be in step and is not; return how many were told now.

    Two queries while nobody has to be told.
    """
    late = list(_late(now).values_list("pk", flat=True))
    told = subjects_open(STALE) if late else set()
    new = Connection.objects.filter(pk__in=[pk for pk in late if str(pk) not in told]).select_related("user")
    with transaction.atomic():
        for connection in new:
            telling.stale(connection, connection.last_success_at or connection.created_at, now)
    return len(new)


def _late(now: datetime) -> QuerySet[Connection]:
    """Return what was tried since its last success, in vain. What has just been resumed is on its way."""
    active = Connection.objects.filter(state=Connection.State.ACTIVE, grant__revoked_at=None, user__is_active=True)
    rows = active.annotate(since=Coalesce(F("last_success_at"), F("created_at"))).filter(since__lt=now - STALE_AFTER)
    tried = Run.objects.filter(connection=OuterRef("pk"), ended_at__isnull=False, started_at__gt=OuterRef("since"))
    return rows.filter(Exists(tried))
