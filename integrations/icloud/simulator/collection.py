"""One row of an account's home: a calendar, the reminders, an inbox, a subscription."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from integrations.icloud.simulator.contents import Contents, Resource

Kind = Literal["calendar", "tasks", "inbox", "outbox", "notification", "subscribed"]
Access = Literal["owner", "read", "write-content"]
Shared = Literal["", "shared", "shared-owner"]

EVENTS = ("VEVENT",)


@dataclass(slots=True)
class Collection:
    """How one account sees a calendar. `components` is None where the server does not tell."""

    dsid: str
    id: str
    kind: Kind
    name: str
    contents: Contents
    color: str = "#1BADF8FF"
    symbolic_color: str = ""
    order: int = 0
    components: tuple[str, ...] | None = EVENTS
    access: Access = "owner"
    shared: Shared = ""
    source: str = ""  # a subscription's webcal address

    @property
    def path(self) -> str:
        """Return the decoded path, with a final slash."""
        return f"/{self.dsid}/calendars/{self.id}/"

    @property
    def resources(self) -> dict[str, Resource]:
        """Return what is stored, by name."""
        return self.contents.resources

    @property
    def holds_members(self) -> bool:
        """Return whether events or tasks can be stored here at all."""
        return self.kind in ("calendar", "tasks")

    @property
    def writable(self) -> bool:
        """Return whether this account may change what is stored."""
        return self.holds_members and self.access != "read"

    def named(self, uid: str) -> Resource | None:
        """Return a resource that has this UID."""
        names = self.contents.uids.get(uid)
        return self.resources[min(names)] if names else None
