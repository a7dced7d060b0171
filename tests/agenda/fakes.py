"""A sync that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from accounts.models import User
from agenda.content import EventContent
from agenda.models import Activity, Block
from agenda.ports import CalendarMark, ConnectionStatus, SyncCard


class FakeSync:
    """The SyncStatus of the tests."""

    def __init__(self) -> None:
        self.mode: Literal["in_place", "copy"] = "in_place"
        self.states: dict[UUID, str] = {}
        self.in_place: set[UUID] = set()
        self.behind: tuple[EventContent, str] | None = None
        self.marked: list[Activity | Block] = []
        self.connected: list[ConnectionStatus] = []
        self.rung: list[User] = []
        self.imported: list[CalendarMark] = []
        self.shown: list[SyncCard] = []

    def link_states(self, owner: User, activity_ids: Collection[UUID], block_ids: Collection[UUID]) -> dict[UUID, str]:
        return {key: self.states[key] for key in [*activity_ids, *block_ids] if key in self.states}

    def cards(self, owner: User, thing: Activity | Block) -> Sequence[SyncCard]:
        return self.shown

    def conversion_mode(self, block: Block) -> Literal["in_place", "copy"]:
        return self.mode

    def converted_in_place(self, owner: User, activity_ids: Collection[UUID]) -> set[UUID]:
        return self.in_place & set(activity_ids)

    def event_behind(self, owner: User, activity: Activity) -> tuple[EventContent, str] | None:
        return self.behind

    def mark_also_remote(self, thing: Activity | Block, actor: User) -> None:
        self.marked.append(thing)

    def connections(self, owner: User) -> Sequence[ConnectionStatus]:
        return self.connected

    def sync_now(self, user: User) -> int:
        self.rung.append(user)
        return len(self.connected)

    def calendars(self, owner: User) -> Sequence[CalendarMark]:
        return self.imported

    def connect_url(self) -> str:
        return "/marketplace/"

    def health_url(self) -> str:
        return "/manage/"

    def attention_url(self) -> str:
        return "/attention/"
