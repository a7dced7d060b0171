"""Blocks: what is imported is drawn, drawn anew, or passed over; in bulk where it is new (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from agenda.content import EventContent, FieldGroup, Span
from agenda.ical.read import Unreadable, understood
from agenda.ical.recurrence import TooMuch, expand_parsed
from agenda.ical.resource import Resource
from agenda.models import Block
from agenda.services import blocks
from agenda.services.blocks import BlockDraft
from integrations.models import Link, OwnUid
from integrations.news import telling
from integrations.sync.core.states import Base
from integrations.sync.record import EditedMeanwhile, agree, clear, remember, rewrite
from integrations.sync.session import Session

#: what is written of a link whose block was made
TIED = (
    *("block", "base_local", "base_remote", "text", "reason", "state", "owner_act"),
    *("needs_plan", "needs_push", "answer", "held", "agreed_at", "came_from"),
)


def create(session: Session, links: Sequence[Link]) -> None:
    """Make the blocks of newly imported resources, in one transaction."""
    drafts = [(link, _draft(session, link)) for link in links]
    wanted = [(link, draft) for link, draft in drafts if draft and _is_drawn(draft)]
    with session.writing():
        made = blocks.create_many([draft for _link, draft in wanted])
        for (link, _said), block in zip(wanted, made, strict=True):
            _tie(session, link, block)
        _hide(session, {draft.content.uid: block for (_link, draft), block in zip(wanted, made, strict=True)})
        rewrite([link for link, _said in wanted], TIED)
        for link, draft in drafts:
            if not (draft and _is_drawn(draft)):
                _pass_over(link)
    session.tally.imported += len(made)
    session.tally.local_created += len(made)


def _hide(session: Session, made: Mapping[str, Block]) -> None:
    """Hide again what an independent copy stands for: an owner who connects anew finds it as he left it."""
    hashes = {session.own_uid_hash(uid.encode()): block for uid, block in made.items()}
    originals = OwnUid.objects.filter(company=session.company, uid_hash__in=hashes, hidden=True)
    for original in originals.filter(activity__deleted_at=None).select_related("activity"):
        if original.activity:
            blocks.hide(hashes[original.uid_hash], original.activity)


def _is_drawn(draft: BlockDraft) -> bool:
    """Return whether a block is to be made: it has a time to show, or will have when the horizon has moved on."""
    return bool(draft.spans) or draft.drawn_until is not None


def _tie(session: Session, link: Link, block: Block) -> None:
    link.block, link.owner_act = block, ""
    link.agreed_at, link.came_from = session.now(), "there"
    link.needs_plan, link.needs_push, link.answer, link.held = False, False, "", None
    link.base_local = link.base_remote = _agreement(link)
    if not (block.recurring or block.unreadable):
        link.text = None


def _agreement(link: Link) -> dict[str, str]:
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
        resource, content = understood(text, session.me)
        spans, until = _expand(session, resource, text, content)
    except Unreadable as trouble:
        return _unreadable(session, link, trouble)
    if not content.shown:
        return None
    return BlockDraft(
        owner=session.user,
        content=content,
        calendar_name=link.calendar.name.reveal(),
        spans=spans,
        drawn_until=until,
        all_day=link.calendar.all_day,
    )


def _expand(
    session: Session, resource: Resource, text: str, content: EventContent
) -> tuple[Sequence[Span], date | None]:
    if not content.recurring:
        return [Span(when=content.when, busy=content.busy)], None
    start, end = session.window
    try:
        found = expand_parsed(resource, text, start=start, end=end, home=session.home_zone, me=session.me)
    except TooMuch as trouble:
        raise Unreadable(str(trouble), content.when) from trouble
    return found.spans, session.horizon if not found.complete else None


def _unreadable(session: Session, link: Link, trouble: Unreadable) -> BlockDraft | None:
    """Return a block for the readable time of something that could not be read, so that it is not free time."""
    if link.state != Link.State.QUARANTINED:
        session.tally.quarantined += 1
        telling.unreadable(session.connection, session.now())
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
        all_day=link.calendar.all_day,
    )


def update(session: Session, link: Link, block: Block) -> None:
    """Draw a block anew from what was observed; what is cancelled or declined by now goes."""
    require_unedited(link, block)
    draft = _draft(session, link)
    if draft is None or not _is_drawn(draft):
        remember(link, block=None, base_local=None, base_remote=None, text=None, state=Link.State.IGNORED)
        blocks.delete_many([block])
        clear(link)
        return
    link.block = blocks.update(block, draft, at=session.now())
    seen = {FieldGroup(group): value for group, value in _agreement(link).items()}
    text = link.opened_text if link.text and (draft.drawn_until or draft.unreadable) else None
    agree(link, Base(seen, seen), text=text, agreed_at=session.now(), came_from="there")


def require_unedited(link: Link, block: Block) -> None:
    """Keep the block from its owner's hands until the transaction ends; EditedMeanwhile if it was in them already."""
    unedited = Block.objects.filter(pk=block.pk, revision=block.revision, link__version=link.version)
    if not list(unedited.select_for_update(of=("self",)).only("pk")):
        raise EditedMeanwhile
