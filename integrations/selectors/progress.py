"""How far the first sync of a connection has come, read from rows while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from integrations.models import Connection, Link, Outcome, Run
from integrations.services.runs import DOUBT

State = Literal["waiting", "running", "done", "trouble"]

_TROUBLE = (Outcome.RETRY, Outcome.NEEDS_USER, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Progress:
    """`seen`, `done`: events known so far on either side, and those that are in step. `reason`: a sentence or ""."""

    state: State
    seen: int
    done: int
    came_in: int
    went_out: int
    requests: int
    reason: str
    again_at: datetime | None


def of(connection: Connection, now: datetime) -> Progress:
    """Return the progress; three queries."""
    links = _links(connection)
    runs = _runs(connection)
    last = Run.objects.filter(connection=connection).order_by("-started_at").first()
    state = _state(connection, last, now)
    wait = connection.account.not_before
    return Progress(
        state=state,
        seen=links["seen"],
        done=links["done"],
        came_in=runs["came_in"] if state == "done" else links["came_in"],
        went_out=runs["went_out"] if state == "done" else links["went_out"],
        requests=runs["requests"],
        reason=connection.last_reason if state in ("done", "trouble") else "",
        again_at=max(filter(None, [connection.next_sync_at, wait]), default=None) if state == "trouble" else None,
    )


def _state(connection: Connection, last: Run | None, now: datetime) -> State:
    if connection.last_success_at:
        return "done"
    if connection.state != Connection.State.ACTIVE or _must_wait(connection, now):
        return "trouble"
    if last is None:
        return "waiting"
    rung = connection.ring_seq > connection.heard_seq
    return "trouble" if last.outcome in _TROUBLE and not rung else "running"


def _must_wait(connection: Connection, now: datetime) -> bool:
    """Return whether nothing is sent now, whoever rings: the server asked for it, or keeps refusing the password."""
    doubted = connection.refused_count >= 2 and connection.refused_at and now < connection.refused_at + DOUBT
    wait = connection.account.not_before
    return bool(doubted) or (wait is not None and wait > now)


def _links(connection: Connection) -> dict[str, int]:
    """Count what is to be in step; what is passed over is no part of it."""
    ours, theirs = Q(origin=Link.Origin.OURS), Q(origin=Link.Origin.THEIRS)
    agreed = Q(base_local__isnull=False)
    counted = Link.objects.filter(connection=connection).exclude(state=Link.State.IGNORED)
    return counted.aggregate(
        seen=Count("pk"),
        done=Count("pk", filter=agreed | Q(state=Link.State.QUARANTINED)),
        came_in=Count("pk", filter=theirs & Q(block__isnull=False)),
        went_out=Count("pk", filter=ours & Q(confirmed=True)),
    )


def _runs(connection: Connection) -> dict[str, int]:
    numbers = {"came_in": "imported", "went_out": "remote_created", "requests": "requests"}
    runs = Run.objects.filter(connection=connection)
    return runs.aggregate(**{name: Coalesce(Sum(column), 0) for name, column in numbers.items()})
