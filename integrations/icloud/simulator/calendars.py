"""MKCALENDAR, PROPPATCH and DELETE of whole calendars (A28, A30, A62)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from integrations.icloud.simulator import multistatus
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection, Kind
from integrations.icloud.simulator.markup import apple, caldav, dav
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.multistatus import Row, element
from integrations.icloud.simulator.refusal import Refused

_SHORTEST = 3  # characters of a path that is made; "too short" is all that is reported (A30)
_GOOD_PATH = re.compile(rf"[A-Za-z0-9._-]{{{_SHORTEST},}}")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")
_NAME, _COMPONENTS = dav("displayname"), caldav("supported-calendar-component-set")


def make(asked: Asked) -> Answer:
    """Make a calendar, or a list for tasks, on a path of the client's choice."""
    if asked.place.kind != "collection" or not _GOOD_PATH.fullmatch(asked.place.collection):
        raise Refused(403)
    if asked.place.collection in asked.account.collections:
        raise Refused(405)
    if len(asked.account.collections) >= asked.habits.most_collections:
        raise Refused(403)
    wanted = asked.body().find(f"{dav('set')}/{dav('prop')}") if asked.request.body.strip() else None
    components = _components(wanted)
    name = (wanted.findtext(_NAME) if wanted is not None else None) or ""
    _check_name(asked, name)
    kind: Kind = "tasks" if components == ("VTODO",) else "calendar"
    made = asked.world.make_collection(asked.account, name, id=asked.place.collection, kind=kind, components=components)
    for child in wanted if wanted is not None else ():
        _set(asked, made, child)
    return Answer(201)


def _components(wanted: Element | None) -> tuple[str, ...]:
    """Return what the calendar holds: events or tasks, never both (A24)."""
    named = wanted.findall(f"{_COMPONENTS}/{caldav('comp')}") if wanted is not None else []
    components = tuple(one.get("name", "").upper() for one in named) or ("VEVENT",)
    if components not in (("VEVENT",), ("VTODO",)):
        raise Refused(403)
    return components


def patch(asked: Asked) -> Answer:
    """Change name, colour and order; whatever else is refused, property by property."""
    if asked.place.kind != "collection":
        raise Refused(403)
    collection, root = asked.collection, asked.body()
    children = [child for prop in root.iter(dav("prop")) for child in prop]
    done = [child.tag for child in children if _set(asked, collection, child)]
    collection.contents.touch(asked.world.clock())
    refused = [child.tag for child in children if child.tag not in done]
    return multistatus.answer([_patched(collection.path, done, refused)], empty_reason=asked.habits.empty_reason)


def _patched(path: str, done: list[str], refused: list[str]) -> Row:
    return Row(path, [*done, *refused], {name: element(name) for name in done}, refused=frozenset(refused))


def _set(asked: Asked, collection: Collection, child: Element) -> bool:
    text = (child.text or "").strip()
    if child.tag == _NAME:
        _check_name(asked, text)
        collection.name = text
    elif child.tag == apple("calendar-color"):
        _paint(collection, child, text)
    elif child.tag == apple("calendar-order") and text.isdecimal():
        collection.order = int(text)
    elif child.tag != caldav("calendar-timezone"):
        return False
    return True


def _paint(collection: Collection, child: Element, text: str) -> None:
    """Set a colour; a name in place of a number is accepted and ignored (A28)."""
    if _COLOR.fullmatch(text):
        collection.color = text.upper() if len(text) == 9 else f"{text.upper()}FF"
        collection.symbolic_color = child.get("symbolic-color", "")


def _check_name(asked: Asked, name: str) -> None:
    if not name and not asked.habits.empty_names:
        raise Refused(403)


def delete(asked: Asked) -> Answer:
    """Take a calendar away; one that was shared in is only unlinked (A26)."""
    if asked.place.kind != "collection":
        raise Refused(403)
    collection = asked.collection
    if collection.kind not in ("calendar", "tasks", "subscribed"):
        raise Refused(403)
    asked.world.delete_collection(collection)
    return Answer(204)
