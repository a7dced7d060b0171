"""From rows to the planner's states: what a link, its activity or block, and its last observation amount to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agenda.content import MERGED_GROUPS, FieldGroup
from agenda.models import Activity, Block
from integrations.models import LEAVING, Answer, Detail, Link, OwnerAct, Scope
from integrations.sync.core.fingerprint import differing, fingerprints
from integrations.sync.core.states import Base, Evidence, Fingerprints, Local, Origin, Remote, State, Thing
from integrations.sync.outbound import in_scope, render, render_block, with_relations
from integrations.sync.session import Session


def load(session: Session, ids: Sequence[uuid.UUID]) -> list[Link]:
    """Return these links with all that `state_of` reads, in at most five queries."""
    links = list(Link.objects.filter(pk__in=ids).select_related("block", "calendar").order_by("pk"))
    wanted = {link.activity_id for link in links if link.activity_id}
    activities = with_relations(Activity.objects.filter(pk__in=wanted)).in_bulk() if wanted else {}
    for link in links:
        link.connection = session.connection
        link.calendar.connection = session.connection
        if link.activity_id:
            link.activity = activities[link.activity_id]
        if link.block:
            link.block.owner = session.user
    return links


def states_of(session: Session, links: Iterable[Link]) -> list[State]:
    """Return the planner's view of each link."""
    links = list(links)
    elsewhere, waiting = _elsewhere(session, links), _waiting_for_new_copy(session, links)
    return [state_of(session, link, elsewhere.get(link.uid_hash, ""), link.activity_id in waiting) for link in links]


def _waiting_for_new_copy(session: Session, links: Sequence[Link]) -> set[uuid.UUID | None]:
    """Return the activities whose old copy must stay yet: the new one does not stand in the new target so far."""
    moving = [link.activity_id for link in links if link.owner_act == OwnerAct.MOVING]
    if not moving:
        return set()
    copies = Link.objects.filter(connection=session.connection, activity__in=moving)
    new = copies.exclude(owner_act=OwnerAct.MOVING)
    return set(new.exclude(confirmed=True, base_local__isnull=False).values_list("activity_id", flat=True))


def _elsewhere(session: Session, links: Sequence[Link]) -> dict[str, str]:
    """Return uid hash → calendar id for absent links whose UID stands in another place of the same connection."""
    gone = [link.uid_hash for link in links if link.uid_hash and not link.observed_present and _has_thing(link)]
    if not gone:
        return {}
    twins = Link.objects.filter(
        connection=session.connection, uid_hash__in=gone, observed_present=True, activity=None, block=None
    )
    return {uid_hash: str(calendar) for uid_hash, calendar in twins.values_list("uid_hash", "calendar_id")}


def _has_thing(link: Link) -> bool:
    return bool(link.activity_id or link.block_id)


def state_of(session: Session, link: Link, moved_to: str = "", waits: bool = False) -> State:
    """Return the planner's view of one link.

    `moved_to` names another calendar that holds its UID now. `waits`: it leaves once its new copy stands.
    """
    return State(
        link=str(link.pk),
        thing=thing_of(link),
        origin=Origin(link.origin),
        local=_local(session, link, waits),
        remote=_remote(link, moved_to),
        base=_base(session, link),
        writable=session.may_write(link.calendar),
        importable=_importable(session, link),
        pushable=_pushable(session, link),
        guests=link.guests,
        may_mail_guests=link.answer == Answer.SEND,
        existed=link.confirmed,
        agenda_writable=session.may(Scope.WRITE_AGENDA),
        user=str(session.user.pk),
    )


def thing_of(link: Link) -> Thing:
    """Return what the link's local side is."""
    if link.block_id:
        return Thing.BLOCK
    return Thing(link.activity.kind) if link.activity else Thing.NONE


def _base(session: Session, link: Link) -> Base | None:
    """Return what was last agreed. What its owner wants put back is seen as changed here: it is written again."""
    if _is_our_deletion(link):
        return None
    if link.base_local is None or link.base_remote is None:
        return _base_of_found(session, link) if link.activity and link.observed and link.observed_present else None
    if link.answer == Answer.PUT_BACK:
        return _base_to_put_back(link) if link.observed_present else None
    base = Base(_typed(link.base_local), _typed(link.base_remote))
    return _base_to_drop(session, link, base) if link.answer == Answer.DROP else base


def _base_to_drop(session: Session, link: Link, base: Base) -> Base:
    """Return the base from which what was changed here is no change, and all that differs there comes in."""
    here, there = _local(session, link, waits=False).fingerprints, _remote(link, "").fingerprints
    news = dict.fromkeys(differing(here, there, MERGED_GROUPS), "")
    return Base({**base.local, **here}, {**base.remote, **news})


def _base_of_found(session: Session, link: Link) -> Base:
    """Return the base of a copy that was found again after a new connection.

    What is as we write it, in whatever detail, was not edited there. Of an event that was converted only the time is
    compared: what else its owner's calendar says of it was never meant for colleagues.
    """
    seen = _typed(link.observed or {})
    if link.origin == Link.Origin.THEIRS:
        agreed = [group for group in FieldGroup if group is not FieldGroup.TIME]
        here = local_fingerprints(session, link)
        return Base(
            {group: here[group] for group in agreed},
            {group: seen[group] for group in agreed if group is not FieldGroup.FENCE},
        )
    ours = [_rendered(session, link, detail) for detail in Detail]
    fence = {FieldGroup.FENCE: _fence_before_guests(link)} if link.guests else {}
    return Base(
        fence, {group: seen[group] for group in MERGED_GROUPS if any(seen[group] == one[group] for one in ours)}
    )


def _base_to_put_back(link: Link) -> Base:
    """Return the base from which the old time goes out again. All else of a block comes in after that."""
    seen = _typed(link.observed or {})
    remote = seen if link.block_id else {**_typed(link.base_remote or {}), FieldGroup.TIME: seen[FieldGroup.TIME]}
    return Base({**_typed(link.base_local or {}), FieldGroup.TIME: ""}, remote)


def _is_our_deletion(link: Link) -> bool:
    """Return whether the event is gone because we deleted it: should it be wanted again, it is made again."""
    return not link.observed_present and (link.intended or {}).get("verb") == "delete"


def _pushable(session: Session, link: Link) -> bool:
    if link.answer == Answer.PUT_BACK:
        return True
    if link.owner_act in (*LEAVING, OwnerAct.ORIGINAL) or link.activity is None:
        return False
    return link.confirmed or link.owner_act == OwnerAct.ARRIVING or in_scope(session.connection, link.activity)


def _importable(session: Session, link: Link) -> bool:
    return link.calendar.imported and link.state != Link.State.IGNORED and session.may(Scope.WRITE_AGENDA)


def _typed(stored: Mapping[str, str]) -> Fingerprints:
    return {FieldGroup(group): value for group, value in stored.items()}


def _remote(link: Link, moved_to: str) -> Remote:
    seen = _typed(link.observed or {})
    merged = {group: seen[group] for group in MERGED_GROUPS if group in seen}
    if link.notes_apart and link.base_remote:
        merged[FieldGroup.NOTES] = link.base_remote[FieldGroup.NOTES]
    return Remote(
        present=link.observed_present,
        fingerprints=merged if link.observed_present else {},
        fence=seen.get(FieldGroup.FENCE, ""),
        modified=link.remote_modified,
        proven=link.observed_proven or not (link.confirmed or link.intended),
        moved_to=moved_to,
        unreadable=link.state == Link.State.QUARANTINED,
    )


def _local(session: Session, link: Link, waits: bool) -> Local:
    if link.activity:
        return _local_activity(session, link, link.activity, waits)
    if link.block and link.owner_act != OwnerAct.DELETE:
        return _local_block(session, link, link.block)
    if link.owner_act == OwnerAct.DELETE:
        return Local(present=False, evidence=Evidence.OWNER_ACT, names_item=True, asked_here=True)
    return Local(present=False)


def _local_block(session: Session, link: Link, block: Block) -> Local:
    """Return what a block says: as agreed, but for the groups that its owner has changed here."""
    said = _typed(link.base_local or {})
    edited = [group for group, value in said.items() if not value]
    if edited and not block.recurring:
        here = fingerprints(render_block(block, link.opened_uid), session.fingerprint)
        said = {**said, **{group: here[group] for group in edited}}
    return Local(present=True, fingerprints=said, changed_at=_moments(block), changed_by=_authors(block))


def _says_something_new(link: Link) -> bool:
    """Return whether the copy that is to go was edited in its calendar, which is taken over before it goes."""
    apart = {FieldGroup.NOTES} if link.notes_apart else set()
    seen, agreed = link.observed or {}, link.base_remote or {}
    return link.observed_present and any(seen.get(one) != agreed.get(one) for one in set(MERGED_GROUPS) - apart)


def _moments(thing: Activity | Block) -> dict[FieldGroup, datetime]:
    return {FieldGroup(group): datetime.fromisoformat(at) for group, (at, _by) in thing.changed_at.items()}


def _authors(thing: Activity | Block) -> dict[FieldGroup, str]:
    return {FieldGroup(group): str(by) for group, (_at, by) in thing.changed_at.items()}


def _local_activity(session: Session, link: Link, activity: Activity, waits: bool) -> Local:
    evidence = absence(activity, session.user.pk)
    if evidence:
        named = link.owner_act == OwnerAct.DELETE
        return Local(present=False, evidence=evidence, names_item=named, asked_here=link.asked_here)
    if link.owner_act in LEAVING and not waits and not _says_something_new(link):
        return Local(present=False, evidence=Evidence.OWNER_ACT, asked_here=True)
    if link.owner_act in LEAVING:  # what was said there at the last moment comes in; nothing more goes out to it
        return Local(present=True, fingerprints=_typed(link.base_local or {}))
    return Local(
        present=True,
        fingerprints=local_fingerprints(session, link),
        changed_at=_moments(activity),
        changed_by=_authors(activity),
    )


def absence(activity: Activity, user_id: uuid.UUID) -> Evidence | None:
    """Return the positive reason why this user's copy is not wanted (any more), or None when it is."""
    if activity.deleted_at:
        return Evidence.TRASHED
    taking_part: Sequence[Any] = activity.taking_part  # type: ignore[attr-defined]  # set by with_relations
    if all(attendance.user_id != user_id for attendance in taking_part):
        return Evidence.ATTENDANCE_ENDED
    return None if activity.scheduled else Evidence.UNSCHEDULED


def local_fingerprints(session: Session, link: Link) -> dict[FieldGroup, str]:
    """Return what the activity's copy should say, per group."""
    if link.activity is None:
        raise ValueError("only activities are rendered")
    found = _rendered(session, link, link.detail)
    if link.guests:  # they read the notes: what is said of a customer is not for them
        found[FieldGroup.FENCE] = _fence_before_guests(link)
    if link.notes_apart and link.base_local:
        found[FieldGroup.NOTES] = link.base_local[FieldGroup.NOTES]
    return found


def _fence_before_guests(link: Link) -> str:
    """Return the fence as it was last agreed; of a copy that was found again, as it stands there."""
    return str((link.base_local or link.observed or {}).get(FieldGroup.FENCE, ""))


def _rendered(session: Session, link: Link, detail: str) -> dict[FieldGroup, str]:
    if link.activity is None:
        raise ValueError("only activities are rendered")
    return fingerprints(render(link.activity, session.user, uid="", detail=detail), session.fingerprint)
