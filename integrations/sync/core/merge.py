"""The merge: both sides changed, so each field group comes from the side that changed it, or that changed it later."""

from __future__ import annotations

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core.actions import Merge, Side
from integrations.sync.core.fingerprint import differing
from integrations.sync.core.states import State, Thing


def own_groups(thing: Thing) -> tuple[FieldGroup, ...]:
    """Return the groups that are compared here: a block has no fence, that is a part of what we write."""
    return MERGED_GROUPS if thing in (Thing.BLOCK, Thing.NONE) else tuple(FieldGroup)


def changed_here(state: State) -> set[FieldGroup]:
    """Return the groups that differ from the local half of the base; without a base, all of them."""
    groups = own_groups(state.thing)
    return set(groups) if state.base is None else differing(state.local.fingerprints, state.base.local, groups)


def changed_there(state: State) -> set[FieldGroup]:
    """Return the groups that differ from the remote half of the base; never the fence, which is ours alone."""
    if state.base is None:
        return set(MERGED_GROUPS)
    return differing(state.remote.fingerprints, state.base.remote, MERGED_GROUPS)


def fence_differs(state: State) -> bool:
    """Return whether the remote item carries another fence than the one we would write now."""
    if FieldGroup.FENCE not in own_groups(state.thing):
        return False
    return state.local.fingerprints.get(FieldGroup.FENCE, "") != state.remote.fence


def merge(state: State) -> Merge:
    """Return who wins each changed group. Empty winners: what changed on both sides became the same."""
    here, there = changed_here(state), changed_there(state)
    fought = differing(state.local.fingerprints, state.remote.fingerprints, here & there)
    winners = dict.fromkeys(_ordered(here - there - {FieldGroup.FENCE}), Side.LOCAL)
    winners |= dict.fromkeys(_ordered(there - here), Side.REMOTE)
    winners |= {group: _later(state, group) for group in _ordered(fought)}
    if FieldGroup.FENCE in here and fence_differs(state):
        winners[FieldGroup.FENCE] = Side.LOCAL
    lost = {group: _other(winners[group]) for group in _ordered(fought)}
    return Merge(state.link, winners=winners, lost=lost)


def _later(state: State, group: FieldGroup) -> str:
    """Return the side of the later edit. Ties, and a remote time nobody knows, go to the local side.

    A group without a time here was never edited here. Of two people's edits at the very same time the smaller user
    id wins: so the result does not hang on whose calendar is looked at first.
    """
    there, here = state.remote.modified, state.local.changed_at.get(group)
    if there is None:
        return Side.LOCAL
    if here is None or there > here:
        return Side.REMOTE
    author = state.local.changed_by.get(group, "")
    return Side.REMOTE if there == here and state.user and state.user < author else Side.LOCAL


def _other(side: str) -> str:
    return Side.REMOTE if side == Side.LOCAL else Side.LOCAL


def _ordered(groups: set[FieldGroup]) -> list[FieldGroup]:
    return [group for group in FieldGroup if group in groups]
