"""What must hold when a story is over and everybody has synced (docs/reliability.md): each breach is a sentence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Component

from agenda.models import Activity, Block
from agenda.visibility import view_of
from integrations.models import Conflict, Connection, Link
from operations.simulation.history import HERE, Edit, Removal, instant, tag_of
from operations.simulation.phone import said
from operations.simulation.story import PEOPLE
from operations.simulation.world import World

CYCLES, QUIET = 3, 10


@dataclass(frozen=True, slots=True)
class Event:
    """One event in somebody's calendar, read by another library than Halfpast's fast reader."""

    who: str
    calendar: str
    text: str
    component: Component

    @property
    def title(self) -> str:
        """Return its title."""
        return str(self.component.get("SUMMARY", ""))

    @property
    def tag(self) -> str:
        """Return the tag that its title bears."""
        return tag_of(self.title)

    @property
    def start(self) -> str:
        """Return its start as an instant in UTC, or its date."""
        return _when(self.component.decoded("DTSTART"))


def _when(moment: date) -> str:
    if isinstance(moment, datetime):
        return instant(moment.astimezone(UTC))
    return moment.isoformat()


def settled(world: World) -> Iterator[str]:
    """Sync everybody with nothing going wrong: three cycles must do, and ten more must write nothing (I1, I2)."""
    world.server.faults.clear()
    if world.habit == "lag":
        world.behave("plain")
    world.shift(25 * 3600.0)  # what a server once told wrongly is found by the daily listing
    _repair(world)
    for _cycle in range(CYCLES):
        _cycle_all(world)
    before, writes = _state(world), _writes(world)
    for _cycle in range(QUIET):
        _cycle_all(world)
    if _writes(world) != writes:
        yield f"I2: after {CYCLES} cycles the next {QUIET} still wrote {_writes(world) - writes} times"
    if _state(world) != before:
        yield f"I2: after {CYCLES} cycles the next {QUIET} still changed rows"


def _cycle_all(world: World) -> None:
    for who in PEOPLE:
        world.shift(31 * 60.0)
        world.sync(who)


def _repair(world: World) -> None:
    """Let everybody whose password was refused give it once more."""
    broken = Connection.objects.filter(state=Connection.State.NEEDS_USER)
    broken.update(state=Connection.State.ACTIVE, refused_count=0, refused_at=None)


def _writes(world: World) -> int:
    return sum(one.verb in ("PUT", "DELETE", "MKCALENDAR") for one in world.server.log)


def _state(world: World) -> object:
    """Return all that ten quiet cycles may not change."""
    return (
        sorted(Activity.objects.values_list("pk", "revision", "deleted_at")),
        sorted(Block.objects.values_list("pk", "revision")),
        [
            (href, world.phone(who).calendar_of(href).resources[href].etag)
            for who in PEOPLE
            for href in world.hrefs(who)
        ],
    )


def breaches(world: World) -> Iterator[str]:
    """Yield what does not hold of the world as it stands now."""
    there = {who: list(_events(world, who)) for who in PEOPLE}
    waiting = _waiting(world, there)
    for who, events in there.items():
        yield from _same(world, who, events, waiting)
        yield from _blocks(world, who, events, waiting)
        yield from _kept(who, events)
    yield from _words(world, there)
    yield from _gone(world, there, waiting)
    yield from _conditions(world)
    yield from _evidence(world)


def _events(world: World, who: str) -> Iterator[Event]:
    device = world.phone(who)
    for href in world.hrefs(who):
        text = device.read(href)
        component = next(one for one in Calendar.from_ical(text).walk("VEVENT"))
        yield Event(who, href.split("/")[2], text, component)


def _waiting(world: World, there: dict[str, list[Event]]) -> set[str]:
    """Return the tags of what waits for its owner, or was refused by the server for good: it need not agree."""
    found: set[str] = set()
    by_href = {href: event.tag for who in PEOPLE for href, event in zip(world.hrefs(who), there[who], strict=True)}
    for link in Link.objects.select_related("activity", "block__owner", "connection__user"):
        if not (link.held_id or link.failures or link.state != Link.State.LINKED or link.needs_push):
            continue
        found.add(by_href.get(link.href.reveal(), ""))
        if link.activity:
            found.add(tag_of(link.activity.title))
        if link.block and (view := view_of(link.block.owner, link.block)):
            found.add(tag_of(view.title))
    return found - {""}


def _attended(world: World, who: str) -> dict[str, list[Activity]]:
    """Return what stands in a person's agenda, by tag."""
    user, found = world.people[who], defaultdict(list)
    standing = Activity.objects.filter(deleted_at=None, attendances__user=user, attendances__ended_at=None)
    for activity in standing:
        if activity.scheduled:
            found[tag_of(activity.title)].append(activity)
    return found


def _same(world: World, who: str, events: list[Event], waiting: set[str]) -> Iterator[str]:
    """Check that each activity stands once in the calendars of each who takes part, and says the same (I1, I4)."""
    for tag, activities in _attended(world, who).items():
        copies = [event for event in events if event.tag == tag]
        if len(activities) > 1:
            yield f"I4: {tag} is {len(activities)} activities of {who}"
        if tag in waiting:
            continue
        expected = 2 if tag in world.history.copied and any(_theirs(event) for event in copies) else 1
        if len(copies) not in (1, expected):
            yield f"I1/I4: {tag} stands {len(copies)} times in the calendars of {who}"
        for event in copies:
            if not (tag in world.history.copied and _theirs(event)):
                yield from _differences(who, activities[0], event)


def _theirs(event: Event) -> bool:
    return "X-PHONE-KEEPS" in event.text


def _differences(who: str, activity: Activity, event: Event) -> Iterator[str]:
    pairs = {
        "title": (activity.title, event.title),
        "place": (activity.location, str(event.component.get("LOCATION", ""))),
        "start": (_start_of(activity), event.start),
    }
    for what, (here, there) in pairs.items():
        if here != there:
            yield f"I1: {event.tag}: the {what} is {here!r} here and {there!r} in the calendar of {who}"


def _start_of(activity: Activity) -> str:
    moment = activity.start_date if activity.all_day else activity.start
    return _when(moment) if moment else ""


def _blocks(world: World, who: str, events: list[Event], waiting: set[str]) -> Iterator[str]:
    """Check that each imported event that is no activity is one block which says the same, and no other is (I12).

    What was dragged from an imported calendar into the target stays a block: the choice decides what comes in alone.
    """
    imported = {"home", "club"} | ({"work"} if world.story.both_imported else set())
    attended = _attended(world, who)
    private = [one for one in events if one.tag not in attended and one.tag not in world.history.past]
    least = Counter(event.title for event in private if event.calendar in imported)
    most = Counter(event.title for event in private)
    titles = Counter(_titles(world, who))
    for title in sorted(set(titles) | set(most)):
        if tag_of(title) not in waiting and not least[title] <= titles[title] <= most[title]:
            yield f"I1/I4/I12: {title!r} is {titles[title]} blocks of {who} and {least[title]} events"


def _titles(world: World, who: str) -> Iterator[str]:
    """Yield the titles of a person's blocks that are to be seen."""
    user = world.people[who]
    for block in Block.objects.filter(owner=user).exclude(hidden_by__deleted_at=None, hidden_by__isnull=False):
        if (view := view_of(user, block)) and block.spans.exists():
            yield view.title


def _kept(who: str, events: list[Event]) -> Iterator[str]:
    """Check that what a phone wrote and we do not understand is still there (I13)."""
    for event in events:
        uid = str(event.component.get("UID", ""))
        if uid.startswith("phone-") and not _theirs(event):
            yield f"I13: {event.tag} in the calendar of {who} lost what the phone had written"


def _words(world: World, there: dict[str, list[Event]]) -> Iterator[str]:
    """Check that every word is there, is kept as a loser, or was replaced or deleted by one who could know it (I3)."""
    found = _all_words(there)
    for said_first in world.history.edits:
        if said_first.group in ("life", "shift") or said_first.word in found:
            continue
        if not _explained(world, said_first):
            yield f"I3: {said_first.tag}: the {said_first.group} {said_first.word!r} ({said_first.where}) is lost"


def _explained(world: World, lost: Edit) -> bool:
    """Return whether a later edit or deletion, by somebody who may have known the word, stands for its loss."""
    history = world.history
    acts: list[Edit | Removal] = [one for one in history.edits if one.group == lost.group]
    later = [one for one in [*acts, *history.removals] if one.tag == lost.tag and one.order > lost.order]
    if lost.group == "notes" and lost.where != HERE and any(isinstance(one, Removal) for one in later):
        return True  # an attendee's own notes stay on his copy, and go with the meeting
    return any(history.may_have_known(lost, one) for one in later)


def _all_words(there: dict[str, list[Event]]) -> Words:
    """Return everything that anybody can still read anywhere, as one text."""
    parts = [event.text.replace("\r\n ", "") for events in there.values() for event in events]
    parts += [event.start for events in there.values() for event in events]
    parts += [f"{one.title} {one.location} {one.description} {_start_of(one)}" for one in Activity.objects.all()]
    parts += [one.version.reveal() for one in Conflict.objects.all()]
    for block in Block.objects.select_related("owner"):
        if view := view_of(block.owner, block):
            parts.append(f"{view.title} {view.place} {view.notes}")
    return Words("\n".join(parts))


class Words:
    """A text that is asked for whole words."""

    def __init__(self, text: str) -> None:
        """Keep the words: letters and digits, and instants whole."""
        self._words = set(re.findall(r"[0-9T:-]{10,}|[A-Za-z0-9]+", text))

    def __contains__(self, word: str) -> bool:
        """Return whether the word stands there, and not merely as a part of a longer one."""
        return word in self._words


def _gone(world: World, there: dict[str, list[Event]], waiting: set[str]) -> Iterator[str]:
    """Check that nothing deleted came back, unless somebody said something of it that the deleter did not know (I5)."""
    for removal in world.history.removals:
        left = removal.tag in waiting or removal.tag in world.history.copied  # the original stands beside its copy
        if left or removal.where == HERE or _may_return(world, removal):
            continue
        back = [event for event in there[removal.where] if event.tag == removal.tag]
        if back:
            yield f"I5: {removal.tag}, deleted in the calendar of {removal.where}, is there again"


def _may_return(world: World, removal: Removal) -> bool:
    """Return whether something was said of the thing that the deleter cannot have known, or later."""
    about = [one for one in world.history.edits if one.tag == removal.tag and one.where != removal.where]
    return any(one.order > removal.order or not world.history.had_reached(one, removal) for one in about)


def _conditions(world: World) -> Iterator[str]:
    """Check that no write went out without a condition (I11)."""
    for request in world.server.log:
        if request.verb in ("PUT", "DELETE") and not request.condition:
            yield f"I11: a {request.verb} went out without a condition"


def _evidence(world: World) -> Iterator[str]:
    """Check that each DELETE followed somebody's act; of what Halfpast did not make, an act on that very item."""
    history = world.history
    for deletion in world.deletions:
        acts = [one for one in history.removals if one.tag == deletion.tag and one.order < deletion.order]
        named = [one for one in history.asked if one[1] == deletion.tag and one[0] < deletion.order]
        if not acts:
            yield f"deleted without a reason: {deletion.tag} in the calendar of {deletion.who}"
        elif deletion.born_on_phone and not named:
            yield f"deleted though Halfpast had not made it: {deletion.tag} in the calendar of {deletion.who}"


__all__ = ["breaches", "said", "settled"]
