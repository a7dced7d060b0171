"""One iCalendar file as many resources: a UID with its overrides and its zones each. Pure.

A file is read whole or not at all: what is cut, or is no calendar, is never a listing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from integrations.gateway.errors import NotUnderstood, TooLarge
from integrations.gateway.feed.event import Event, event_of, hashed

#: more events than iCloud lets one account hold (docs/icloud.md A33) are no calendar of a person
MOST_EVENTS = 50_000
#: a zone's own rules are a few kilobytes; a larger one is left out, and its name has to do (characters)
LARGEST_ZONE = 64 * 1024
#: an event bears its zones along, up to this much of them: many events that name many large ones are no calendar
LARGEST_ZONES = 4 * LARGEST_ZONE
_LONGEST_NAME = 200

_EDGE = re.compile(r"^(BEGIN|END):([A-Z0-9-]+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_NAME = re.compile(r"^(?:X-WR-CALNAME|NAME)(?:;[^:\n]*)?:([^\n]*)", re.MULTILINE | re.IGNORECASE)
_COLOR = re.compile(r"^(?:X-APPLE-CALENDAR-COLOR|COLOR)(?:;[^:\n]*)?:(#[0-9A-F]{6})", re.MULTILINE | re.IGNORECASE)
_TZID = re.compile(r"^TZID(?:;[^:\n]*)?:([^\n]*)", re.MULTILINE | re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\,;])")


@dataclass(frozen=True, slots=True)
class Item:
    """One resource: its UID, and the VEVENTs that make it."""

    uid: str
    events: tuple[Event, ...] = field(repr=False)


@dataclass(repr=False)
class Document:
    """What the file holds. Its repr shows nothing of it."""

    name: str
    color: str
    items: dict[str, Item]
    zones: dict[str, str]

    def text(self, uid: str) -> str:
        """Return one resource as a calendar of its own, with CRLF, and with the zones that it names."""
        events = self.items[uid].events
        named = dict.fromkeys(name for event in events for name in event.zones)
        zones = _first_of([self.zones[name] for name in named if name in self.zones], LARGEST_ZONES)
        head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Halfpast//Calendar by link//EN\n"
        whole = f"{head}{''.join(zones)}{''.join(event.text for event in events)}END:VCALENDAR\n"
        return whole.replace("\n", "\r\n")

    @cached_property
    def etags(self) -> dict[str, str]:
        """Return UID → ETag: a hash of what the resource says, whenever the file was made (a Google file always is)."""
        zones = {name: hashed(text) for name, text in self.zones.items()}
        return {uid: f'"{hashed(*_said(item, zones))}"' for uid, item in self.items.items()}

    @property
    def digest(self) -> str:
        """Return a hash of all of it."""
        return hashed(*(f"{uid} {etag}" for uid, etag in sorted(self.etags.items())))


def _first_of(texts: list[str], most: int) -> list[str]:
    """Return the texts, from the first on, that together have at most so many characters."""
    sizes = accumulate(map(len, texts))
    return [text for text, size in zip(texts, sizes, strict=True) if size <= most]


def _said(item: Item, zones: dict[str, str]) -> Iterable[str]:
    yield from sorted(event.said for event in item.events)
    yield from sorted({zones[name] for event in item.events for name in event.zones if name in zones})


def parse(body: bytes) -> Document:
    """Return the file's content. NotUnderstood for what is cut or no calendar, TooLarge for too many events."""
    text = _text(body)
    if text.lstrip()[:15].upper() != "BEGIN:VCALENDAR":
        raise NotUnderstood("what is at this address is not a calendar file")
    events: list[Event] = []
    zones: dict[str, str] = {}
    head = len(text)
    for kind, start, (first, last, end) in _components(text):
        head = min(head, start)
        if kind == "VEVENT":
            events.append(event_of(text, start, end, first, last))
        elif kind == "VTIMEZONE" and end - start <= LARGEST_ZONE and (name := _TZID.search(text, start, end)):
            zones.setdefault(name[1].strip(), text[start:end])
        if len(events) > MOST_EVENTS:
            raise TooLarge(f"the calendar holds more than {MOST_EVENTS} events")
    return Document(_first(_NAME, text[:head]), _first(_COLOR, text[:head]), _items(events), zones)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"


def _first(pattern: re.Pattern[str], head: str) -> str:
    found = pattern.search(head.replace("\n ", "").replace("\n\t", ""))
    return _ESCAPED.sub(r"\1", found[1]).strip()[:_LONGEST_NAME] if found else ""


def _components(text: str) -> Iterable[tuple[str, int, tuple[int, int, int]]]:
    """Yield each component of the calendars: its name, its start, and where its inner components start and end.

    The last number is its own end. What is nested inside it is its reader's business; only its own end counts here.
    """
    inside, kind, start, first, last = False, "", 0, 0, 0
    end = 0
    for edge in _EDGE.finditer(text):
        opens, name = edge[1].upper() == "BEGIN", edge[2].upper()
        if name == "VCALENDAR":
            if kind or opens == inside or (opens and text[end : edge.start()].strip()):
                raise NotUnderstood("the calendar file is cut or broken")
            inside, end = opens, edge.end()
        elif not kind:
            if not (inside and opens):
                raise NotUnderstood("the calendar file is cut or broken")
            kind, start, first, last = name, edge.start(), 0, 0
        elif name == kind and not opens:
            after = edge.end() + 1
            yield kind, start, (first or edge.start(), last or edge.start(), after)
            kind = ""
        else:
            first, last = first or edge.start(), edge.end()
    if inside or not end or text[end:].strip():
        raise NotUnderstood("the calendar file is cut or broken")


def _items(events: Iterable[Event]) -> dict[str, Item]:
    """Return UID → resource."""
    by_uid: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_uid[event.uid].append(event)
    items = (item for uid, found in by_uid.items() for item in _of_one_uid(uid, found))
    return {item.uid: item for item in items}


def _of_one_uid(uid: str, events: list[Event]) -> list[Item]:
    """Return the resource of a UID; several where a careless program gave different events the same one.

    Of two versions of one event the newer counts (fault row 20).
    """
    masters: dict[str, Event] = {}
    for event in events:
        if not event.override:
            known = masters.get(event.start)
            masters[event.start] = event if known is None or event.version >= known.version else known
    overrides = [event for event in events if event.override]
    if len(masters) <= 1:
        return [Item(uid, (*masters.values(), *overrides))]
    series = next((start for start, event in masters.items() if event.repeats), next(iter(masters)))
    return [
        _renamed(f"{uid}-{hashed(start)[:12]}", (event, *(overrides if start == series else ())))
        for start, event in masters.items()
    ]


def _renamed(uid: str, events: tuple[Event, ...]) -> Item:
    return Item(uid, tuple(event.with_uid(uid) for event in events))
