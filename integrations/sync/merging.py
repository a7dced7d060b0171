"""The merge: both sides changed. Here the local half of it is done, and the version that lost is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping

from agenda.content import EventContent, FieldGroup
from agenda.services import incoming
from integrations.models import Conflict, Link
from integrations.news import telling
from integrations.sync.core import agreement
from integrations.sync.core.actions import Merge, Side
from integrations.sync.core.states import State
from integrations.sync.local import as_it_is, notes_are_his_own, remote_content, unedited
from integrations.sync.outbound import render, render_block
from integrations.sync.portrait import local_fingerprints
from integrations.sync.record import plain, remember
from integrations.sync.session import Session

Lost = Mapping[FieldGroup, str]


def merge(session: Session, link: Link, state: State, action: Merge) -> None:
    """Do the local half of a merge and keep what lost. What won here is then still changed here, and goes out next."""
    agreed, theirs, lost = _sorted_out(session, link, action)
    with session.writing():
        if lost:
            keep_losers(session, link, lost)
        if theirs:
            at = link.remote_modified or session.now()
            incoming.take(unedited(link), remote_content(session, link), theirs, by=session.user, at=at)
            session.tally.local_updated += 1
        _remember_merge(session, link, state, action, agreed)


def _sorted_out(session: Session, link: Link, action: Merge) -> tuple[set[FieldGroup], set[FieldGroup], Lost]:
    """Return the groups that are agreed now, those to take from the calendar, and whose version lost."""
    agreed = {group for group, side in action.winners.items() if side == Side.REMOTE}
    theirs, lost = set(agreed), dict(action.lost)
    if FieldGroup.NOTES in agreed | lost.keys() and notes_are_his_own(session, link):
        link.notes_apart = True
        agreed.add(FieldGroup.NOTES)
        theirs.discard(FieldGroup.NOTES)
        lost.pop(FieldGroup.NOTES, None)
    return agreed, theirs, lost


def _remember_merge(session: Session, link: Link, state: State, action: Merge, agreed: set[FieldGroup]) -> None:
    """Store the base after a merge's local half: what won here is seen as changed here, and goes out next."""
    link.activity = as_it_is(link)
    base = agreement.partial(state.base, local_fingerprints(session, link), state.remote.fingerprints, agreed)
    ours = {group for group, side in action.winners.items() if side == Side.LOCAL} - {FieldGroup.FENCE}
    remote = {**base.remote, **{group: state.remote.fingerprints[group] for group in ours}}
    remember(
        link,
        base_local={**{group.value: "" for group in FieldGroup}, **plain(base.local)},
        base_remote=plain(remote),
        local_revision=link.activity.revision,
        notes_apart=link.notes_apart,
    )


def keep_losers(session: Session, link: Link, lost: Lost) -> None:
    """Keep the versions of these groups that lost, for 30 days."""
    contents = {Side.REMOTE: remote_content(session, link)}
    if link.activity:
        contents[Side.LOCAL] = render(link.activity, session.user, uid="")
    elif link.block:
        contents[Side.LOCAL] = render_block(link.block, uid="")
    for side in sorted(set(lost.values())):
        groups = [group for group, loser in lost.items() if loser == side]
        kept = Conflict.objects.create(
            connection=session.connection,
            activity=link.activity,
            block=link.block,
            lost_side=side,
            version=json.dumps({group.value: _said(contents[side], group) for group in groups}),
            happened_at=session.now(),
        )
        telling.conflict(kept, link.activity)
    session.tally.conflicts += 1


def _said(content: EventContent, group: FieldGroup) -> str:
    """Return one group of a version as text that can be shown and restored."""
    if group is FieldGroup.TIME:
        return json.dumps([content.when.kind, content.when.start.isoformat(), content.when.end.isoformat()])
    return str(getattr(content, group.value))
