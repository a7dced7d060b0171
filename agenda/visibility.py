"""The one place that decides who sees what of a block. Nothing else opens an envelope (I16, I17)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import visible_owners
from agenda.models import Block, BlockSpan, BusyState


class Hidden(Http404):
    """There is nothing here that this viewer may know of."""


@dataclass(frozen=True, slots=True)
class BlockView:
    """What one viewer may see of a block besides its start and end. Its repr shows no content."""

    title: str = field(repr=False)
    place: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)
    calendar: str = field(default="", repr=False)
    busy: str = BusyState.BUSY.value
    own: bool = False


def allowed(viewer: User, owners: Iterable[User]) -> list[User]:
    """Return those of `owners` whose agenda `viewer` may see; one query, none when he only asks for his own."""
    owners = list(owners)
    if not viewer.is_active:
        return []
    if all(owner.pk == viewer.pk for owner in owners):
        return owners
    seen = set(visible_owners(viewer).filter(pk__in=[owner.pk for owner in owners]).values_list("pk", flat=True))
    return [owner for owner in owners if owner.pk in seen]


def open_block(viewer: User, block: Block) -> BlockView:
    """Return what `viewer` sees of the block; Hidden when that is nothing."""
    view = view_of(viewer, block) if allowed(viewer, [block.owner]) else None
    if view is None:
        raise Hidden
    return view


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the event behind a block says in words, for its owner alone. Its repr shows nothing of it."""

    title: str = field(repr=False)
    place: str = field(repr=False)
    notes: str = field(repr=False)
    calendar: str = field(repr=False)
    uid: str = field(repr=False)


def own_words(viewer: User, block: Block) -> OwnWords:
    """Return what the event of the viewer's own block says, an empty title too; Hidden for anybody else's."""
    if block.owner_id != viewer.pk:
        raise Hidden
    said = _opened(block)
    return OwnWords(*(said.get(name, "") for name in ("title", "place", "notes", "calendar", "uid")))


def view_of(viewer: User, block: Block, span: BlockSpan | None = None) -> BlockView | None:
    """Return what is seen of one span of a block, or None. The caller has asked `allowed` about the owner.

    The owner sees everything. A colleague, an admin too, sees that the time is busy, and free time not at all.
    """
    busy = span.counts_as if span else block.busy
    if block.owner_id != viewer.pk:
        return None if busy == BusyState.FREE else BlockView(_("Busy"))
    said = {**_opened(block), **(override(viewer, span) if span else {})}
    return BlockView(
        title=said.get("title") or _untitled(block),
        place=said.get("place", ""),
        notes=said.get("notes", ""),
        calendar=said.get("calendar", ""),
        busy=busy,
        own=True,
    )


def override(viewer: User, span: BlockSpan) -> dict[str, str]:
    """Return what one occurrence says otherwise than its series: title, place, notes; for the owner alone."""
    if span.envelope is None or span.owner_id != viewer.pk:
        return {}
    return _json(span.envelope.reveal())


def _opened(block: Block) -> dict[str, str]:
    return _json(block.envelope.reveal())


def _json(text: str) -> dict[str, str]:
    said: dict[str, str] = json.loads(text)
    return said


def _untitled(block: Block) -> str:
    return _("An event that could not be read") if block.unreadable else _("Untitled")
