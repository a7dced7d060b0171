"""What iCloud does with the people in an event: who gets mail, what is stamped or stripped. Pure: text in, text out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from integrations.icloud.simulator import lines
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.lines import Line
from integrations.icloud.simulator.mail import By, Mail, Method

#: a change of these is worth a mail (RFC 6638 §3.2.8)
_WORTH_A_MAIL = frozenset(
    "DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID SUMMARY LOCATION DESCRIPTION STATUS".split()
)


@dataclass(frozen=True, slots=True)
class People:
    """Who stands in one text, as seen by one account."""

    organiser: str = ""
    guests: dict[str, Line] = field(default_factory=dict)  # attendees who are not the account
    own: dict[str, str] = field(default_factory=dict)  # the account's attendee lines → PARTSTAT
    is_ours: bool = False  # the account organises it


@dataclass(frozen=True, slots=True)
class Writing:
    """One write as the scheduler sees it."""

    own: Callable[[str], bool]  # whether a calendar user address is the account's
    before: str  # "" when nothing was there
    after: str  # "" when it was deleted
    delivered: bool  # iCloud itself brought the invitation
    by: By
    habits: Habits


def people(text: str, own: Callable[[str], bool]) -> People:
    """Return who stands in a text; overrides are counted with their master."""
    organiser, guests, mine = "", dict[str, Line](), dict[str, str]()
    for line in lines.read(text) if "ATTENDEE" in text or "ORGANIZER" in text else ():
        if line.of_event() and line.name == "ORGANIZER":
            organiser = line.value.strip()
        elif line.of_event() and line.name == "ATTENDEE":
            if own(line.value):
                mine[line.value.strip()] = line.parameters.get("PARTSTAT", "NEEDS-ACTION").upper()
            else:
                guests[line.value.strip()] = line
    return People(organiser, guests, mine, bool(organiser) and own(organiser))


def mails(writing: Writing) -> list[Mail]:
    """Return the mails that a write causes."""
    before, after = people(writing.before, writing.own), people(writing.after, writing.own)
    uid = lines.uid_of(writing.after or writing.before)
    sender = after if writing.after else before
    if sender.is_ours:
        return [
            Mail(method, sender.organiser, guest, uid, why, writing.by)
            for method, guest, why in _to_guests(writing, before, after)
        ]
    if not (writing.delivered and before.own):
        return []
    return [Mail("REPLY", before.organiser, before.organiser, uid, why, writing.by) for why in _reply(before, after)]


def _to_guests(writing: Writing, before: People, after: People) -> Iterator[tuple[Method, str, str]]:
    moved = _matters(writing.before) != _matters(writing.after)
    for guest, line in {**before.guests, **after.guests}.items():
        if not _reachable(line, writing.habits):
            continue
        if guest not in after.guests:
            yield "CANCEL", guest, "removed" if writing.after else "deleted"
        elif guest not in before.guests:
            yield "REQUEST", guest, "invited"
        elif moved:
            yield "REQUEST", guest, "changed"


def _reply(before: People, after: People) -> Iterator[str]:
    """Yield what the organiser is told of an invitation that was answered or deleted (A72, A73)."""
    if not after.own:
        yield "declined by deleting"
    elif before.own != after.own:
        yield f"answered {next(iter(after.own.values()))}"


def _matters(text: str) -> list[str]:
    return [line.text for line in lines.read(text) if line.of_event() and line.name in _WORTH_A_MAIL]


def _reachable(line: Line, habits: Habits) -> bool:
    return _scheduled(line, habits) and not _undeliverable(line)


def _scheduled(line: Line, habits: Habits) -> bool:
    """Return whether the server takes care of a guest; SCHEDULE-AGENT was never measured on iCloud (A74)."""
    agent = line.parameters.get("SCHEDULE-AGENT", "SERVER").upper()
    return habits.schedule_agent == "ignored" or agent == "SERVER"


def _undeliverable(line: Line) -> bool:
    return line.value.lower().rstrip().endswith(".invalid")


def stamped(text: str, own: Callable[[str], bool], habits: Habits) -> str:
    """Return the text as the server stamps it after it has mailed: each guest's SCHEDULE-STATUS (A70)."""

    def stamp(line: Line) -> Line:
        if not (line.of_event() and line.name == "ATTENDEE") or own(line.value) or not _scheduled(line, habits):
            return line
        return line.with_parameter("SCHEDULE-STATUS", '"5.1"' if _undeliverable(line) else '"1.1"')

    return lines.changed(text, stamp) if people(text, own).is_ours else text


def stripped(text: str) -> str:
    """Return the text without attendees, as iCloud stores it when their organiser is missing or foreign (A71)."""
    return lines.changed(text, lambda line: None if line.of_event() and line.name == "ATTENDEE" else line)
