"""The physical lines of a resource, of which single properties of the master VEVENT are exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agenda.ical.lines import PARAMETER, fold, parameters

MOST_LINES = 100_000  # of one text that is changed; ten thousand overrides have half as many

_BREAK = r"(?:\r*\n|\r|\Z)"
_LINE = re.compile(rf"[^\r\n]+{_BREAK}(?:[ \t][^\r\n]*{_BREAK})*+|{_BREAK}")
_NAME = re.compile(r"([A-Za-z0-9-]+)(?=[;:])")

_HEAD = re.compile(r'[A-Za-z0-9-]+((?:;[^=;:]+=(?:"[^"]*"|[^";:]*))*):')
_OF_THE_VALUE = frozenset({"ALTREP", "CHARSET", "ENCODING", "VALUE"})


class Body:
    """A resource's text as content lines; `changed` tells whether one was exchanged."""

    def __init__(self, text: str, master: int) -> None:
        """Find the content lines and the master: which one of the VEVENTs. Raises IndexError without it.

        Raises OverflowError for a text of more than `MOST_LINES`.
        """
        self._lines = _content_lines(text)
        self._break = "\r\n" if "\r\n" in text else "\n"
        events = list(_events(self._lines))
        self._first_event = events[0][0]
        self._begin, self._end = events[master]
        self.changed = False

    def text(self) -> str:
        """Return the whole text."""
        return "".join(self._lines)

    def put(self, name: str, line: str) -> None:
        """Make `line` (unfolded) the master's only property of that name; an empty one takes the property away."""
        places = self._places(name)
        if not line and not places:
            return
        written = "".join(f"{physical}{self._break}" for physical in fold(line)) if line else ""
        at = places[0] if places else self._room_for_more()
        for place in reversed(places):
            del self._lines[place]
            self._end -= 1
        if written:
            self._lines.insert(at, written)
            self._end += 1
        self.changed = True

    def put_text(self, name: str, value: str) -> None:
        """Make `value` (escaped) the master's only property of that name; what the old one said of its language stays.

        A link to another form of the old text (ALTREP) and its encoding go with it. An empty value takes it away.
        """
        kept = ""
        for place in self._places(name)[:1]:
            head = _HEAD.match(_joined(self._lines[place]))
            given = PARAMETER.finditer(head[1]) if head else ()
            kept = "".join(one[0] for one in given if one[1].upper() not in _OF_THE_VALUE)
        self.put(name, f"{name}{kept}:{value}" if value else "")

    def parameter(self, name: str, parameter: str) -> str:
        """Return a parameter of one of the master's properties, "" when it has none."""
        for place in self._places(name):
            head = _HEAD.match(_joined(self._lines[place]))
            return parameters(head[1]).get(parameter, "") if head else ""
        return ""

    def number(self, name: str) -> int:
        """Return a whole number among the master's properties, 0 when it has none."""
        for place in self._places(name):
            found = re.fullmatch(r"[^:]*:\s*(\d{1,9})\s*", _joined(self._lines[place]))
            return int(found[1]) if found else 0
        return 0

    def describes(self, tzid: str) -> bool:
        """Tell whether a VTIMEZONE of that name is in the text."""
        return any(_joined(line).strip() == f"TZID:{tzid}" for line in self._lines)

    def add_before_events(self, lines: list[str]) -> None:
        """Put content lines (a VTIMEZONE) before the first VEVENT."""
        self._insert(self._first_event, lines)
        self._begin, self._end = self._begin + len(lines), self._end + len(lines)

    def add_to_master(self, lines: list[str]) -> None:
        """Put content lines (an alarm) last into the master."""
        self._insert(self._end, lines)
        self._end += len(lines)

    def take_out(self, begin: int, end: int) -> None:
        """Take the lines from `begin` up to `end`, both included, out of the master."""
        del self._lines[begin : end + 1]
        self._end -= end + 1 - begin
        self.changed = True

    def alarms(self, uid: str) -> list[tuple[int, int]]:
        """Return where the master's alarms with that UID begin and end."""
        found, begin = [], -1
        for place in range(self._begin + 1, self._end):
            said = _name(self._lines[place])
            if said == "BEGIN" and begin < 0 and _value(self._lines[place]) == "VALARM":
                begin = place
            elif said == "END" and begin >= 0 and _value(self._lines[place]) == "VALARM":
                found.append((begin, place))
                begin = -1
        return [(begin, end) for begin, end in found if self.said_between(begin, end, "UID").upper() == uid]

    def said_between(self, begin: int, end: int, name: str) -> str:
        """Return the value of the first property of a name between two lines, "" when there is none."""
        lines = (_joined(line) for line in self._lines[begin : end + 1] if _name(line) == name)
        return next((line.partition(":")[2].strip() for line in lines), "")

    def _insert(self, place: int, lines: list[str]) -> None:
        self._lines[place:place] = ["".join(f"{part}{self._break}" for part in fold(line)) for line in lines]
        self.changed = True

    def _places(self, name: str) -> list[int]:
        """Return where the master's own properties of a name stand; what is nested in it (alarms) is not its own."""
        places, depth = [], 0
        for place in range(self._begin + 1, self._end):
            said = _name(self._lines[place])
            depth += (said == "BEGIN") - (said == "END")
            if not depth and said == name:
                places.append(place)
        return places

    def _room_for_more(self) -> int:
        """Return where a new property goes: before what is nested in the master, or before its end."""
        for place in range(self._begin + 1, self._end):
            if _name(self._lines[place]) == "BEGIN":
                return place
        return self._end


def _content_lines(text: str) -> list[str]:
    """Return the content lines as written; folded parts, and lines that are no property, stay with the one before."""
    found: list[list[str]] = []
    for number, match in enumerate(_LINE.finditer(text)):
        line = match[0]
        if number > MOST_LINES:
            raise OverflowError("too many lines")
        if found and not _name(line):
            found[-1].append(line)
        elif line:
            found.append([line])
    return ["".join(together) for together in found]


def _events(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where each VEVENT begins and ends."""
    begin, depth = -1, 0
    for place, line in enumerate(lines):
        said = _name(line)
        if begin < 0:
            if said == "BEGIN" and _value(line) == "VEVENT":
                begin, depth = place, 0
        elif said == "BEGIN":
            depth += 1
        elif said == "END" and depth:
            depth -= 1
        elif said == "END":
            yield begin, place
            begin = -1


def _name(line: str) -> str:
    found = _NAME.match(line) or _NAME.match(_joined(line))  # a fold may come before the colon
    return found[1].upper() if found else ""


def _value(line: str) -> str:
    return _joined(line).partition(":")[2].strip().upper()


def _joined(line: str) -> str:
    """Return a content line unfolded, without its break."""
    return re.sub(r"\r*\n[ \t]|\r[ \t]", "", line).rstrip("\r\n")
