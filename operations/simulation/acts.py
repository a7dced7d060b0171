"""What each verb of a story does. What people may not do, or what is not there, is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils import timezone

from accounts.models import User
from agenda.models import Activity, Block
from agenda.services import activities, contacts, convert, deletion
from agenda.services.refusals import Refused
from agenda.visibility import view_of
from integrations.gateway.errors import GatewayError
from integrations.models import HeldPlan
from integrations.services import dispatch, held
from operations.simulation import phone
from operations.simulation.history import HERE, instant, tag_of
from operations.simulation.story import PEOPLE, Step
from operations.simulation.world import CALENDARS, World

T = TypeVar("T")
_COLUMNS = {"title": "title", "place": "location", "notes": "description"}


def play(world: World, step: Step) -> None:
    """Do one step. Refusals are part of a story; anything else that is raised is a bug."""
    world.shift(3.0)
    verb, *rest = step
    try:
        ACTS[verb](world, *rest)
    except (Refused, ValidationError, ObjectDoesNotExist, GatewayError) as error:
        world.trace.append(f"  refused: {type(error).__name__}")


def _chosen(things: Sequence[T], number: int) -> T:
    if not things:
        raise ObjectDoesNotExist
    return things[number % len(things)]


# --- in Halfpast ------------------------------------------------------------------------------------------------------


def plan(world: World, who: str, kind: str, with_others: bool) -> None:
    """Make a meeting, call or task."""
    user, start = world.people[who], world.new_start()
    title = f"T{world.words} {world.word()}"
    facts: dict[str, Any] = {"title": title, "start": start, "end": start + timedelta(hours=1)}
    if kind == Activity.Kind.CALL:
        facts["customer"] = contacts.find_or_make(user, "Dupont")
    if kind == Activity.Kind.TASK:
        facts["due"] = start.date()
    if with_others and kind == Activity.Kind.MEETING:
        facts["attendees"] = list(world.people.values())
    activities.create(user, kind, **facts)
    world.history.edited(tag_of(title), "title", title.split()[1], HERE)


def _mine(world: World, who: str, *, trashed: bool = False) -> list[Activity]:
    user = world.people[who]
    return [one for one in world.activities() if one.responsible_id == user.pk and bool(one.deleted_at) == trashed]


def edit(world: World, who: str, number: int, group: str) -> None:
    """Change one field group of an activity."""
    activity = _chosen(_mine(world, who), number)
    tag = tag_of(activity.title)
    if group == "time":
        start = world.new_start()
        times = {"start": start, "end": start + timedelta(hours=1), "all_day": False}
        activities.edit(world.people[who], activity, times)
        world.history.edited(tag, group, instant(start), HERE)
        return
    word = world.word()
    activities.edit(world.people[who], activity, {_COLUMNS[group]: f"{tag} {word}" if group == "title" else word})
    world.history.edited(tag, group, word, HERE)


def trash(world: World, who: str, number: int) -> None:
    """Delete an activity; of a converted event, every second time in the calendar too."""
    activity = _chosen(_mine(world, who), number)
    tag, also = tag_of(activity.title), bool(number % 2)
    given_back = deletion.delete_activity(world.people[who], activity, also_remote=also)
    world.history.removed(tag, HERE)
    if given_back is not None:
        world.history.edited(tag, "life", "", HERE)
        return
    if also:
        world.history.asked.append((world.history.next(), tag, who))


def restore(world: World, who: str, number: int) -> None:
    """Take an activity out of the trash."""
    activity = _chosen(_mine(world, who, trashed=True), number)
    activities.restore(world.people[who], activity)
    world.history.edited(tag_of(activity.title), "life", "", HERE)


def leave(world: World, who: str, number: int) -> None:
    """Take part in something no more."""
    user = world.people[who]
    joined = [one for one in world.activities() if one.attendances.filter(user=user, ended_at=None).exists()]
    activity = _chosen([one for one in joined if one.responsible_id != user.pk], number)
    activities.end_attendance(user, activity, user)
    world.history.removed(tag_of(activity.title), HERE)


def _tag_of_block(user: User, block: Block) -> str:
    view = view_of(user, block)
    return tag_of(view.title) if view else ""


def turn(world: World, who: str, number: int, kind: str) -> None:
    """Convert a block."""
    user, block = world.people[who], _chosen(world.blocks(who), number)
    tag, before = _tag_of_block(user, block), block.pk
    convert.convert(user, block, kind)
    world.history.edited(tag, "life", "", HERE)
    if Block.objects.filter(pk=before).exists():
        world.history.copied.add(tag)


def private(world: World, who: str, number: int) -> None:
    """Make a converted event private again."""
    user = world.people[who]
    candidates = [one for one in _mine(world, who) if convert.may_be_private_again(user, one)]
    activity = _chosen(candidates, number)
    tag = tag_of(activity.title)
    convert.make_private(user, activity)
    world.history.edited(tag, "life", "", HERE)
    world.history.removed(tag, HERE)
    world.history.edited(tag, "life", "", HERE)


def drop(world: World, who: str, number: int) -> None:
    """Delete the event behind a block from the agenda."""
    user, block = world.people[who], _chosen(world.blocks(who), number)
    tag = _tag_of_block(user, block)
    deletion.delete_block(user, block)
    world.history.removed(tag, HERE)
    world.history.asked.append((world.history.next(), tag, who))


def answer(world: World, who: str, said: str) -> None:
    """Answer a held plan."""
    plan = _chosen(list(HeldPlan.objects.filter(connection__user=world.people[who], closed_at=None)), 0)
    (held.apply if said == "apply" else held.put_back)(plan, world.people[who])
    world.fired[f"held plan: {said}"] += 1


# --- on a telephone ---------------------------------------------------------------------------------------------------


def tap(world: World, who: str, calendar: int, kind: str) -> None:
    """Make an event; what ended before the connect day must never come in."""
    name, start = CALENDARS[calendar % len(CALENDARS)], world.new_start(past=kind == "past")
    tag = f"T{world.words}"
    word = world.word()
    text = phone.event(f"phone-{tag}", f"{tag} {word}", start, kind=kind, now=timezone.now())
    world.phone(who).add(f"/{who}/{name.lower()}/", text)
    world.history.edited(tag, "title", word, who)
    if kind == "past":
        world.history.past.add(tag)


def retouch(world: World, who: str, number: int, group: str) -> None:
    """Change one field group of an event."""
    href = _chosen(world.hrefs(who), number)
    device, now = world.phone(who), timezone.now()
    text = device.read(href)
    tag = tag_of(phone.said(text, "SUMMARY"))
    if group == "time":
        if "RRULE" in text or tag in world.history.past:
            raise ObjectDoesNotExist
        start = world.new_start()
        device.edit(href, phone.moved(text, start, now))
        word = instant(start)[:10] if "VALUE=DATE:" in text else instant(start)
    else:
        word = world.word()
        device.edit(href, phone.reworded(text, group, f"{tag} {word}" if group == "title" else word, now))
    world.history.edited(tag, group, word, who)


def erase(world: World, who: str, number: int) -> None:
    """Delete an event."""
    href = _chosen(world.hrefs(who), number)
    tag = tag_of(phone.said(world.phone(who).read(href), "SUMMARY"))
    world.phone(who).delete(href)
    world.history.removed(tag, who)


def drag(world: World, who: str, number: int) -> None:
    """Move an event to the other writable calendar."""
    href = _chosen(world.hrefs(who, writable=True), number)
    other = f"/{who}/work/" if "/home/" in href else f"/{who}/home/"
    if other + href.rpartition("/")[2] not in world.hrefs(who):
        world.phone(who).move(href, other)


def repeat(world: World, who: str, number: int) -> None:
    """Make a single event repeat."""
    href = _chosen(world.hrefs(who), number)
    text = world.phone(who).read(href)
    if "RRULE" in text or tag_of(phone.said(text, "SUMMARY")) in world.history.past:
        raise ObjectDoesNotExist
    world.phone(who).edit(href, phone.repeated(text, timezone.now()))


def drift(world: World, who: str, number: int) -> None:
    """Let the server give an event a new ETag by itself."""
    href = _chosen(world.hrefs(who), number)
    world.server.touch(world.phone(who).calendar_of(href), href)
    world.fired["ETag drift"] += 1


def wave(world: World, who: str, kind: str) -> None:
    """Erase almost everything, or shift it all by an hour: the brakes hold what is too much at once."""
    device = world.phone(who)
    for href in world.hrefs(who, writable=True)[:-1]:
        text = device.read(href)
        tag = tag_of(phone.said(text, "SUMMARY"))
        if kind == "erase":
            device.delete(href)
            world.history.removed(tag, who)
        elif (start := phone.start_of(text)) and "RRULE" not in text:
            device.edit(href, phone.moved(text, start + timedelta(hours=1), timezone.now()))
            world.history.edited(tag, "time", instant(start + timedelta(hours=1)), who)
    world.fired[f"wave: {kind}"] += 1


# --- time, runs and what goes wrong -----------------------------------------------------------------------------------


def wait(world: World, minutes: int) -> None:
    """Let time pass."""
    world.shift(minutes * 60.0)


def sync(world: World, who: str) -> None:
    """Run one person's sync."""
    world.sync(who)


def beat(world: World) -> None:
    """Let half an hour pass and everybody who is due be synced, as beat and workers do it."""
    world.shift(31 * 60.0)
    due = [*dispatch.claim_due(timezone.now()), *dispatch.unheard(timezone.now())]
    for who in PEOPLE:
        if world.connection(who).pk in due:
            world.sync(who)


def fault(world: World, who: str, name: str, nth: int) -> None:
    """Run a sync that meets a fault."""
    with world.trouble(name, nth):
        world.sync(who)


def kill(world: World, who: str, steps: int) -> None:
    """Kill a worker in the middle of its run; its lease runs out by itself."""
    with world.dying(steps):
        world.sync(who)
    world.shift(100.0)


def meanwhile(world: World, who: str, after: int, inner: Step) -> None:
    """Let something happen in the middle of a run: an edit, another worker, a long standstill."""
    with world.interrupted(after, lambda: play(world, inner)):
        world.sync(who)


def habit(world: World, name: str) -> None:
    """Let the server behave in another way from now on."""
    world.behave(name)


def forget(world: World, who: str) -> None:
    """Let the server forget its sync tokens, then sync."""
    world.server.forget_tokens()
    world.fired["tokens forgotten"] += 1
    world.sync(who)


def lie(world: World, who: str, kind: str) -> None:
    """Let the server tell too little in full listings of one run."""
    world.server.forget_tokens()
    world.lie = kind
    try:
        world.sync(who)
    finally:
        world.lie = ""


ACTS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "edit": edit,
    "trash": trash,
    "restore": restore,
    "leave": leave,
    "convert": turn,
    "private": private,
    "drop": drop,
    "answer": answer,
    "tap": tap,
    "retouch": retouch,
    "erase": erase,
    "drag": drag,
    "repeat": repeat,
    "drift": drift,
    "wave": wave,
    "wait": wait,
    "sync": sync,
    "beat": beat,
    "fault": fault,
    "kill": kill,
    "meanwhile": meanwhile,
    "habit": habit,
    "forget": forget,
    "lie": lie,
}
