"""Apply: carry planned actions out, one link at a time (new blocks in bulk). One bad item never stops a run."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from itertools import islice

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from agenda.services import blocks
from integrations.gateway.errors import CalendarGone, Forbidden, Rejected, UidTaken
from integrations.models import Link, Outcome
from integrations.news import telling
from integrations.sync import blending, drawing, local, merging, remote
from integrations.sync.core import agreement
from integrations.sync.core.actions import (
    Action,
    Bug,
    CreateLocal,
    CreateRemote,
    DeleteLocal,
    DeleteRemote,
    ForgetLink,
    Merge,
    MoveLink,
    Nothing,
    Reason,
    RecordAgreement,
    UpdateLocal,
    UpdateRemote,
    Wait,
)
from integrations.sync.core.planner import needs_proof, plan
from integrations.sync.core.states import State, Thing
from integrations.sync.letters import Stuck
from integrations.sync.looking import LookAgain, TooSoon, is_unsure, look_again
from integrations.sync.portrait import load, states_of
from integrations.sync.record import EditedMeanwhile, agree, clear, forget, remember
from integrations.sync.sentences import REFUSED_WRITE, waiting
from integrations.sync.session import Session

log = logging.getLogger(__name__)

#: new blocks made in one transaction, and links loaded at a time
BATCH = 100
#: what one bad item may raise: a text that breaks a parser, a row that was taken away meanwhile
BAD_ITEM = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, DatabaseError, ObjectDoesNotExist)
#: what one item is not to blame for: the run ends, and the next one takes it up again
DATABASE_AWAY = (OperationalError, InterfaceError)
#: how often one link is planned anew within a run after it was found changed
AGAIN = 2


def apply(session: Session, plans: Sequence[tuple[uuid.UUID, Action]]) -> int:
    """Carry the plans out and return how many asked for more than a note. Imports go first: they cost no request.

    Stops half-way when somebody rings: what he did is planned then, and goes first.
    """
    imports = [pk for pk, action in plans if isinstance(action, CreateLocal)]
    others = [(pk, action) for pk, action in plans if not isinstance(action, CreateLocal)]
    for at in range(0, len(imports), BATCH):
        _import(session, load(session, imports[at : at + BATCH]))
    rest = iter(others)
    while chunk := list(islice(rest, BATCH)):
        links = {link.pk: link for link in load(session, [pk for pk, _action in chunk])}
        for pk, action in chunk:
            if pk in links:
                carry_out(session, links[pk], action)
            if session.is_overtaken():
                return 1
    return sum(not isinstance(action, Nothing | Wait | Bug) for _pk, action in plans)


def _import(session: Session, links: Sequence[Link]) -> None:
    """Make blocks in bulk; what comes back to an activity, or fails in bulk, is done alone."""
    new = [link for link in links if not (link.activity_id or link.block_id)]
    try:
        drawing.create(session, new)
    except DATABASE_AWAY:
        raise
    except BAD_ITEM:
        for link in new:
            _import_alone(session, link)
    for link in links:
        if link.activity_id:
            carry_out(session, link, CreateLocal(str(link.pk), survived=True))


def _import_alone(session: Session, link: Link) -> None:
    try:
        drawing.create(session, load(session, [link.pk]))
    except DATABASE_AWAY:
        raise
    except BAD_ITEM as trouble:
        log.warning("item quarantined", extra={"link": str(link.pk), "kind": type(trouble).__name__})
        session.tally.quarantined += 1
        with session.writing():
            remember(
                link, state=Link.State.QUARANTINED, reason=_("This event could not be understood."), needs_plan=False
            )
            telling.unreadable(session.connection, session.now())


def carry_out(session: Session, link: Link, action: Action, again: int = AGAIN) -> None:
    """Do one action; when the item turns out to have changed, plan it anew and do that, or leave it to the next run."""
    [state] = states_of(session, [link])
    if isinstance(action, CreateRemote | UpdateRemote | DeleteRemote) and not state.writable:
        return  # another item has closed the calendar: this one is planned anew, and waits
    try:
        if type(plan(state)) is not type(action):  # it was edited after it was planned for
            raise EditedMeanwhile
        if is_unsure(link) or needs_proof(action, state):
            look_again(session, link)
        _do(session, link, state, action)
    except (LookAgain, EditedMeanwhile):
        _replan(session, link, action, again)
    except TooSoon:
        session.leave(link.pk)
    except CalendarGone:
        session.closed.add(link.calendar_id)
    except Forbidden:
        _close(session, link)
    except (Rejected, Stuck, UidTaken) as trouble:
        remote.reject(session, link, trouble)
    except DATABASE_AWAY:
        raise
    except BAD_ITEM as trouble:
        _spare(session, link, trouble)


def _close(session: Session, link: Link) -> None:
    """Send nothing more to a calendar that refuses a write; the next run tries it again, with a few items (row 9)."""
    session.closed.add(link.calendar_id)
    session.tally.outcomes.append((Outcome.NEEDS_USER, str(REFUSED_WRITE)))
    if link.failures + 1 >= remote.PATIENCE:
        remote.reject(session, link, Stuck(REFUSED_WRITE))
        return
    session.left.add(link.pk)
    with session.writing():
        remember(link, reason=str(REFUSED_WRITE), failures=link.failures + 1, intended=None)


def _spare(session: Session, link: Link, trouble: Exception) -> None:
    """Leave an item alone that breaks us, until it changes. Nothing of what it says gets into the log."""
    log.error("item failed", extra={"link": str(link.pk), "kind": type(trouble).__name__})
    remote.reject(session, link, Stuck(_("This event could not be understood.")))


def _replan(session: Session, link: Link, before: Action, again: int) -> None:
    """Plan an item anew. A deletion that the brakes have not seen waits for the next round, where they will."""
    fresh = load(session, [link.pk])
    if not fresh:
        return
    [state] = states_of(session, fresh)
    action = plan(state)
    unbraked = isinstance(action, DeleteLocal) and not isinstance(before, DeleteLocal)
    if unbraked or not again:
        with session.writing():
            remember(fresh[0], needs_plan=True)
    else:
        carry_out(session, fresh[0], action, again - 1)


def _do(session: Session, link: Link, state: State, action: Action) -> None:
    match action:
        case Nothing():
            with session.writing():
                clear(link)
        case RecordAgreement():
            with session.writing():
                local.draw_single(session, link)
                base = agreement.whole(state.local.fingerprints, state.remote.fingerprints)
                agree(link, base, agreed_at=session.now())
        case CreateLocal() if state.thing in (Thing.NONE, Thing.BLOCK):
            with session.writing():
                remember(link, owner_act="")
            drawing.create(session, [link])
        case CreateLocal():
            local.revive(session, link)
            raise LookAgain
        case UpdateLocal(groups=groups):
            local.update(session, link, state, groups)
        case DeleteLocal():
            local.delete(session, link)
        case CreateRemote():
            remote.create(session, link, state, action)
        case UpdateRemote(groups=groups):
            remote.update(session, link, state, groups)
        case DeleteRemote(asked_here=asked):
            _delete_remote(session, link, asked)
        case Merge() if state.thing is Thing.BLOCK:
            blending.blend(session, link, action)
            raise LookAgain
        case Merge():
            merging.merge(session, link, state, action)
            raise LookAgain
        case MoveLink(calendar=calendar):
            _move(session, link, uuid.UUID(calendar))
            raise LookAgain
        case ForgetLink():
            with session.writing():
                gone = forget(link)
            if not gone:
                raise LookAgain
        case Wait(reason=reason):
            _wait(session, link, reason)
        case Bug(reason=reason):
            _bug(session, link, reason)


def _delete_remote(session: Session, link: Link, asked: bool) -> None:
    calendar = link.calendar_id
    remote.delete(session, link)
    if not asked:
        with session.writing():
            session.count_unasked(calendar)


def _move(session: Session, link: Link, calendar: uuid.UUID) -> None:
    """Follow an event that was dragged to another calendar: the same UID, another href."""
    twin = Link.objects.filter(
        connection=session.connection, calendar=calendar, uid_hash=link.uid_hash, activity=None, block=None
    ).first()
    if twin is None:
        return
    with session.writing():
        text = twin.text.reveal() if twin.text else None
        href = twin.href.reveal()
        twin.delete()
        remember(
            link,
            calendar=twin.calendar,
            href=href,
            href_hash=twin.href_hash,
            text=text,
            etag=twin.etag,
            observed=twin.observed,
            observed_etag=twin.observed_etag if twin.observed_etag == twin.etag else "",
            observed_present=True,
            observed_proven=False,
            remote_modified=twin.remote_modified,
            guests=twin.guests,
            needs_plan=True,
        )
        if link.block:
            blocks.follow(link.block, twin.calendar.all_day)


def _wait(session: Session, link: Link, code: str) -> None:
    """Note why the item stands still, and ask its owner where he is to answer."""
    reason = waiting(code)
    if reason != link.reason:
        with session.writing():
            remember(link, reason=reason[:300])
            if code == Reason.GUESTS:
                telling.guests(session.connection, link, session.now())


def _bug(session: Session, link: Link, reason: str) -> None:
    """Touch nothing, tell the operator, and let everything else go on."""
    log.error("impossible state", extra={"link": str(link.pk), "reason": reason})
    sentence = _("One item is in a state that should not exist; it was left alone.")
    session.tally.outcomes.append((Outcome.FAILED, sentence))
