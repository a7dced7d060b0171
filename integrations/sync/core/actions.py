"""What the planner may decide: one frozen value per row of the table in docs/sync.md. Carried out by `sync.apply`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agenda.content import FieldGroup


class Side:
    """Names of the two sides, as merge answers."""

    LOCAL = "local"
    REMOTE = "remote"


class Reason(StrEnum):
    """Why something waits: a code, because the head knows no language. `sync.sentences` has the words for the owner."""

    UNREADABLE = "unreadable"
    READ_ONLY = "read_only"
    GUESTS = "guests"
    NOT_OURS = "not_ours"
    NOT_GRANTED = "not_granted"


@dataclass(frozen=True, slots=True)
class Action:
    """Base of all; `link` is the link's id."""

    link: str


@dataclass(frozen=True, slots=True)
class Nothing(Action):
    """Both sides stand as last agreed."""


@dataclass(frozen=True, slots=True)
class RecordAgreement(Action):
    """Both sides say the same: write it down as the base."""


@dataclass(frozen=True, slots=True)
class CreateRemote(Action):
    """Write the local item to its calendar. `again`: it existed there before, so href and UID are made anew."""

    again: bool = False
    survived: bool = False  # an edit here outlived a deletion there: tell


@dataclass(frozen=True, slots=True)
class UpdateRemote(Action):
    """Patch these groups of the remote text."""

    groups: frozenset[FieldGroup] = frozenset()


@dataclass(frozen=True, slots=True)
class DeleteRemote(Action):
    """Delete the remote item: evidence was found, see planner."""

    asked_here: bool = True


@dataclass(frozen=True, slots=True)
class CreateLocal(Action):
    """Make (or revive) the local item. `survived`: an edit there outlived a deletion here: tell."""

    survived: bool = False


@dataclass(frozen=True, slots=True)
class UpdateLocal(Action):
    """Take these groups from the remote side."""

    groups: frozenset[FieldGroup] = frozenset()


@dataclass(frozen=True, slots=True)
class DeleteLocal(Action):
    """What that means per kind: block gone, meeting and call to the trash, task unscheduled, attendance ended."""


@dataclass(frozen=True, slots=True)
class Merge(Action):
    """Both changed: each group from the side named; `lost` are the groups whose loser must be kept for 30 days.

    A group that is not named stays as it is on both sides, and in the base: the other direction may have to wait.
    """

    winners: Mapping[FieldGroup, str] = field(default_factory=dict)  # group → Side
    lost: Mapping[FieldGroup, str] = field(default_factory=dict)  # group → Side whose version lost


@dataclass(frozen=True, slots=True)
class MoveLink(Action):
    """The same UID turned up in another observed calendar and is gone from this one."""

    calendar: str = ""


@dataclass(frozen=True, slots=True)
class ForgetLink(Action):
    """Both sides are gone, or the sync's own doing ended the item: drop the link."""


@dataclass(frozen=True, slots=True)
class Wait(Action):
    """Nothing may be done before something is known or allowed: `reason` is a `Reason`."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bug(Action):
    """An impossible state: touch nothing, tell the operator."""

    reason: str = ""
