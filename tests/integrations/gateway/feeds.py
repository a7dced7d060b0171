"""A calendar file on a web server, and what a person does with it elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.gateway.feed.address import path_of
from integrations.gateway.feed.event import hashed
from tests.integrations.gateway.puppet import Act, Heard, Puppet, answer

SECRET = "private-0123456789abcdef"


@dataclass
class FeedFile:
    """The file: what it says by UID, and how its server answers. `turn` plays another answer once."""

    events: dict[str, str] = field(default_factory=dict)
    name: str = "Holidays"
    zones: str = ""
    validators: bool = True
    turns: list[bytes | Act] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    @property
    def text(self) -> str:
        head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Else//EN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:{self.name}\r\n"
        return f"{head}{self.zones}{''.join(self.events.values())}END:VCALENDAR\r\n"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"'

    @property
    def path(self) -> str:
        return path_of(self.url)

    def answer(self, heard: Heard) -> bytes | Act:
        self.heard.append(heard)
        if self.turns:
            return self.turns.pop(0)
        if not self.validators:
            return answer(200, self.text, "Content-Type: text/calendar")
        if heard.headers.get("if-none-match") == self.etag:
            return answer(304, "", f"ETag: {self.etag}")
        return answer(200, self.text, f"ETag: {self.etag}", "Content-Type: text/calendar")

    # as another client would

    def make_calendar(self, name: str) -> str:
        self.name = name
        return self.path

    def put(self, calendar: str, text: str, name: str = "") -> str:
        uid = re.search(r"^UID:(.*?)\r?$", text, re.MULTILINE)
        assert uid
        self.events[uid[1]] = inside(text)
        return f"{calendar}{hashed(uid[1])}.ics"

    def edit(self, href: str, old: str, new: str) -> None:
        uid = self._uid(href)
        self.events[uid] = self.events[uid].replace(old, new)

    def delete(self, href: str) -> None:
        del self.events[self._uid(href)]

    def read(self, href: str) -> str | None:
        return self.events.get(self._uid(href))

    def hrefs(self, calendar: str) -> list[str]:
        return sorted(f"{calendar}{hashed(uid)}.ics" for uid in self.events)

    def _uid(self, href: str) -> str:
        return next(uid for uid in self.events if hashed(uid) in href)


def inside(text: str) -> str:
    """Return the events of a calendar text, without the calendar around them."""
    return text[text.index("BEGIN:VEVENT") : text.rindex("END:VCALENDAR")]


@contextmanager
def a_feed() -> Iterator[tuple[FeedFile, Puppet]]:
    """Serve a file at a secret address."""
    feed = FeedFile()
    server = Puppet(feed.answer)
    feed.url = f"{server.url}{SECRET}/basic.ics?key={SECRET}"
    try:
        yield feed, server
    finally:
        server.close()
