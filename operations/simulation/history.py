"""What people did, and what they could know when they did it: the judge's own record, apart from Halfpast's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

HERE = "here"
_TAG = re.compile(r"\bT(\d+)\b")


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody made one field group of one thing say one word, here or in the calendar of `where`."""

    order: int
    tag: str
    group: str
    word: str
    where: str  # HERE, or whose account


@dataclass(frozen=True, slots=True)
class Removal:
    """Somebody took a thing away, here or in the calendar of `where`."""

    order: int
    tag: str
    where: str


@dataclass(slots=True)
class History:
    """All that was done, in order; `syncs` are the runs that began in between, whatever came of them."""

    edits: list[Edit] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    syncs: list[tuple[int, str]] = field(default_factory=list)
    ended: list[tuple[int, str]] = field(default_factory=list)  # runs that came to a good end
    past: set[str] = field(default_factory=set)  # tags of what ended before the connect day
    copied: set[str] = field(default_factory=set)  # tags of which a copy beside the original is right
    asked: list[tuple[int, str, str]] = field(default_factory=list)  # (order, tag, whose) that may be deleted remotely
    order: int = 0

    def next(self) -> int:
        """Return a number higher than all before."""
        self.order += 1
        return self.order

    def edited(self, tag: str, group: str, word: str, where: str) -> None:
        """Note an acknowledged edit."""
        self.edits.append(Edit(self.next(), tag, group, word, where))

    def removed(self, tag: str, where: str) -> None:
        """Note an acknowledged deletion."""
        self.removals.append(Removal(self.next(), tag, where))

    def synced(self, who: str) -> None:
        """Note that a run of this person began."""
        self.syncs.append((self.next(), who))

    def came_through(self, who: str) -> None:
        """Note that a run of this person came to a good end."""
        self.ended.append((self.next(), who))

    def may_have_known(self, first: Edit, second: Edit | Removal) -> bool:
        """Return whether whoever acted second may have seen the first edit."""
        if first.where == second.where:
            return True
        looking = {where for where in (first.where, second.where) if where != HERE}
        between = {who for order, who in self.syncs if first.order < order < second.order}
        return looking <= between

    def had_reached(self, edit: Edit, removal: Removal) -> bool:
        """Return whether an edit had surely come to where a thing was deleted afterwards: by runs with a good end."""
        since = edit.order
        for where in (edit.where, removal.where):
            if where != HERE:
                since = next((order for order, who in self.ended if who == where and order > since), self.order + 1)
        return since < removal.order


def tag_of(text: str) -> str:
    """Return the tag that a thing's title bears for life, or ""."""
    found = _TAG.search(text)
    return found[0] if found else ""


def instant(moment: datetime) -> str:
    """Return a start as the word of a time edit."""
    return moment.strftime("%Y-%m-%dT%H:%M")
