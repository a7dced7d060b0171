"""What people do in more than one story."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from agenda.models import Activity
from agenda.services import activities
from tests.integrations.sync.stage import Stage, event, soon, stamp


def fill(stage: Stage, user: User, count: int, name: str = "uid") -> list[str]:
    """Let a phone make so many events in the calendar Home; return their hrefs."""
    phone, home = stage.phone(user), stage.path(user, "Home")
    return [
        phone.add(home, event(f"{name}-{n}", stamp(soon(2 + n % 20, 8 + n % 10)), title=f"P{n}")) for n in range(count)
    ]


def a_task(user: User, title: str = "Offer", days: int = 4) -> Activity:
    """Schedule a task for an hour."""
    start = soon(days)
    return activities.create(user, "task", title=title, due=start.date(), start=start, end=start + timedelta(hours=1))


def notes_of(text: str) -> str:
    """Return an event's notes as a person reads them."""
    unfolded = text.replace("\r\n ", "")
    [line] = [one for one in unfolded.split("\r\n") if one.startswith("DESCRIPTION:")]
    return line.removeprefix("DESCRIPTION:").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
