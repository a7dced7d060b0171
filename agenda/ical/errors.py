"""Why a resource could not be taken as an event."""

from __future__ import annotations

from agenda.content import When


class Unreadable(ValueError):
    """The text is broken beyond reading. `reason`: a sentence without content; `when`: its time, if legible."""

    def __init__(self, reason: str, when: When | None = None) -> None:
        """Keep the reason and the time, if any."""
        super().__init__(reason)
        self.reason = reason
        self.when = when


class NotAnEvent(ValueError):
    """The resource holds no VEVENT: a task, a journal, or nothing."""


class TooMuch(ValueError):
    """Expanding the series would take more work or more rows than is allowed."""
