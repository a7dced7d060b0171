"""The real calendar files that the icalendar and recurring-ical-events packages ship, and the resources in them.

A file holds a whole calendar; a server keeps one resource a UID. Such a file is therefore looked at whole, as a bad
server might send it, and taken apart as a good one would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from agenda.ical import careful, plain
from agenda.ical.decode import decoded
from agenda.ical.read import content_of
from agenda.ical.resource import assemble
from agenda.ical.vevent import Vevent

PACKAGES = ("icalendar", "recurring_ical_events")
ME = frozenset({"mailto:alice@icloud.example"})
_FOLD, _VALUE = re.compile(r"\r?\n[ \t]"), re.compile(r"(?<=:).*$", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True)
class RealFile:
    """One file as shipped, or one resource of it: its name, with that of its package, and its text."""

    name: str
    text: str

    @property
    def shape(self) -> str:
        """Return its lines without their values: texts of one program look alike."""
        return _VALUE.sub("", _FOLD.sub("", self.text))


@cache
def real_files() -> tuple[RealFile, ...]:
    """Return every .ics file of the packages, in the order of their names."""
    return tuple(
        RealFile(f"{package}/{path.relative_to(root)}", decoded(path.read_bytes()))
        for package in PACKAGES
        for root in [Path(str(files(package)))]
        for path in sorted(root.rglob("*.ics"))
    )


@cache
def resources() -> tuple[RealFile, ...]:
    """Return the resources of all files: one a UID, with the file's own head and zones."""
    return tuple(
        RealFile(f"{file.name}#{number}", text)
        for file in real_files()
        for number, text in enumerate(_taken_apart(file.text))
    )


def _taken_apart(text: str) -> Iterator[str]:
    head, zones, events = _components(_LINE.findall(text))
    by_uid: dict[str, list[str]] = {}
    for number, event in enumerate(events):
        found = re.search(r"^UID[^:\r\n]*:(.*?)\r?$", event, re.MULTILINE)
        by_uid.setdefault(found[1] if found else f"none {number}", []).append(event)
    end = "END:VCALENDAR" + ("\r\n" if "\r\n" in text else "\n")
    for together in by_uid.values():
        used = [zone for zone in zones if any(_tzid(zone) in event for event in together)]
        yield "".join([*head, *used, *together, end])


def _tzid(zone: str) -> str:
    found = re.search(r"^TZID[^:\r\n]*:(.*?)\r?$", zone, re.MULTILINE)
    return found[1] if found else "\0"


def _components(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return (lines before the components, VTIMEZONEs, VEVENTs), byte for byte."""
    head: list[str] = []
    found: dict[str, list[str]] = {"VTIMEZONE": [], "VEVENT": []}
    inside: list[str] = []
    kept: list[str] = []
    for line in lines:
        name, _, value = line.strip().upper().partition(":")
        if name == "BEGIN" and value != "VCALENDAR":
            inside.append(value)
        if inside:
            kept.append(line)
        elif not any(found.values()) and name != "END":
            head.append(line)
        if name == "END" and inside:
            inside.pop()
            if not inside:
                found.setdefault(value, []).append("".join(kept))
                kept = []
    return head, found["VTIMEZONE"], found["VEVENT"]


@dataclass(frozen=True)
class Reading:
    """How a set of texts was read: by the fast path, only by the careful one, or not at all; and where they differ."""

    texts: int
    events: int
    fast: int
    careful: int
    unreadable: int
    differing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the fast path's part of what can be read."""
        return self.fast / (self.fast + self.careful)


def read_twice(shipped: Iterable[RealFile]) -> Reading:
    """Read each text that holds an event both ways."""
    holding = [one for one in shipped if re.search("^BEGIN:VEVENT", one.text, re.MULTILINE | re.IGNORECASE)]
    ways = {one.name: (plain.events(one.text), _carefully(one.text)) for one in holding}
    return Reading(
        texts=len(holding),
        events=sum(len(slow) for _, slow in ways.values()),
        fast=sum(fast is not None for fast, _ in ways.values()),
        careful=sum(fast is None and bool(slow) for fast, slow in ways.values()),
        unreadable=sum(fast is None and not slow for fast, slow in ways.values()),
        differing=tuple(name for name, (fast, slow) in ways.items() if fast is not None and not _same(fast, slow)),
    )


def _carefully(text: str) -> list[Vevent]:
    try:
        return careful.events(text)
    except Exception:  # noqa: BLE001  whatever a parser does with a broken file
        return []


def _same(fast: list[Vevent], slow: list[Vevent]) -> bool:
    """Tell whether both ways found the same events, and the same content in them for their owner."""
    return fast == slow and content_of(assemble(fast), ME) == content_of(assemble(slow), ME)
