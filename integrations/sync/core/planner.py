"""The planner: what to do about one link, from its three states alone. The table of docs/sync.md, row by row.

Proof of absence is apart from the plan. `plan` answers what an absent remote item would mean, proven or not; the
brakes then hold what is too much; and for what is left `needs_proof` says whether the href must answer 404 or 410
before the action is carried out. So a calendar that suddenly lists nothing costs no request for each of its items.

Invariant: the planner never deletes a remote item that Halfpast did not create, unless its owner named that item.
"""

from __future__ import annotations

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core.actions import (
    Action,
    Bug,
    CreateLocal,
    CreateRemote,
    DeleteLocal,
    DeleteRemote,
    ForgetLink,
    Merge,
    MoveLink,
    Nothing,
    Reason,
    RecordAgreement,
    Side,
    UpdateLocal,
    UpdateRemote,
    Wait,
)
from integrations.sync.core.fingerprint import differing
from integrations.sync.core.merge import changed_here, changed_there, fence_differs, merge
from integrations.sync.core.states import Origin, State, Thing

#: A change of these makes a calendar server mail the guests (docs/icloud.md A72).
_MAILED = frozenset({FieldGroup.TIME, FieldGroup.TITLE, FieldGroup.PLACE})


def plan(state: State) -> Action:
    """Return the one action that brings this link nearer to agreement, or why nothing may be done."""
    action = _wanted(state)
    if isinstance(action, Merge):
        return _allowed_part(action, state)
    barrier = _barrier(action, state)
    return Wait(state.link, barrier) if barrier else action


def needs_proof(action: Action, state: State) -> bool:
    """Return whether the remote href must answer 404 or 410 before `action`, which believes it absent, is done."""
    if state.remote.present or state.remote.proven or state.thing is Thing.NONE:
        return False
    if isinstance(action, CreateRemote):
        return action.again
    return isinstance(action, DeleteLocal | ForgetLink | MoveLink)


def _wanted(state: State) -> Action:
    """Return the row of the table, whatever is allowed."""
    match state.local.present, state.remote.present:
        case True, _ if state.thing is Thing.NONE:
            return Bug(state.link, "a link without a local thing says that its thing is present")
        case _, True if state.remote.unreadable:
            return Wait(state.link, Reason.UNREADABLE)
        case _, False if state.remote.moved_to and state.thing is not Thing.NONE:
            return MoveLink(state.link, state.remote.moved_to)
        case True, True:
            return _on_both_sides(state)
        case True, False:
            return _gone_there(state)
        case False, True:
            return _gone_here(state)
    return ForgetLink(state.link)


def _on_both_sides(state: State) -> Action:
    here, there = changed_here(state), changed_there(state)
    if _same_content(state):
        return RecordAgreement(state.link) if here or there else Nothing(state.link)
    if here and there:
        merged = merge(state)
        return merged if merged.winners else RecordAgreement(state.link)
    if here:
        return UpdateRemote(state.link, frozenset(here))
    if there:
        return UpdateLocal(state.link, frozenset(there))
    return Nothing(state.link)


def _gone_there(state: State) -> Action:
    if state.base is None:
        return CreateRemote(state.link, again=state.existed) if state.pushable else Nothing(state.link)
    if changed_here(state) - {FieldGroup.FENCE}:  # the fence is ours: nobody's edit, and no reason to undo a deletion
        return CreateRemote(state.link, again=True, survived=True)
    return DeleteLocal(state.link)


def _gone_here(state: State) -> Action:
    if state.local.evidence is None:
        return _missing_here(state)
    if state.base is None or changed_there(state):
        return CreateLocal(state.link, survived=True)
    if state.origin is Origin.OURS or state.local.names_item:
        return DeleteRemote(state.link, asked_here=state.local.asked_here)
    return Wait(state.link, Reason.NOT_OURS)


def _missing_here(state: State) -> Action:
    """Return what a local side that is not there, for no reason known, means: not imported yet, or a bug."""
    if state.thing not in (Thing.NONE, Thing.BLOCK):
        return Bug(state.link, "an activity is missing without having been deleted")
    return CreateLocal(state.link) if state.importable and not state.own_uid else Nothing(state.link)


def _same_content(state: State) -> bool:
    differences = differing(state.local.fingerprints, state.remote.fingerprints, MERGED_GROUPS)
    return not differences and not fence_differs(state)


def _allowed_part(action: Merge, state: State) -> Action:
    """Return the merge without a direction that must wait: what comes in does not wait for what may not go out."""
    going_out = frozenset(group for group, side in action.winners.items() if side == Side.LOCAL)
    barriers = {
        Side.LOCAL: _barrier(UpdateRemote(state.link, going_out), state) if going_out else "",
        Side.REMOTE: _barrier(UpdateLocal(state.link), state),
    }
    winners = {group: side for group, side in action.winners.items() if not barriers[side]}
    if not winners:
        return Wait(state.link, barriers[Side.LOCAL] or barriers[Side.REMOTE])
    return Merge(state.link, winners, {group: side for group, side in action.lost.items() if group in winners})


def _barrier(action: Action, state: State) -> str:
    """Return why this action may not be carried out, or ""."""
    match action:
        case CreateRemote() | UpdateRemote() | DeleteRemote():
            if not state.writable:
                return Reason.READ_ONLY
            if state.guests and not state.may_mail_guests and _mails(action):
                return Reason.GUESTS
        case CreateLocal() | UpdateLocal() | DeleteLocal():
            if not state.agenda_writable:
                return Reason.NOT_GRANTED
    return ""


def _mails(action: Action) -> bool:
    """Return whether a server would tell guests of it. Only a change of notes or fence stays quiet."""
    return bool(action.groups & _MAILED) if isinstance(action, UpdateRemote) else True
