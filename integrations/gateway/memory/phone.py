"""Another device of the same account: acts on the server at once, past faults, lag and the request log."""

from __future__ import annotations

from integrations.gateway.memory.calendar import MemoryAccount, MemoryCalendar
from integrations.gateway.memory.server import MemoryServer, uid_of


class Phone:
    """Somebody's telephone. Calendars are named by path, resources by href."""

    def __init__(self, server: MemoryServer, username: str) -> None:
        """Take the telephone of one account."""
        self._server = server
        self._account: MemoryAccount = server.accounts[username]

    def calendar_of(self, href: str) -> MemoryCalendar:
        """Return the calendar that an href lies in."""
        return self._account.calendars[href.rpartition("/")[0] + "/"]

    def add(self, calendar: str, text: str, name: str = "") -> str:
        """Make an event in the calendar at this path and return its href."""
        held = self._account.calendars[calendar]
        href = f"{calendar}{name or uid_of(text)}.ics"
        self._server.store(self._account, held, href, text)
        return href

    def edit(self, href: str, text: str) -> None:
        """Replace an event's text."""
        self._server.store(self._account, self.calendar_of(href), href, text)

    def delete(self, href: str) -> None:
        """Delete an event."""
        self._server.remove(self._account, self.calendar_of(href), href)

    def move(self, href: str, calendar: str) -> str:
        """Drag an event to another calendar (deleted here, put there) and return its new href."""
        text = self.read(href)
        self.delete(href)
        held, self._server.habits.uid_held_for = self._server.habits.uid_held_for, self._server.habits.lag * 0
        try:
            return self.add(calendar, text, href.rpartition("/")[2].removesuffix(".ics"))
        finally:
            self._server.habits.uid_held_for = held

    def read(self, href: str) -> str:
        """Return an event's text as the server holds it."""
        return self.calendar_of(href).resources[href].text

    def hrefs(self, calendar: str) -> list[str]:
        """Return the hrefs of a calendar in the order they were made."""
        return list(self._account.calendars[calendar].resources)
