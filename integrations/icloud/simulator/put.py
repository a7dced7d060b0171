"""PUT: what is refused, what is stored, and what the answer tells of it."""

from __future__ import annotations

from integrations.icloud.simulator import conditions, scheduling
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.rewriting import rewritten
from integrations.icloud.simulator.validation import check_name, check_text

LARGEST = 20 * 1024 * 1024  # an event with its attachments (A33)


def put(asked: Asked) -> Answer:
    """Store a resource: 201 when it is new, 204 when it replaces another."""
    collection, before = _writable(asked)
    conditions.check(asked.request, before)
    text = _text(asked)
    uid = check_text(text, collection, asked.habits)
    _check_uid(asked, uid, collection, before)
    if before is None:
        _check_room(asked)
    kept = rewritten(_with_people(asked, text, before), asked.habits)
    stored = asked.world.put(collection, asked.place.name, kept, by="dav")
    return Answer(204 if before else 201, _etag(asked, stored))


def _writable(asked: Asked) -> tuple[Collection, Resource | None]:
    collection = asked.collection
    if not collection.writable:
        raise Refused(403)
    check_name(asked.place.name, asked.habits)
    if not asked.request.header("content-type").lower().startswith("text/calendar"):
        raise Refused(asked.habits.unnamed_refusal)
    if len(asked.request.body) > LARGEST:
        raise Refused(413)
    return collection, collection.resources.get(asked.place.name)


def _text(asked: Asked) -> str:
    try:
        return asked.request.body.decode()
    except UnicodeDecodeError:
        raise Refused(400, html=True) from None


def _check_uid(asked: Asked, uid: str, collection: Collection, before: Resource | None) -> None:
    """Refuse a UID that is stored elsewhere in the account, was deleted a moment ago, or replaces another (A55)."""
    holder = asked.world.holder_of(asked.account, uid)
    elsewhere = holder and (holder[0], holder[1].name) != (collection, asked.place.name)
    if elsewhere or (holder is None and asked.world.is_held(asked.account, uid)) or (before and before.uid != uid):
        raise Refused(asked.habits.uid_clash)


def _check_room(asked: Asked) -> None:
    held = sum(len(one.resources) for one in asked.account.collections.values())
    if held + len(asked.account.collections) >= asked.habits.most_items:
        raise Refused(403)


def _with_people(asked: Asked, text: str, before: Resource | None) -> str:
    """Return the text with the attendees that the server lets stand (A71, A73)."""
    people = scheduling.people(text, asked.account.owns_address)
    if not (people.guests or people.own) or people.is_ours:
        return text
    if before and before.delivered and people.organiser:
        _check_answer(asked, before, people)
        return text
    if not people.organiser and asked.habits.unorganised == "403":
        raise Refused(403)
    return scheduling.stripped(text)


def _check_answer(asked: Asked, before: Resource, people: scheduling.People) -> None:
    """Refuse an answer that comes through another address than the one that was invited (A73)."""
    invited = scheduling.people(before.text.decode(), asked.account.owns_address).own
    if asked.habits.alternate_answer == "403" and set(people.own) - set(invited):
        raise Refused(403)


def _etag(asked: Asked, stored: Resource) -> tuple[tuple[str, str], ...]:
    habit = asked.habits.put_etag
    if habit == "never" or (habit == "unchanged" and stored.text != asked.request.body):
        return ()
    return (("ETag", stored.etag),)
