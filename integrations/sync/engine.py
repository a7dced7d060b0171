"""The engine: observe → plan → brakes → apply → settle. It knows no clock, no network and no Celery of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db.models import F, Q

from integrations.models import Link
from integrations.sync import braking
from integrations.sync.apply import apply
from integrations.sync.core.actions import Action, CreateLocal
from integrations.sync.core.planner import plan
from integrations.sync.observe import observe, settle
from integrations.sync.portrait import load, states_of
from integrations.sync.roll import roll
from integrations.sync.session import Session

#: links planned per load
CHUNK = 200
#: rounds in one run: a settle may bring news, which is acted on at once
ROUNDS = 3


def run(session: Session) -> None:
    """Bring one connection's agenda and calendars into step. GatewayError and LeaseLost end it; nothing is lost."""
    observe(session)
    roll(session)
    for _round in range(ROUNDS):
        busy = _act(session)
        settle(session)
        if not busy:
            break


def _act(session: Session) -> int:
    """Plan and carry out, anew as often as somebody rings meanwhile; return how much there was to do."""
    while True:
        busy = apply(session, braking.brake(session, list(_plan(session))))
        if not session.overtaken:
            return busy
        session.overtaken = False


def _plan(session: Session) -> Iterator[tuple[uuid.UUID, Action]]:
    """Yield what to do about every link that was edited here or observed anew, the latest edit first.

    What was refused before comes last, since it may close its calendar for the run. All others stand as agreed.
    """
    work = Link.objects.filter(Q(needs_plan=True) | Q(needs_push=True), connection=session.connection)
    work = work.filter(calendar__gone_at=None).exclude(pk__in=session.left)
    order = ("failures", F("flagged_at").desc(nulls_last=True), "pk")
    ids = list(work.order_by(*order).values_list("pk", flat=True))
    for at in range(0, len(ids), CHUNK):
        links = load(session, ids[at : at + CHUNK])
        decided = {
            link.pk: _quarantined(link) or plan(state)
            for link, state in zip(links, states_of(session, links), strict=True)
        }
        yield from ((pk, decided[pk]) for pk in ids[at : at + CHUNK] if pk in decided)


def _quarantined(link: Link) -> Action | None:
    """Return the making of a plain busy block for something unreadable whose time could be read."""
    if link.state == Link.State.QUARANTINED and link.needs_plan and not (link.activity_id or link.block_id):
        return CreateLocal(str(link.pk))
    return None
