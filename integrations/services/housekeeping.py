"""The daily net: what a lost flag would have hidden is found, and what is past its time is dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from integrations import grants
from integrations.models import Conflict, Connection, Grant, Link, Run
from integrations.services.disconnect import erase
from integrations.services.enlist import enlist_all

CONFLICTS_KEPT = timedelta(days=30)
RUNS_KEPT = timedelta(days=90)
#: an unfinished connection, password included, is erased after this
UNFINISHED_KEPT = timedelta(hours=24)


def compare() -> int:
    """Flag every link whose activity was written since it was agreed, and enlist what has none; return how many."""
    behind = Link.objects.exclude(activity=None).exclude(local_revision=F("activity__revision"))
    flagged = behind.filter(needs_push=False).update(needs_push=True, version=F("version") + 1)
    active = Connection.objects.filter(state=Connection.State.ACTIVE, grant__revoked_at=None).exclude(push_to=None)
    related = active.select_related("user__company", "grant", "push_to", "account")
    return flagged + sum(enlist_all(connection) for connection in related)


def purge(now: datetime) -> None:
    """Drop conflicts, runs and unfinished connections that are older than they are kept."""
    for unfinished in Connection.objects.filter(state=Connection.State.SETUP, created_at__lt=now - UNFINISHED_KEPT):
        erase(unfinished)
    _end_unused_consents(now)
    Conflict.objects.filter(happened_at__lt=now - CONFLICTS_KEPT).delete()
    Run.objects.filter(started_at__lt=now - RUNS_KEPT).delete()


def _end_unused_consents(now: datetime) -> None:
    """Take consents back that nothing was connected under."""
    for grant in Grant.objects.filter(revoked_at=None, connections=None, granted_at__lt=now - UNFINISHED_KEPT):
        grants.revoke(grant, None)
