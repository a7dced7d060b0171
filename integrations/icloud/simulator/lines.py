"""iCalendar as content lines: just enough to find, change and take out lines without touching the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')


@dataclass(frozen=True, slots=True)
class Line:
    """One unfolded line. `inside` are the components around it, the outermost first."""

    text: str
    inside: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the property's name in capitals."""
        found = _NAME.match(self.text)
        return found[0].upper() if found else ""

    @property
    def parameters(self) -> dict[str, str]:
        """Return the parameters, names in capitals, values without quotes."""
        return {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(self._head)}

    @property
    def value(self) -> str:
        """Return what stands after the colon."""
        return self.text[len(self._head) + 1 :]

    @property
    def _head(self) -> str:
        end = len(self.name)
        while found := _PARAMETER.match(self.text, end):
            end = found.end()
        return self.text[:end]

    def with_parameter(self, name: str, value: str) -> Line:
        """Return the line with a parameter set."""
        head = re.sub(rf';{name}=("[^"]*"|[^;:]*)', "", self._head, flags=re.IGNORECASE)
        return replace(self, text=f"{head};{name}={value}:{self.value}")

    def of_event(self) -> bool:
        """Return whether it is a property of an event itself."""
        return self.inside[-1:] == ("VEVENT",)


def read(text: str) -> list[Line]:
    """Return the lines, BEGIN and END with the component that they open or close around them."""
    return list(_placed(line for line in _FOLD.sub("", text).replace("\r\n", "\n").split("\n") if line))


def _placed(lines: Iterable[str]) -> Iterator[Line]:
    inside: tuple[str, ...] = ()
    for line in lines:
        if line.upper().startswith("BEGIN:"):
            inside = (*inside, line[6:].strip().upper())
        yield Line(line, inside)
        if line.upper().startswith("END:"):
            inside = inside[:-1]


def write(lines: Iterable[Line]) -> str:
    """Return the text, folded at 75 octets."""
    return "".join(_folded(line.text) for line in lines)


def changed(text: str, change: Callable[[Line], Line | None]) -> str:
    """Return the text with `change` applied to each line; None takes it out. Unchanged when no line is."""
    before = read(text)
    after = [line for old in before if (line := change(old)) is not None]
    return text if after == before else write(after)


def uid_of(text: str) -> str:
    """Return the UID of the first event or task, "" when there is none. A VALARM's own is not it (A69)."""
    for line in read(text) if text.upper().count("\nUID") > 1 else _quick(text):
        if line.name == "UID" and line.inside[-1:] != ("VALARM",):
            return line.value.strip()
    return ""


def _quick(text: str) -> list[Line]:
    found = re.search(r"^UID[;:][^\r\n]*(\r?\n[ \t][^\r\n]*)*", text, re.MULTILINE | re.IGNORECASE)
    return [Line(_FOLD.sub("", found[0]), ())] if found else []


def _folded(text: str) -> str:
    data = text.encode()
    pieces, start, room = [], 0, 75
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # not inside a character
            end -= 1
        pieces.append(data[start:end])
        start, room = end, 74
    pieces.append(data[start:])
    return b"\r\n ".join(pieces).decode() + "\r\n"
