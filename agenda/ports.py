"""What the agenda wants to know of others, as Protocols with null forms. The upper apps register the real thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import User
    from agenda.content import EventContent, FieldGroup
    from agenda.models import Activity, Block

ConversionMode = Literal["in_place", "copy"]


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """How one connection of a user fares. `reason` is a sentence for its owner, "" when all is well.

    `news` says in a few words what the last sync changed, "" when nothing. `repair_url`: the page on which its owner
    can set it right, "" when nothing is his to do.
    """

    id: UUID
    entry_name: str
    state: str
    last_success_at: datetime | None
    next_sync_at: datetime | None
    reason: str
    running: bool
    news: str = ""
    waits: int = 0  # how many things wait for its owner
    repair_url: str = ""


@dataclass(frozen=True, slots=True)
class CalendarMark:
    """An imported calendar as its owner knows it: his eyes only, so its repr says no name. `color`: "#rrggbb" or ""."""

    id: UUID
    name: str = field(repr=False)
    color: str
    entry_name: str


@dataclass(frozen=True, slots=True)
class SyncCard:
    """Where one copy of a thing stands: its owner's eyes only, so its repr says no name.

    `state`: linked, waiting, stuck or held, with a `reason` for the last two. `came_from`: where the last change was
    made, "here", "there" or "". `again_url` is posted to, `attention_url` is the page of an answer; "" for neither.
    """

    entry_name: str
    calendar: str = field(repr=False)
    state: str
    agreed_at: datetime | None
    came_from: str
    reason: str = field(repr=False)
    again_url: str = ""
    attention_url: str = ""


class SyncStatus(Protocol):
    """What the agenda asks of the sync."""

    def link_states(self, owner: User, activity_ids: Collection[UUID], block_ids: Collection[UUID]) -> dict[UUID, str]:
        """Return none|waiting|linked|stuck|held for each thing of `owner`; one that is left out has none."""
        ...

    def cards(self, owner: User, thing: Activity | Block) -> Sequence[SyncCard]:
        """Return where each copy of the thing stands in the calendars of `owner`; none of anybody else's."""
        ...

    def conversion_mode(self, block: Block) -> ConversionMode:
        """Return "in_place" where the event itself may be written, "copy" for read-only calendars and invitations."""
        ...

    def converted_in_place(self, owner: User, activity_ids: Collection[UUID]) -> set[UUID]:
        """Return which of these are linked to an event that `owner` himself made in his own calendar."""
        ...

    def event_behind(self, owner: User, activity: Activity) -> tuple[EventContent, str] | None:
        """Return what the event of `owner` that `activity` was made from says, and its calendar's name, or None."""
        ...

    def mark_also_remote(self, thing: Activity | Block, actor: User) -> None:
        """Write down that `actor` wants this very thing deleted in his own calendar too; call before deleting it.

        A block goes with its event: the sync removes it, or already now.
        """
        ...

    def connections(self, owner: User) -> Sequence[ConnectionStatus]:
        """Return how each connection of `owner` fares, oldest first."""
        ...

    def sync_now(self, user: User) -> int:
        """Ring all connections of `user` and return how many there are."""
        ...

    def calendars(self, owner: User) -> Sequence[CalendarMark]:
        """Return the calendars whose events come in as blocks of `owner`, connection by connection, by name."""
        ...

    def connect_url(self) -> str:
        """Return the page where a calendar is connected, or ""."""
        ...

    def health_url(self) -> str:
        """Return the page that tells how one's connections fare and what waits, or ""."""
        ...

    def attention_url(self) -> str:
        """Return the page of what waits for its owner, or ""."""
        ...


class ChangeGuard(Protocol):
    """Who else would hear of a change."""

    def guests(self, thing: Activity | Block) -> int:
        """Return how many guests the calendar server would mail when this is changed."""
        ...


class CalendarWriter(Protocol):
    """What becomes of a change that an owner makes to his own private event."""

    def refusal(self, block: Block) -> str:
        """Return why the event cannot be changed from here, in a sentence, or ""."""
        ...

    def writable(self, owner: User, block_ids: Collection[UUID]) -> set[UUID]:
        """Return which of the owner's blocks stand in a calendar that can be written to."""
        ...

    def edited(self, block: Block, groups: Collection[FieldGroup]) -> None:
        """Write down that the owner changed these groups; call after it, in the same transaction."""
        ...


class Freshness(Protocol):
    """How new what an agenda shows of somebody's calendars is."""

    def look(self, owner: User, *, within: timedelta) -> int:
        """Have the owner's calendars looked at unless they were within this time; return how many are."""
        ...


class NoSync:
    """The null form: nothing is connected."""

    def link_states(self, owner: User, activity_ids: Collection[UUID], block_ids: Collection[UUID]) -> dict[UUID, str]:
        """Return no state: nothing is linked."""
        return {}

    def cards(self, owner: User, thing: Activity | Block) -> Sequence[SyncCard]:
        """Return none: nothing is linked."""
        return []

    def conversion_mode(self, block: Block) -> ConversionMode:
        """Return "copy": there is no event to write to."""
        return "copy"

    def converted_in_place(self, owner: User, activity_ids: Collection[UUID]) -> set[UUID]:
        """Return none: nothing is linked."""
        return set()

    def event_behind(self, owner: User, activity: Activity) -> tuple[EventContent, str] | None:
        """Return None: nothing is linked."""
        return None

    def mark_also_remote(self, thing: Activity | Block, actor: User) -> None:
        """Do nothing: there is no other side."""

    def connections(self, owner: User) -> Sequence[ConnectionStatus]:
        """Return none."""
        return []

    def sync_now(self, user: User) -> int:
        """Ring nobody."""
        return 0

    def calendars(self, owner: User) -> Sequence[CalendarMark]:
        """Return none."""
        return []

    def connect_url(self) -> str:
        """Return no page."""
        return ""

    def health_url(self) -> str:
        """Return no page."""
        return ""

    def attention_url(self) -> str:
        """Return no page."""
        return ""


class NoGuests:
    """The null form: nobody is mailed."""

    def guests(self, thing: Activity | Block) -> int:
        """Return 0."""
        return 0


class NoWriter:
    """The null form: a private event without a calendar is not changed."""

    def refusal(self, block: Block) -> str:
        """Return that there is nothing to write to."""
        return _("This event's calendar is not connected.")

    def writable(self, owner: User, block_ids: Collection[UUID]) -> set[UUID]:
        """Return none."""
        return set()

    def edited(self, block: Block, groups: Collection[FieldGroup]) -> None:
        """Do nothing: there is no other side."""


class AsItIs:
    """The null form: nothing is older than it is."""

    def look(self, owner: User, *, within: timedelta) -> int:
        """Look at nothing."""
        return 0


_calendar_writer: CalendarWriter = NoWriter()
_freshness: Freshness = AsItIs()
_sync_status: SyncStatus = NoSync()
_change_guard: ChangeGuard = NoGuests()


def register_sync_status(status: SyncStatus) -> None:
    """Put the real thing in place; called once, from AppConfig.ready()."""
    global _sync_status
    _sync_status = status


def register_change_guard(guard: ChangeGuard) -> None:
    """Put the real thing in place; called once, from AppConfig.ready()."""
    global _change_guard
    _change_guard = guard


def sync_status() -> SyncStatus:
    """Return what was registered, or the null form."""
    return _sync_status


def change_guard() -> ChangeGuard:
    """Return what was registered, or the null form."""
    return _change_guard


def register_calendar_writer(writer: CalendarWriter) -> None:
    """Put the real thing in place; called once, from AppConfig.ready()."""
    global _calendar_writer
    _calendar_writer = writer


def register_freshness(freshness: Freshness) -> None:
    """Put the real thing in place; called once, from AppConfig.ready()."""
    global _freshness
    _freshness = freshness


def calendar_writer() -> CalendarWriter:
    """Return what was registered, or the null form."""
    return _calendar_writer


def freshness() -> Freshness:
    """Return what was registered, or the null form."""
    return _freshness
