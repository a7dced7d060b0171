"""One VEVENT of a file: its text, and the little of it that tells which resource it belongs to. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace


def _line(name: str, value: str) -> re.Pattern[str]:
    return re.compile(rf"^{name}(?:;[^:\n]*)?:{value}", re.MULTILINE | re.IGNORECASE)


def _whole(names: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{names})[;:][^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE | re.IGNORECASE)


_UID = _line("UID", r"([^\n]*)")
_OVERRIDE = _line("RECURRENCE-ID", "")
_RULE = _line("(?:RRULE|RDATE)", "")
_START = re.compile(r"^DTSTART([^\n]*)", re.MULTILINE | re.IGNORECASE)
_SEQUENCE = _line("SEQUENCE", r"(\d{1,9})")
_MODIFIED = _line("LAST-MODIFIED", r"(\d{8}T\d{6})")
_ZONE = re.compile(r';TZID="?([^";:,\n]+)', re.IGNORECASE)
#: what says when a file was made or an event touched, not what the event says
_STAMPS = _whole("DTSTAMP|LAST-MODIFIED|CREATED|SEQUENCE")
_UID_LINES = _whole("UID")
_LONGEST_UID = 1000


def hashed(*texts: str) -> str:
    """Return a short hash of some texts."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode() + b"\0")
    return whole.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT as written, with LF line ends. What lies inside it (alarms have UIDs too) is source[inner:after]."""

    source: str = field(repr=False)  # the whole file: its text lies from `begin` to `end`, and is not copied
    begin: int
    end: int
    inner: int
    after: int
    uid: str = field(repr=False)  # its own; or one made from what it says, the same as long as it says the same
    said: str  # a hash of the text without its stamps
    override: bool  # it stands for one occurrence of a series
    repeats: bool
    start: str  # as written
    version: tuple[int, str]  # rises with each version
    zones: tuple[str, ...]  # the zones that it names
    named: bool = True  # its text bears its UID

    @property
    def text(self) -> str:
        """Return its text under its UID."""
        if self.named:
            return self.source[self.begin : self.end]
        outer, inner = self.source[self.begin : self.inner], self.source[self.inner : self.after]
        begin, _, rest = _UID_LINES.sub("", outer).partition("\n")
        return f"{begin}\nUID:{self.uid}\n{rest}{inner}{_UID_LINES.sub('', self.source[self.after : self.end])}"

    def with_uid(self, uid: str) -> Event:
        """Return the same event under another UID."""
        return replace(self, uid=uid, named=False)


def event_of(source: str, begin: int, end: int, inner: int, after: int) -> Event:
    """Return the event that stands in a file from its BEGIN line at `begin` to behind its END line at `end`."""
    own = (source[begin:inner] + source[after:end]).replace("\n ", "").replace("\n\t", "")
    said = hashed(_STAMPS.sub("", source[begin:end]))
    uid = _first(_UID, own).strip()[:_LONGEST_UID]
    return Event(
        source=source,
        begin=begin,
        end=end,
        inner=inner,
        after=after,
        uid=uid or f"{said}@halfpast",
        said=said,
        override=bool(_OVERRIDE.search(own)),
        repeats=bool(_RULE.search(own)),
        start=_first(_START, own),
        version=(int(_first(_SEQUENCE, own) or 0), _first(_MODIFIED, own)),
        zones=tuple(dict.fromkeys(name.strip() for name in _ZONE.findall(own))),
        named=bool(uid),
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
