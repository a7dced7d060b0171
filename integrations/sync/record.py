"""Record: what a link remembers after an action. Flags are cleared only if nobody edited the local side meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agenda.content import FieldGroup
from integrations.models import LEAVING, Link, OwnerAct, OwnUid
from integrations.sync.core.states import Base, Fingerprints
from integrations.sync.session import Session


class EditedMeanwhile(Exception):
    """The local side was edited after it was planned for: plan again."""


def remember(link: Link, **facts: Any) -> None:
    """Store these facts on the link's row, and nothing else of it."""
    for name, value in facts.items():
        setattr(link, name, value)
    link.save(update_fields=list(facts))


def rewrite(links: Sequence[Link], names: Sequence[str]) -> None:
    """Store these columns of rows that exist, all in one statement: an upsert costs a tenth of `bulk_update`."""
    if links:
        Link.objects.bulk_create(links, update_conflicts=True, unique_fields=["id"], update_fields=names)


def clear(link: Link) -> None:
    """Take the link off the list of work, unless its local side was edited since it was loaded."""
    seen = {"local_revision": link.activity.revision} if link.activity else {}
    unedited = Link.objects.filter(pk=link.pk, version=link.version)
    leaves = link.owner_act in LEAVING
    reason = link.reason if link.owner_act == OwnerAct.ORIGINAL else ""
    unedited.update(needs_push=False, needs_plan=leaves, answer="", reason=reason, **seen)


def forget(link: Link) -> bool:
    """Drop the row of what is there no more, unless its local side was edited since it was loaded; return whether.

    No account holds the event of a converted activity then: should it be restored, it is written anew.
    """
    if not Link.objects.filter(pk=link.pk, version=link.version).delete()[0]:
        return False
    if link.activity_id and link.origin == Link.Origin.THEIRS:
        OwnUid.objects.filter(activity=link.activity_id, theirs=True).update(held_by="")
    return True


def agree(link: Link, base: Base, **facts: Any) -> None:
    """Store what both sides have agreed on. A single block keeps no text (docs/runs.md)."""
    if link.block and not (link.block.recurring or link.block.unreadable):
        facts["text"] = None
    if link.owner_act == OwnerAct.ARRIVING:
        facts["owner_act"] = ""
    local = {**plain(base.local), **(_edited_since(link) if link.block else {})}
    remember(link, base_local=local, base_remote=plain(base.remote), reason="", failures=0, **facts)
    clear(link)


def _edited_since(link: Link) -> dict[str, str]:
    """Return the marks of a block's groups that its owner has changed since the link was loaded; {} mostly."""
    row = Link.objects.select_for_update().filter(pk=link.pk).exclude(version=link.version).values("base_local").first()
    return marks(row["base_local"]) if row else {}


def marks(base_local: Mapping[str, str] | None) -> dict[str, str]:
    """Return the empty fingerprints of a block's base: each says that its owner has changed this group here."""
    return {group: "" for group, value in (base_local or {}).items() if not value}


def plain(fingerprints: Fingerprints) -> dict[str, str]:
    """Return fingerprints as JSON keeps them."""
    return {FieldGroup(group).value: value for group, value in fingerprints.items()}


def supersede(session: Session, link: Link) -> list[list[str]]:
    """Return the ETags that our writes replaced, the one at hand included ("" for a creation), newest last."""
    return [*link.superseded, [link.etag, session.now().isoformat()]][-5:]
