"""States in few words: a version is a word per group, and its fingerprint is that word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core.states import Base, Evidence, Local, Origin, Remote, State, Thing

TIME, TITLE, PLACE, NOTES, FENCE = FieldGroup
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINK = "link"


def at(minutes: int) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def words(**changes: str) -> dict[FieldGroup, str]:
    """Return a version: every group says "agreed" but for the changes."""
    return {group: changes.get(group.value, "agreed") for group in FieldGroup}


def here(*, since: Mapping[FieldGroup, datetime] | None = None, **changes: str) -> Local:
    """Return a present local side with these changes."""
    return Local(present=True, fingerprints=words(**changes), changed_at=since or {})


def gone(evidence: Evidence | None = Evidence.TRASHED, *, named: bool = False, asked: bool = True) -> Local:
    """Return an absent local side."""
    return Local(present=False, evidence=evidence, names_item=named, asked_here=asked)


def there(*, modified: datetime | None = None, unreadable: bool = False, **changes: str) -> Remote:
    """Return a present remote side with these changes."""
    said = words(**changes)
    merged = {group: said[group] for group in MERGED_GROUPS}
    return Remote(True, merged, fence=said[FENCE], modified=modified, unreadable=unreadable)


ABSENT = Remote(present=False)


def base(local: Mapping[FieldGroup, str] | None = None, remote: Mapping[FieldGroup, str] | None = None) -> Base:
    """Return a base whose halves are both "agreed" unless given."""
    return Base(local or words(), {group: (remote or words())[group] for group in MERGED_GROUPS})


AGREED = base()


def state(local: Local, remote: Remote, agreed: Base | None = AGREED, **facts: Any) -> State:
    """Return a meeting of ours, unless the facts say otherwise."""
    facts = {"thing": Thing.MEETING, "origin": Origin.OURS} | facts
    return State(link=LINK, local=local, remote=remote, base=agreed, **facts)
