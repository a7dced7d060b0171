"""Blending: an owner's private event was changed here and in his calendar; the block says both, group by group."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from agenda.content import MERGED_GROUPS, EventContent, FieldGroup
from agenda.models import Block
from agenda.services import blocks
from integrations.models import Link
from integrations.sync import drawing
from integrations.sync.core.actions import Merge, Side
from integrations.sync.local import remote_content
from integrations.sync.merging import keep_losers
from integrations.sync.outbound import render_block
from integrations.sync.record import remember
from integrations.sync.session import Session


def blend(session: Session, link: Link, action: Merge) -> None:
    """Do the local half of the merge and keep what lost. What won here is still changed here, and goes out next.

    What repeats by now, or is not shown any more, is as the calendar says: it is not written from here.
    """
    block, there = link.block, remote_content(session, link)
    if block is None:
        raise ValueError("only blocks are blended")
    ours = {group for group, side in action.winners.items() if side == Side.LOCAL}
    followed = there.recurring or not there.shown
    with session.writing():
        drawing.require_unedited(link, block)
        lost = dict.fromkeys(ours, Side.LOCAL) if followed else action.lost
        if lost:
            keep_losers(session, link, lost)
        if followed:
            drawing.update(session, link, block)
        else:
            _say_both(session, link, block, there, ours)
    session.tally.local_updated += 1


def _say_both(session: Session, link: Link, block: Block, there: EventContent, ours: Collection[FieldGroup]) -> None:
    content = _with(there, render_block(block, there.uid), ours)
    theirs = [group for group in MERGED_GROUPS if group not in ours]
    block.busy, block.guests, block.invitation = there.busy.value, there.guests > 0, there.invitation
    blocks.restate(block, content, theirs, at=link.remote_modified or session.now())
    seen = {group: value for group, value in (link.observed or {}).items() if group != FieldGroup.FENCE}
    still = {group.value: "" for group in ours}
    remember(link, base_local={**seen, **still}, base_remote=seen)


def _with(there: EventContent, here: EventContent, ours: Collection[FieldGroup]) -> EventContent:
    """Return what is there, with these groups as they are here."""
    columns = {FieldGroup.TIME: "when", FieldGroup.TITLE: "title", FieldGroup.PLACE: "place", FieldGroup.NOTES: "notes"}
    return replace(there, **{columns[group]: getattr(here, columns[group]) for group in ours})
