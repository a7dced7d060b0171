"""What an event says, as a frozen value: the one language that iCalendar text, the agenda and the sync share. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class FieldGroup(StrEnum):
    """The groups of fields that are compared and merged as a whole."""

    TIME = "time"
    TITLE = "title"
    PLACE = "place"
    NOTES = "notes"
    FENCE = "fence"


#: The groups that both sides may edit. The fence is written by Halfpast alone.
MERGED_GROUPS = (FieldGroup.TIME, FieldGroup.TITLE, FieldGroup.PLACE, FieldGroup.NOTES)


class TimeKind(StrEnum):
    """Three kinds of time, never mixed: a date, an instant with its zone, a wall time without one."""

    DATE = "date"
    ZONED = "zoned"
    FLOATING = "floating"


class Busy(StrEnum):
    """What an event does to its owner's availability, as the event itself says."""

    BUSY = "busy"
    TENTATIVE = "tentative"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class When:
    """Start and exclusive end. DATE: two dates; ZONED: two aware datetimes; FLOATING: two naive datetimes."""

    kind: TimeKind
    start: date
    end: date
    zone: str = ""  # IANA name the start was given in ("UTC" for a Z time); empty for DATE and FLOATING

    def instants(self, home: ZoneInfo) -> tuple[datetime, datetime]:
        """Return start and end as UTC instants; dates and wall times are read in `home`, the owner's zone.

        The end is never before the start, not even where a wall time starts in an hour that the clock jumps over.
        """
        start = _instant(self.start, home)
        return start, max(start, _instant(self.end, home))

    def canonical(self) -> str:
        """Return the text that two equal times share, whatever zone names they use."""
        if self.kind is TimeKind.ZONED and isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return f"{self.kind}|{self.start.astimezone(UTC).isoformat()}|{self.end.astimezone(UTC).isoformat()}"
        return f"{self.kind}|{self.start.isoformat()}|{self.end.isoformat()}"


def _instant(moment: date, home: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=home)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class EventContent:
    """One calendar resource as far as Halfpast understands it: the single event, or a series' master."""

    uid: str
    when: When
    title: str = ""
    place: str = ""
    notes: str = ""  # without the fence
    fence: str = ""  # the inside of our fenced part of the notes, without its markers
    busy: Busy = Busy.BUSY
    cancelled: bool = False
    declined: bool = False  # the owner himself has declined
    series: str = ""  # canonical text of rules, exceptions and overrides; empty for a single event
    guests: int = 0  # number of ATTENDEE lines
    invitation: bool = False  # organised by somebody else
    modified: datetime | None = None  # LAST-MODIFIED, in UTC

    @property
    def recurring(self) -> bool:
        """True for a series."""
        return bool(self.series)

    @property
    def shown(self) -> bool:
        """False for what is cancelled or declined: such events are no blocks."""
        return not (self.cancelled or self.declined)

    def canonical(self, group: FieldGroup) -> bytes:
        """Return the bytes of one field group that a fingerprint is made of."""
        match group:
            case FieldGroup.TIME:
                text = f"{self.when.canonical()}|{self.busy}|{self.shown:d}|{self.series}"
            case FieldGroup.TITLE:
                text = one_line(self.title).strip()
            case FieldGroup.PLACE:
                text = _squeezed(self.place)
            case FieldGroup.NOTES:
                text = _squeezed(self.notes)
            case FieldGroup.FENCE:
                text = _squeezed(self.fence)
        return text.encode()


_BROKEN = re.compile(r"\s*[\n\t\v\f\r\x1c-\x1e\x85\u2028\u2029]\s*")


def one_line(text: str) -> str:
    """Return text without line breaks and tabs: a title may end up where a second line would be read as a command."""
    return text if text.isprintable() else _BROKEN.sub(" ", text)


def _squeezed(text: str) -> str:
    """Return text without the differences that servers make by themselves: line ends and outer blanks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


@dataclass(frozen=True, slots=True)
class Span:
    """One drawn stretch of time of a block or a series. `when` as in EventContent."""

    when: When
    recurrence_id: str = ""  # canonical: the UTC instant, wall time or date of the original slot; empty for a single
    busy: Busy = Busy.BUSY
    title: str | None = None  # an override's own, else None
    place: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """The spans of a resource inside a window, and the facts a reader needs about the rest."""

    spans: tuple[Span, ...] = field(default_factory=tuple)
    complete: bool = True  # False: the resource goes on after the window
