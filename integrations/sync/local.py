"""What the sync does to the agenda: always through agenda.services, with the link's row in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from agenda.content import EventContent, FieldGroup, Span
from agenda.ical.read import Unreadable, read
from agenda.ical.recurrence import TooMuch, expand
from agenda.models import Activity, Block
from agenda.services import blocks, incoming
from agenda.services.blocks import BlockDraft
from integrations.models import Conflict, Link
from integrations.sync.core import agreement
from integrations.sync.core.actions import Merge, Side
from integrations.sync.core.states import Base, State
from integrations.sync.outbound import render, with_relations
from integrations.sync.portrait import local_fingerprints
from integrations.sync.record import agree, clear, forget, plain, remember, rewrite
from integrations.sync.session import Session

#: what is written of a link whose block was made
TIED = (
    *("block", "base_local", "base_remote", "text", "reason", "state", "owner_act"),
    *("needs_plan", "needs_push", "answer", "held"),
)
#: field group → the side whose version of it lost
Lost = Mapping[FieldGroup, str]


class EditedMeanwhile(Exception):
    """The activity was edited here after it was planned for: plan again in the next round."""


def create_blocks(session: Session, links: Sequence[Link]) -> None:
    """Make the blocks of newly imported resources, in one transaction."""
    drafts = [(link, _draft(session, link)) for link in links]
    wanted = [(link, draft) for link, draft in drafts if draft and _is_drawn(draft)]
    with session.writing():
        made = blocks.create_many([draft for _link, draft in wanted])
        for (link, _said), block in zip(wanted, made, strict=True):
            _tie(link, block)
        rewrite([link for link, _said in wanted], TIED)
        for link, draft in drafts:
            if not (draft and _is_drawn(draft)):
                _pass_over(link)
    session.tally.imported += len(made)
    session.tally.local_created += len(made)


def _is_drawn(draft: BlockDraft) -> bool:
    """Return whether a block is to be made: it has a time to show, or will have when the horizon has moved on."""
    return bool(draft.spans) or draft.drawn_until is not None


def _tie(link: Link, block: Block) -> None:
    link.block, link.owner_act = block, ""
    link.needs_plan, link.needs_push, link.answer, link.held = False, False, "", None
    link.base_local = link.base_remote = agreement_of_block(link)
    if not (block.recurring or block.unreadable):
        link.text = None


def agreement_of_block(link: Link) -> dict[str, str]:
    """Return the base of a block: it says what was seen, without a fence."""
    return {group: value for group, value in (link.observed or {}).items() if group != FieldGroup.FENCE}


def _pass_over(link: Link) -> None:
    """Keep the small row of something that has no time to draw; what could not be read keeps its reason."""
    if link.state != Link.State.QUARANTINED:
        link.state, link.text = Link.State.IGNORED, None
    link.needs_plan = False
    link.save(update_fields=["state", "reason", "text", "needs_plan"])


def _draft(session: Session, link: Link) -> BlockDraft | None:
    """Return what the block will say, or None when nothing of it can be drawn."""
    text = link.opened_text
    try:
        content = read(text, me=session.me)
        expansion = _expand(session, text, content)
    except Unreadable as trouble:
        return _unreadable(session, link, trouble)
    if not content.shown:
        return None
    spans, until = expansion
    return BlockDraft(
        owner=session.user,
        content=content,
        calendar_name=link.calendar.name.reveal(),
        spans=spans,
        drawn_until=until,
    )


def _expand(session: Session, text: str, content: EventContent) -> tuple[Sequence[Span], date | None]:
    if not content.recurring:
        return [Span(when=content.when, busy=content.busy)], None
    start, end = session.window
    try:
        found = expand(text, start=start, end=end, home=session.home_zone, me=session.me)
    except TooMuch as trouble:
        raise Unreadable(str(trouble), content.when) from trouble
    return found.spans, session.horizon if not found.complete else None


def _unreadable(session: Session, link: Link, trouble: Unreadable) -> BlockDraft | None:
    """Return a block for the readable time of something that could not be read, so that it is not free time."""
    if link.state != Link.State.QUARANTINED:
        session.tally.quarantined += 1
    link.state, link.reason = Link.State.QUARANTINED, trouble.reason[:300]
    if trouble.when is None:
        return None
    content = EventContent(uid="", when=trouble.when)
    return BlockDraft(
        owner=session.user,
        content=content,
        calendar_name=link.calendar.name.reveal(),
        spans=[Span(when=trouble.when)],
        drawn_until=None,
        unreadable=True,
    )


def update(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Take these groups from the remote side."""
    with session.writing():
        if link.block:
            _update_block(session, link, link.block)
        elif link.activity:
            _take(session, link, state, groups)
    session.tally.local_updated += 1


def _update_block(session: Session, link: Link, block: Block) -> None:
    if not Link.objects.filter(pk=link.pk, version=link.version).exists():
        raise EditedMeanwhile
    draft = _draft(session, link)
    if draft is None or not _is_drawn(draft):
        remember(link, block=None, base_local=None, base_remote=None, text=None, state=Link.State.IGNORED)
        blocks.delete_many([block])
        clear(link)
        return
    link.block = blocks.update(block, draft, at=session.now())
    seen = {FieldGroup(group): value for group, value in agreement_of_block(link).items()}
    text = link.opened_text if link.text and (draft.drawn_until or draft.unreadable) else None
    agree(link, Base(seen, seen), text=text)


def _take(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Let the activity say what the calendar says; notes that another attendee adds stay on his own copy."""
    activity = _unedited(link)
    content = remote_content(session, link)
    wanted = set(groups)
    if FieldGroup.NOTES in wanted and _notes_are_his_own(session, link):
        wanted.discard(FieldGroup.NOTES)
        link.notes_apart = True
    if wanted:
        at = link.remote_modified or session.now()
        activity = incoming.take(activity, content, wanted, by=session.user, at=at)
    if FieldGroup.TIME in groups:
        _draw_series(session, activity, link, content)
    _agree_anew(session, link, state, groups)


def _notes_are_his_own(session: Session, link: Link) -> bool:
    """Return whether what is written in this calendar's notes is an attendee's own, and stays on his copy."""
    return link.activity is not None and link.activity.responsible_id != session.user.pk


def _agree_anew(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    link.activity = _as_it_is(link)
    local = local_fingerprints(session, link)
    base = agreement.partial(state.base, local, state.remote.fingerprints, groups)
    agree(link, base, notes_apart=link.notes_apart)


def _as_it_is(link: Link) -> Activity:
    return with_relations(Activity.objects.filter(links=link)).get()


def _unedited(link: Link) -> Activity:
    """Return the activity, locked, if it still is what was planned for."""
    if link.activity is None:
        raise EditedMeanwhile
    activity = Activity.objects.select_for_update().get(pk=link.activity.pk)
    if activity.revision != link.activity.revision:
        raise EditedMeanwhile
    return activity


def remote_content(session: Session, link: Link) -> EventContent:
    """Return what the remote text says, as it was last read."""
    return read(link.opened_text, me=session.me)


def _draw_series(session: Session, activity: Activity, link: Link, content: EventContent) -> None:
    """Show the rest of a series that somebody made on a phone; the activity stays its first occurrence."""
    spans: Sequence[Span] = []
    if content.recurring and link.text:
        start, end = session.window
        found = expand(link.opened_text, start=start, end=end, home=session.home_zone, me=session.me)
        first = content.when.instants(session.home_zone)[0]
        spans = [span for span in found.spans if span.when.instants(session.home_zone)[0] != first]
    blocks.replace_activity_spans(activity, session.user, spans)


def merge(session: Session, link: Link, state: State, action: Merge) -> None:
    """Do the local half of a merge and keep what lost. What won here is then still changed here, and goes out next."""
    agreed, theirs, lost = _sorted_out(session, link, action)
    with session.writing():
        if lost:
            _keep_losers(session, link, lost)
        if theirs:
            at = link.remote_modified or session.now()
            incoming.take(_unedited(link), remote_content(session, link), theirs, by=session.user, at=at)
            session.tally.local_updated += 1
        _remember_merge(session, link, state, action, agreed)


def _sorted_out(session: Session, link: Link, action: Merge) -> tuple[set[FieldGroup], set[FieldGroup], Lost]:
    """Return the groups that are agreed now, those to take from the calendar, and whose version lost."""
    agreed = {group for group, side in action.winners.items() if side == Side.REMOTE}
    theirs, lost = set(agreed), dict(action.lost)
    if FieldGroup.NOTES in agreed | lost.keys() and _notes_are_his_own(session, link):
        link.notes_apart = True
        agreed.add(FieldGroup.NOTES)
        theirs.discard(FieldGroup.NOTES)
        lost.pop(FieldGroup.NOTES, None)
    return agreed, theirs, lost


def _remember_merge(session: Session, link: Link, state: State, action: Merge, agreed: set[FieldGroup]) -> None:
    """Store the base after a merge's local half: what won here is seen as changed here, and goes out next."""
    link.activity = _as_it_is(link)
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


def _keep_losers(session: Session, link: Link, lost: Lost) -> None:
    contents = {Side.REMOTE: remote_content(session, link)}
    if link.activity:
        contents[Side.LOCAL] = render(link.activity, session.user, uid="")
    for side in sorted(set(lost.values())):
        groups = [group for group, loser in lost.items() if loser == side]
        Conflict.objects.create(
            connection=session.connection,
            activity=link.activity,
            block=link.block,
            lost_side=side,
            version=json.dumps({group.value: _said(contents[side], group) for group in groups}),
            happened_at=session.now(),
        )
    session.tally.conflicts += 1


def _said(content: EventContent, group: FieldGroup) -> str:
    """Return one group of a version as text that can be shown and restored."""
    if group is FieldGroup.TIME:
        return json.dumps([content.when.kind, content.when.start.isoformat(), content.when.end.isoformat()])
    return str(getattr(content, group.value))


def delete(session: Session, link: Link) -> None:
    """Do here what the deletion there means for this kind of thing, and forget the link in the same transaction."""
    with session.writing():
        if not forget(link):
            raise EditedMeanwhile
        if link.block:
            blocks.delete_many([link.block])
        elif link.activity:
            incoming.remove(_unedited(link), by=session.user, at=session.now())
        session.count_unasked(link.calendar_id)
    session.tally.local_deleted += 1


def revive(session: Session, link: Link, state: State) -> None:
    """Bring an activity back that was deleted here but edited there meanwhile: an edit outlives a deletion."""
    with session.writing():
        activity = _unedited(link)
        at: datetime = link.remote_modified or session.now()
        incoming.revive(activity, by=session.user, at=at)
        activity.refresh_from_db()
        content = remote_content(session, link)
        incoming.take(activity, content, set(state.remote.fingerprints), by=session.user, at=at)
        _agree_anew(session, link, state, set(state.remote.fingerprints))
    session.tally.local_created += 1
