"""GET, HEAD, DELETE, MOVE and COPY of single resources."""

from __future__ import annotations

from integrations.icloud.simulator import conditions
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.place import place_of_href
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.validation import check_name


def get(asked: Asked) -> Answer:
    """Return a resource; HEAD is refused although GET works (A49)."""
    if asked.request.method == "HEAD":
        raise Refused(400, html=True)
    if asked.place.kind != "member":
        raise Refused(405, html=True)
    found = asked.world.view(asked.collection, asked.habits.lag_get).resources.get(asked.place.name)
    if found is None:
        raise Refused(404)
    headers = (("Content-Type", "text/calendar; charset=utf-8"), ("ETag", found.etag))
    schedule_tag = (("Schedule-Tag", found.etag),) if found.delivered else ()  # on these alone (A50)
    return Answer(200, (*headers, *schedule_tag), found.text)


def delete(asked: Asked) -> Answer:
    """Take a resource away."""
    if asked.request.depth:
        raise Refused(400, html=True)  # (A60)
    collection = asked.collection
    stored = collection.resources.get(asked.place.name)
    if stored is None:
        raise Refused(404)
    if not collection.writable:
        raise Refused(403)
    conditions.check(asked.request, stored, stale=asked.habits.delete_stale)
    asked.world.delete(collection, asked.place.name, by="dav")
    return Answer(asked.habits.delete_status)


def move(asked: Asked) -> Answer:
    """Move a resource within the account, or refuse to (A61)."""
    if asked.habits.move == "412":
        raise Refused(412)
    source, target, name = asked.collection, *_destination(asked)
    stored = source.resources.get(asked.place.name)
    if stored is None:
        raise Refused(404)
    if not (source.writable and target.writable):
        raise Refused(403)
    if name in target.resources and asked.request.header("overwrite").upper() == "F":
        raise Refused(412)
    source.contents.remove(stored.name, asked.world.clock())
    asked.world.put(target, name, stored.text, by="dav", delivered=stored.delivered)
    return Answer(201)


def copy(asked: Asked) -> Answer:
    """Refuse a copy: two resources would have one UID (A61)."""
    raise Refused(asked.habits.copy)


def _destination(asked: Asked) -> tuple[Collection, str]:
    there = place_of_href(asked.request.header("destination"))
    if there is None or there.kind != "member" or there.dsid != asked.account.dsid:
        raise Refused(400, html=True)
    check_name(there.name, asked.habits)
    target = asked.account.collections.get(there.collection)
    if target is None:
        raise Refused(409)
    return target, there.name
