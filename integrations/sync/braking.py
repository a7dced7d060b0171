"""Braking: give the pure brakes what they must know, and keep what they hold for the owner."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import Count

from agenda.content import FieldGroup
from agenda.ical.read import Unreadable, read
from integrations.models import Answer, HeldPlan, Link, Outcome, Run
from integrations.news import telling
from integrations.sync.core import brakes
from integrations.sync.core.actions import Action, CreateLocal, DeleteLocal, DeleteRemote, Merge, UpdateLocal
from integrations.sync.core.brakes import CalendarFacts, Hold, Planned
from integrations.sync.outbound import when_of
from integrations.sync.session import Session

#: what each brake holds
BRAKED: dict[str, tuple[type[Action], ...]] = {
    HeldPlan.Reason.DELETIONS: (DeleteLocal, DeleteRemote),
    HeldPlan.Reason.SHRUNKEN: (DeleteLocal, DeleteRemote),
    HeldPlan.Reason.MOVES: (UpdateLocal, Merge),
    HeldPlan.Reason.CREATIONS: (CreateLocal,),
}
Plans = Sequence[tuple[uuid.UUID, Action]]


def brake(session: Session, plans: Plans) -> list[tuple[uuid.UUID, Action]]:
    """Return the plans that may be carried out now; the others become (or stay) held plans of the owner."""
    risky = [(pk, action) for pk, action in plans if _is_risky(action)]
    open_plans = HeldPlan.objects.filter(connection=session.connection, closed_at=None)
    some = bool(risky) or open_plans.exists()
    held = _unanswered(session, dict(risky)) if some else set()
    if risky:
        held |= _keep(session, brakes.check(_portray(session, risky), _facts(session)), held)
    if some:
        _let_go(session, held)
    session.tally.held = len(held)
    if held:
        session.tally.outcomes.append((Outcome.HELD, ""))
    return [(pk, action) for pk, action in plans if pk not in held]


def _unanswered(session: Session, risky: Mapping[uuid.UUID, Action]) -> set[uuid.UUID]:
    """Return what is held already and still planned: it waits for its owner's answer, however long."""
    waiting = Link.objects.filter(connection=session.connection, held__closed_at=None, answer="").exclude(held=None)
    rows = waiting.values_list("pk", "held__reason")
    return {pk for pk, reason in rows if pk in risky and isinstance(risky[pk], BRAKED[reason])}


def _is_risky(action: Action) -> bool:
    match action:
        case UpdateLocal(groups=groups):
            return FieldGroup.TIME in groups
        case Merge(winners=winners):
            return FieldGroup.TIME in winners
    return isinstance(action, DeleteLocal | DeleteRemote | CreateLocal)


def _portray(session: Session, risky: Plans) -> list[Planned]:
    rows = Link.objects.filter(connection=session.connection).only("calendar_id", "answer", "observed")
    links = rows.in_bulk([pk for pk, _action in risky])
    risky = [(pk, action) for pk, action in risky if pk in links]
    moves = _shifts(session, [links[pk] for pk, action in risky if isinstance(action, UpdateLocal | Merge)])
    doubles = _doubles(session, [links[pk] for pk, action in risky if isinstance(action, CreateLocal)])
    return [
        Planned(
            link=str(pk),
            calendar=str(links[pk].calendar_id),
            action=action,
            asked=isinstance(action, DeleteRemote) and action.asked_here,
            answered=links[pk].answer == Answer.APPLY,
            time_shift=moves.get(pk),
            looks_like_duplicate=pk in doubles,
        )
        for pk, action in risky
    ]


def _shifts(session: Session, links: Sequence[Link]) -> dict[uuid.UUID, float]:
    """Return by how many seconds the remote side moved each item's start; nothing for a handful of items."""
    if len(links) <= brakes.limit(0):
        return {}
    found = {}
    for link in Link.objects.filter(pk__in=[link.pk for link in links]).select_related("block", "activity"):
        try:
            there = read(link.opened_text).when.instants(session.home_zone)[0]
        except Unreadable:
            continue
        if link.activity and link.activity.scheduled:
            here = when_of(link.activity).instants(session.home_zone)[0]
        elif link.block and (first := link.block.spans.order_by("start").first()):
            here = first.start
        else:
            continue
        found[link.pk] = (there - here).total_seconds()
    return found


def _doubles(session: Session, links: Sequence[Link]) -> set[uuid.UUID]:
    """Return those new items that say the same, at the same time, as an item that is linked already."""
    if len(links) <= brakes.limit(0):
        return set()
    linked = Link.objects.filter(connection=session.connection).exclude(activity=None, block=None).order_by()
    known = {_look(seen) for seen in linked.values_list("base_remote", flat=True) if seen}
    return {link.pk for link in links if link.observed and _look(link.observed) in known}


def _look(seen: Mapping[str, str]) -> tuple[str | None, str | None]:
    return seen.get(FieldGroup.TIME), seen.get(FieldGroup.TITLE)


def _facts(session: Session) -> dict[str, CalendarFacts]:
    counts = (
        Link.objects.filter(connection=session.connection)
        .exclude(activity=None, block=None)
        .values_list("calendar_id")
        .annotate(links=Count("pk"))
        .order_by()
    )
    gone = _recent_deletions(session)
    return {
        str(calendar): CalendarFacts(
            links=links,
            deleted_last_24h=gone[str(calendar)],
            lost_everything=calendar in session.lost_everything,
        )
        for calendar, links in counts
    }


def _recent_deletions(session: Session) -> Counter[str]:
    """Return calendar id → deletions of the last 24 hours that nobody asked for here, this run's own included."""
    since = session.now() - timedelta(hours=24)
    runs = Run.objects.filter(connection=session.connection, started_at__gte=since)
    runs = runs.exclude(pk=session.run_id) if session.run_id else runs
    total: Counter[str] = Counter(session.tally.unasked_deletions)
    for counted in runs.values_list("unasked_deletions", flat=True):
        total.update(counted)
    return total


def _keep(session: Session, holds: Sequence[Hold], already: set[uuid.UUID]) -> set[uuid.UUID]:
    """Write down what is held anew and return it all."""
    new = {hold: {uuid.UUID(link) for link in hold.links} - already for hold in holds}
    if any(new.values()):
        with session.writing():
            for hold, ids in new.items():
                if ids:
                    plan = _open_plan(session, hold)
                    Link.objects.filter(pk__in=ids).update(held=plan, reason=plan.get_reason_display())
    return {pk for ids in new.values() for pk in ids}


def _open_plan(session: Session, hold: Hold) -> HeldPlan:
    plan, made = HeldPlan.objects.get_or_create(
        connection=session.connection,
        calendar_id=uuid.UUID(hold.calendar),
        reason=hold.reason.value,
        closed_at=None,
        defaults={"created_at": session.now()},
    )
    plan.connection = session.connection
    if made:
        telling.held(plan, session.now())
    return plan


def _let_go(session: Session, held: set[uuid.UUID]) -> None:
    """Take items off their held plan that need not wait any more, and close plans without items."""
    waiting = Link.objects.filter(connection=session.connection).exclude(held=None)
    freed = [pk for pk in waiting.values_list("pk", flat=True) if pk not in held]
    if freed:
        with session.writing():
            Link.objects.filter(pk__in=freed).update(held=None, reason="")
    empty = HeldPlan.objects.filter(connection=session.connection, closed_at=None, items=None)
    if empty.exists():
        with session.writing():
            empty.update(closed_at=session.now())
