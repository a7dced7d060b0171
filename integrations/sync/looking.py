"""A second look at one item: what a write met, what an absence is worth. Always ends in planning anew, or waiting."""

from __future__ import annotations

from typing import NoReturn

from agenda.ical.read import Unreadable, read
from integrations.gateway.base import Resource
from integrations.models import Link
from integrations.sync.lag import written_lately
from integrations.sync.reading import Reader
from integrations.sync.record import remember
from integrations.sync.session import Session


class LookAgain(Exception):
    """The server's item is not what was planned for; it has been observed anew: plan again, once."""


class TooSoon(Exception):
    """The server may still answer from before our own write: leave the item for a later run."""


def uid_of(resource: Resource) -> str:
    """Return the UID of what stands at an href, "" when it cannot be read."""
    try:
        return read(resource.text).uid
    except Unreadable:
        return ""


def observe_one(session: Session, link: Link, resource: Resource) -> NoReturn:
    """Write down how the item stands and have it planned anew; an answer that is too old is asked for again later."""
    reader = Reader(session, link.calendar)
    reader.take([resource])
    raise TooSoon if reader.stale else LookAgain


def look_again(session: Session, link: Link) -> NoReturn:
    """Ask for the href itself: 404 or 410 proves that nothing is there, a body is an observation."""
    look_upon(session, link, session.gateway.get(link.href.reveal()))


def look_upon(session: Session, link: Link, resource: Resource | None) -> NoReturn:
    """Write down what was found at the link's href, or that nothing is there."""
    if resource is not None:
        observe_one(session, link, resource)
    if written_lately(session, link):
        raise TooSoon
    with session.writing():
        remember(link, observed_present=False, observed_proven=True, observed_at=session.now())
    raise LookAgain


def look_after_refusal(session: Session, link: Link) -> NoReturn:
    """Look what stands where our version was refused. That very version again is an answer from before (D10)."""
    with session.writing():
        remember(link, intended=None)
    resource = session.gateway.get(link.href.reveal())
    if resource is not None and resource.etag == link.etag:
        raise TooSoon
    look_upon(session, link, resource)


def is_unsure(link: Link) -> bool:
    """Return whether we sent a deletion and never learned what became of it."""
    return bool(link.intended and link.intended["verb"] == "delete" and link.observed_present)
