"""The ground the probe stands on: two calendars of its own, and short words for what it asks of them. No guests."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from integrations.gateway import bodies
from integrations.gateway.errors import GatewayError
from integrations.gateway.multistatus import dav
from integrations.gateway.raw import Raw, Said

NAME = "Halfpast probe"
_XML = {"Content-Type": "application/xml; charset=utf-8"}
_TEXT = {"Content-Type": "text/calendar; charset=utf-8"}
_NEW = {"If-None-Match": "*"}
#: when is looked again for what is not there yet (seconds after the write)
LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0)


class Unprepared(Exception):
    """The ground could not be prepared, or a plain event not stored: nothing can be said. The message is a word."""


@dataclass
class Ground:
    """`entry` and `home` are addresses; `calendar` and `other` are those of the two calendars, with a final slash."""

    raw: Raw
    entry: str
    home: str
    sleep: Callable[[float], None]
    calendar: str = ""
    other: str = ""

    # questions

    def propfind(self, url: str, *names: str, depth: int = 0, follow: bool = True, sign_in: bool = True) -> Said:
        """Ask for properties."""
        body = bodies.propfind(names)
        headers = {"Depth": str(depth), **_XML}
        return self.raw.ask("PROPFIND", url, body, headers, follow=follow, sign_in=sign_in)

    def report(self, body: str, calendar: str = "") -> Said:
        """Ask for a report on a calendar."""
        return self.raw.ask("REPORT", calendar or self.calendar, body, {"Depth": "1", **_XML})

    def sync(self, token: str = "", more: str = "") -> Said:
        """Ask for what changed since a token."""
        body = bodies.sync_collection(token)
        return self.report(body.replace("<d:prop>", f"{more}<d:prop>"))

    def multiget(self, *names: str) -> Said:
        """Ask for bodies by their names."""
        path = re.sub(r"^https?://[^/]+", "", self.calendar)
        return self.report(bodies.multiget(path + name for name in names))

    def get(self, name: str) -> Said:
        """Ask for one event."""
        return self.raw.ask("GET", self.calendar + quote(name))

    def etag(self, name: str) -> str:
        """Return an event's ETag as a listing tells it, or ""."""
        rows = self.propfind(self.calendar + name, "d:getetag").rows()
        return rows[0].text(dav("getetag")) if rows else ""

    # writes

    def put(self, name: str, text: str, calendar: str = "", condition: Mapping[str, str] = _NEW) -> Said:
        """Store an event under a name."""
        url = (calendar or self.calendar) + quote(name)
        return self.raw.ask("PUT", url, text, {**_TEXT, **condition})

    def stored(self, *more: str) -> str:
        """Store a plain event and return its name."""
        name = f"{uuid.uuid4()}.ics"
        said = self.put(name, event(name.removesuffix(".ics"), *more))
        if not said.done:
            raise Unprepared(f"a plain event was refused with {said.status}")
        return name

    def delete(self, name: str, etag: str) -> Said:
        """Delete the version of an event that has this ETag."""
        return self.raw.ask("DELETE", self.calendar + name, headers={"If-Match": etag})

    def seen_after(self, there: Callable[[], bool]) -> float | None:
        """Return how many seconds after now something is there; None: not within the last look."""
        waited = 0.0
        for moment in LOOKS:
            if moment > waited:
                self.sleep(moment - waited)
                waited = moment
            if there():
                return waited
        return None

    # the calendars

    def make(self, url: str) -> None:
        """Make a calendar."""
        said = self.raw.ask("MKCALENDAR", url, bodies.make_calendar(NAME), _XML)
        if not said.done:
            raise Unprepared(f"a calendar could not be made ({said.status})")

    def remove(self, url: str) -> bool:
        """Remove a calendar that was made here; return whether it is gone."""
        try:
            return self.raw.ask("DELETE", url).status in (200, 204, 404)
        except GatewayError:
            return False


@contextmanager
def prepared(ground: Ground, left_behind: Callable[[], None]) -> Iterator[Ground]:
    """Make the two calendars, and remove them in any case; `left_behind` is called when one could not be."""
    ground.calendar, ground.other = (f"{ground.home.rstrip('/')}/{uuid.uuid4()}/" for _ in range(2))
    try:
        ground.make(ground.calendar)
        ground.make(ground.other)
        yield ground
    finally:
        gone = [ground.remove(url) for url in (ground.calendar, ground.other)]
        if not all(gone):
            left_behind()


def event(uid: str, *more: str, end: bool = True, start: str = "", head: str = "", stamp: str = "") -> str:
    """Return a plain event in ten days; `more` are lines of its own, `head` goes before it."""
    begin = datetime.now(UTC) + timedelta(days=10)
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Halfpast//Probe//EN", *([head] if head else [])),
        *("BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp or begin.strftime('%Y%m%dT%H%M%SZ')}"),
        start or f"DTSTART:{begin:%Y%m%dT090000Z}",
        *([f"DTEND:{begin:%Y%m%dT100000Z}"] if end else []),
        *(f"SUMMARY:{NAME}", *more, "END:VEVENT", "END:VCALENDAR", ""),
    ]
    return "\r\n".join(lines)
