"""What a collection says of itself, property by property. None means: not there (404)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from integrations.icloud.simulator import tokens
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import View
from integrations.icloud.simulator.markup import apple, caldav, calendarserver, dav
from integrations.icloud.simulator.multistatus import element, text_element
from integrations.icloud.simulator.privileges import privilege_set

Property = Callable[[Asked, "Shown"], str | None]

_TYPES = {
    "calendar": caldav("calendar"),
    "tasks": caldav("calendar"),
    "inbox": caldav("schedule-inbox"),
    "outbox": caldav("schedule-outbox"),
    "notification": calendarserver("notification"),
    "subscribed": calendarserver("subscribed"),
}
_HOME_COMPONENTS = ("VEVENT", "VTODO", "VFREEBUSY")
_REPORTS = (
    *(dav(name) for name in ("acl-principal-prop-set", "principal-match", "principal-property-search")),
    dav("sync-collection"),
    *(caldav(name) for name in ("calendar-query", "calendar-multiget", "free-busy-query")),
    calendarserver("calendar-search"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A collection as one reader sees it; the home itself without `collection`."""

    collection: Collection | None
    view: View | None


def _display_name(asked: Asked, shown: Shown) -> str | None:
    if shown.collection is None:
        return text_element(dav("displayname"), asked.account.full_name)
    if shown.collection.kind in ("inbox", "outbox", "notification"):
        return None
    return text_element(dav("displayname"), shown.collection.name)


def _resource_type(_asked: Asked, shown: Shown) -> str:
    inside = "<collection/>"
    if shown.collection:
        inside += element(_TYPES[shown.collection.kind])
        if shown.collection.shared:
            inside += element(calendarserver(shown.collection.shared))
    return element(dav("resourcetype"), inside)


def _components(_asked: Asked, shown: Shown) -> str | None:
    components = shown.collection.components if shown.collection else _HOME_COMPONENTS
    if components is None:
        return None
    named = "".join(f"<comp name='{name}' xmlns='urn:ietf:params:xml:ns:caldav'/>" for name in components)
    return element(caldav("supported-calendar-component-set"), named)


def _token(asked: Asked, shown: Shown) -> str | None:
    """Return what stands for the state: the same text as ctag and as sync token (A34)."""
    if shown.collection is None:
        contents = (collection.contents for collection in asked.account.collections.values())
        return tokens.opaque(0, sum(one.number + one.born for one in contents))
    if shown.collection.kind == "outbox":
        return None
    if shown.collection.kind == "tasks" and not shown.collection.contents.number:
        return tokens.opaque(0, 0)
    return asked.world.token(shown.collection, shown.view.number if shown.view else None)


def _ctag(asked: Asked, shown: Shown) -> str | None:
    collection, gap = shown.collection, asked.habits.ctag_gap
    if collection and gap and collection.contents.changes:
        if asked.world.clock() - collection.contents.changed_at() < gap:
            return None
    token = _token(asked, shown)
    return text_element(calendarserver("getctag"), token) if token else None


def _sync_token(asked: Asked, shown: Shown) -> str | None:
    token = _token(asked, shown) if shown.collection else None
    return text_element(dav("sync-token"), token) if token else None


def _etag(asked: Asked, shown: Shown) -> str | None:
    token = _token(asked, shown)
    return text_element(dav("getetag"), f'"{token}"') if token else None


def _color(_asked: Asked, shown: Shown) -> str | None:
    if shown.collection is None or shown.collection.kind in ("inbox", "outbox", "notification"):
        return None
    symbolic = shown.collection.symbolic_color
    attributes = f'symbolic-color="{escape(symbolic)}"' if symbolic else ""
    return text_element(apple("calendar-color"), shown.collection.color, attributes)


def _order(_asked: Asked, shown: Shown) -> str | None:
    if shown.collection is None or shown.collection.kind in ("inbox", "outbox", "notification"):
        return None
    return element(apple("calendar-order"), str(shown.collection.order))


def _privileges(asked: Asked, shown: Shown) -> str | None:
    return privilege_set(shown.collection, asked.habits)


def _source(_asked: Asked, shown: Shown) -> str | None:
    if shown.collection is None or not shown.collection.source:
        return None
    inside = text_element(dav("href"), shown.collection.source)
    return element(calendarserver("source"), inside)


def _time_zone(asked: Asked, shown: Shown) -> str | None:
    if asked.habits.calendar_timezone == "missing" or not (shown.collection and shown.collection.holds_members):
        return None
    zone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Brussels\r\nEND:VTIMEZONE\r\n"
    return text_element(caldav("calendar-timezone"), f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{zone}END:VCALENDAR\r\n")


def _invite(asked: Asked, shown: Shown) -> str | None:
    """Return who shares a calendar: filled only when it is shared (A26)."""
    if shown.collection is None or not shown.collection.holds_members:
        return None
    address = text_element(dav("href"), f"mailto:{asked.account.apple_id}")
    inside = element(calendarserver("organizer"), address) if shown.collection.shared else ""
    return element(calendarserver("invite"), inside)


def _reports(_asked: Asked, shown: Shown) -> str:
    inside = "".join(f"<supported-report><report>{element(name)}</report></supported-report>" for name in _REPORTS)
    return element(dav("supported-report-set"), inside)


def _principal(asked: Asked, _shown: Shown) -> str:
    return element(dav("current-user-principal"), text_element(dav("href"), asked.account.principal))


def _owner(asked: Asked, _shown: Shown) -> str:
    return element(dav("owner"), text_element(dav("href"), asked.account.principal))


OF_COLLECTIONS: dict[str, Property] = {
    dav("displayname"): _display_name,
    dav("resourcetype"): _resource_type,
    caldav("supported-calendar-component-set"): _components,
    calendarserver("getctag"): _ctag,
    dav("sync-token"): _sync_token,
    dav("getetag"): _etag,
    apple("calendar-color"): _color,
    apple("calendar-order"): _order,
    dav("current-user-privilege-set"): _privileges,
    dav("current-user-principal"): _principal,
    dav("owner"): _owner,
    dav("supported-report-set"): _reports,
    caldav("calendar-timezone"): _time_zone,
    calendarserver("source"): _source,
    calendarserver("invite"): _invite,
}
