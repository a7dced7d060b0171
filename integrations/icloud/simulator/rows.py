"""Rows of collections and of what they hold, with the properties that were asked for."""

from __future__ import annotations

from email.utils import formatdate

from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.multistatus import Row, element, text_element
from integrations.icloud.simulator.properties import OF_COLLECTIONS, Shown


def collection_row(asked: Asked, collection: Collection | None, wanted: list[str]) -> Row:
    """Return the row of a collection, or of the home."""
    view = asked.world.view(collection, asked.habits.lag_listing) if collection else None
    shown = Shown(collection, view)
    path = collection.path if collection else asked.account.home
    names = wanted or [name for name in OF_COLLECTIONS if name != dav("resourcetype")]
    said = {name: OF_COLLECTIONS[name](asked, shown) for name in names if name in OF_COLLECTIONS}
    return _row(path, names, said, quiet=not wanted)


def member_row(asked: Asked, collection: Collection, resource: Resource, wanted: list[str]) -> Row:
    """Return the row of a resource."""
    names = wanted or [dav("getetag"), dav("getcontentlength"), dav("getlastmodified")]
    said = {name: _member(asked, resource, name) for name in names}
    return _row(collection.path + resource.name, names, said, quiet=not wanted)


def _row(path: str, names: list[str], said: dict[str, str | None], *, quiet: bool) -> Row:
    found = {name: xml for name, xml in said.items() if xml is not None}
    missing = frozenset() if quiet else frozenset(names) - set(found)
    return Row(path, names, found, missing)


def _member(asked: Asked, resource: Resource, name: str) -> str | None:
    if name == dav("getetag"):
        return text_element(name, resource.etag)
    if name == dav("resourcetype"):
        return element(name) if asked.habits.member_type == "empty" else None
    if name == dav("getcontentlength"):
        return element(name, str(len(resource.text)))
    if name == dav("getlastmodified"):
        return element(name, formatdate(resource.stored_at, usegmt=True))
    if name == caldav("schedule-tag") and resource.delivered:
        return text_element(name, resource.etag)
    return None  # no content type either (A29)
