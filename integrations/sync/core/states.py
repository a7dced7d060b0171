"""The three states a resource has for the planner: local, remote, base. Pure values; see docs/sync.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agenda.content import FieldGroup

#: field group → keyed hash of its canonical bytes
Fingerprints = Mapping[FieldGroup, str]


class Origin(StrEnum):
    """Who made the remote resource."""

    OURS = "ours"
    THEIRS = "theirs"


class Thing(StrEnum):
    """What the link's local side is. TASK is apart: deleted in iCloud it becomes unscheduled."""

    BLOCK = "block"
    MEETING = "meeting"
    CALL = "call"
    TASK = "task"
    NONE = "none"  # nothing yet: a listed resource that waits to be imported


class Evidence(StrEnum):
    """The positive reason why the local side is absent. Without one, absence is a bug and never a deletion."""

    TRASHED = "trashed"
    ATTENDANCE_ENDED = "attendance_ended"
    UNSCHEDULED = "unscheduled"
    OWNER_ACT = "owner_act"  # the owner acted on this very item (removed a block, chose "also in iCloud")


@dataclass(frozen=True, slots=True)
class Local:
    """The local side. Absent: fingerprints empty."""

    present: bool
    fingerprints: Fingerprints = field(default_factory=dict)
    changed_at: Mapping[FieldGroup, datetime] = field(default_factory=dict)  # when each group last changed here
    changed_by: Mapping[FieldGroup, str] = field(default_factory=dict)  # id of the user who changed it, by any way
    evidence: Evidence | None = None
    names_item: bool = False  # the act named this very remote item, so that it may be deleted though it is theirs
    asked_here: bool = False  # the absence is the doing of this connection's owner or of the organiser, in Halfpast


@dataclass(frozen=True, slots=True)
class Remote:
    """The remote side as last observed."""

    present: bool
    fingerprints: Fingerprints = field(default_factory=dict)  # without the fence
    fence: str = ""  # the fence's fingerprint, looked at for "same content" alone
    modified: datetime | None = None  # already clamped into (previous look, this look]
    proven: bool = False  # absent, and its href answered 404/410 in this run; also where nothing was ever written
    moved_to: str = ""  # id of another observed calendar where the same UID turned up
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """What both sides last agreed on: two halves, each compared with its own side alone."""

    local: Fingerprints
    remote: Fingerprints


@dataclass(frozen=True, slots=True)
class State:
    """One link, whole: all that the planner may look at."""

    link: str
    thing: Thing
    origin: Origin
    local: Local
    remote: Remote
    base: Base | None = None
    writable: bool = True  # the calendar admits writes and the grant allows them
    importable: bool = True  # in scope for creation: window, imported set, read scope
    pushable: bool = True  # in scope for creation: switches, connect date, write scope
    own_uid: bool = False  # one of our company's UIDs: never a block for someone who attends
    guests: bool = False  # the remote item has attendees
    may_mail_guests: bool = False  # the owner answered that this change may be sent, though guests get mail
    existed: bool = False  # the remote item was once confirmed to exist: made again, it needs a new href and UID
    agenda_writable: bool = True  # the grant lets the calendar write to the agenda
    user: str = ""  # id of the connection's user, who is taken for the author of every remote edit
