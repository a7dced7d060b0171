"""Reads a multistatus as it comes: no tree, no DTD, bounded in depth, rows and text; memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from integrations.gateway.errors import Hostile, NotUnderstood, TooLarge
from integrations.gateway.feeder import feeder

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDARSERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"

MAX_ROWS = 100_000  # twice what iCloud lets an account hold (docs/icloud.md A33)
_MAX_DEPTH = 32
_MAX_TEXT = 20 * 1024 * 1024


def dav(name: str) -> str:
    """Return the name of a DAV element as the reader writes names."""
    return f"{DAV} {name}"


def caldav(name: str) -> str:
    """Return the name of a CalDAV element."""
    return f"{CALDAV} {name}"


class Value:
    """One property: its text, and the names, hrefs and component names found inside it."""

    __slots__ = ("components", "hrefs", "names", "text")

    def __init__(self) -> None:
        """Start empty."""
        self.text = ""
        self.names: list[str] = []
        self.hrefs: list[str] = []
        self.components: list[str] = []


class Row:
    """One response: its href as written, the status of the whole (0: none), and the properties that came with 2xx."""

    __slots__ = ("error", "href", "props", "status")

    def __init__(self) -> None:
        """Start empty."""
        self.href = ""
        self.status = 0
        self.props: dict[str, Value] = {}
        self.error = ""

    def text(self, name: str) -> str:
        """Return a property's text without outer blanks, or ""."""
        value = self.props.get(name)
        return value.text.strip() if value else ""

    def names(self, name: str) -> list[str]:
        """Return the names of the elements inside a property."""
        value = self.props.get(name)
        return value.names if value else []

    def hrefs(self, name: str) -> list[str]:
        """Return the hrefs inside a property."""
        value = self.props.get(name)
        return value.hrefs if value else []


class Multistatus:
    """Iterate over it for rows; `sync_token` is known when the iteration has ended."""

    def __init__(self, chunks: Iterable[bytes], max_rows: int = MAX_ROWS) -> None:
        """Read from `chunks`, lazily."""
        self.sync_token = ""
        self._chunks = chunks
        self._max_rows = max_rows
        self._ready: list[Row] = []
        self._rows = 0
        self._path: list[str] = []
        self._row = Row()
        self._value: Value | None = None
        self._found: dict[str, Value] = {}
        self._ok = True
        self._text: list[str] = []
        self._length = 0
        self._collecting = False

    def __iter__(self) -> Iterator[Row]:
        """Yield each row once it is complete; NotUnderstood for anything but a well-formed multistatus."""
        feed = feeder(self._start, self._end, self._data)
        for chunk in self._chunks:
            feed(chunk, False)
            yield from self._take()
        feed(b"", True)
        yield from self._take()

    def _take(self) -> list[Row]:
        ready, self._ready = self._ready, []
        return ready

    # what the parser tells

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        path = self._path
        path.append(name)
        depth = len(path)
        if depth > _MAX_DEPTH:
            raise Hostile("the server's answer is nested too deeply")
        if depth == 1 and name != "DAV: multistatus":
            raise NotUnderstood("the server's answer is not a multistatus")
        if depth > 5 and self._value is not None:
            self._start_inside(name, attributes)
        elif depth == 5 and path[3] == "DAV: prop":
            self._found[name] = self._value = Value()
            self._collect()
        elif depth == 2 and name == "DAV: response":
            self._start_row()
        elif depth == 3 and name == "DAV: propstat":
            self._found, self._ok = {}, True
        elif name in _TEXTS and depth <= 4:
            self._collect()

    def _start_row(self) -> None:
        self._rows += 1
        if self._rows > self._max_rows:
            raise TooLarge("the server lists too many items")
        self._row = Row()

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        assert self._value is not None  # noqa: S101 (the caller has looked)
        self._value.names.append(name)
        if name == "urn:ietf:params:xml:ns:caldav comp":
            self._value.components.append(attributes.get("name", "").upper())
        if name == "DAV: href":
            self._collect()

    def _collect(self) -> None:
        self._text, self._length, self._collecting = [], 0, True

    def _data(self, text: str) -> None:
        if self._collecting:
            self._length += len(text)
            if self._length > _MAX_TEXT:
                raise TooLarge("one item in the server's answer is too large")
            self._text.append(text)

    def _end(self, name: str) -> None:
        depth = len(self._path)
        if depth > 5:
            self._end_inside(name)
        elif depth == 5:
            self._end_property()
        elif depth == 2 and name == "DAV: response":
            self._ready.append(self._row)
        elif depth == 3 and name == "DAV: propstat":
            if self._ok:
                self._row.props.update(self._found)
        elif name in _TEXTS:
            self._end_text(name, depth)
        self._path.pop()

    def _end_inside(self, name: str) -> None:
        if name == "DAV: href" and self._collecting and self._value is not None:
            self._value.hrefs.append("".join(self._text).strip())
            self._collecting = False

    def _end_property(self) -> None:
        if self._value is not None:
            self._value.text = "".join(self._text) if self._collecting else ""
        self._value, self._collecting = None, False

    def _end_text(self, name: str, depth: int) -> None:
        text = "".join(self._text).strip()
        self._collecting = False
        if name == "DAV: sync-token" and depth == 2:
            self.sync_token = text
        elif name == "DAV: href" and depth == 3:
            self._row.href = self._row.href or text
        elif name == "DAV: status" and depth == 3:
            self._row.status = status_of(text)
        elif name == "DAV: status" and depth == 4:
            self._ok = status_of(text) // 100 == 2


_TEXTS = frozenset({"DAV: href", "DAV: status", "DAV: sync-token"})


def status_of(line: str) -> int:
    """Return the code in a status line such as "HTTP/1.1 404 Not Found"; 0 when there is none."""
    for word in line.split()[:2]:
        if len(word) == 3 and word.isdigit():
            return int(word)
    return 0
