"""Listings: which one is asked for, and how the pages of a long one become one again."""

from __future__ import annotations

from integrations.gateway.base import Entry, Listing
from integrations.gateway.errors import TokenInvalid
from integrations.models import RemoteCalendar
from integrations.sync.session import Session

#: pages read of one listing; a server that still goes on after them is looked at again in the next run
PAGES = 1000


def wants_safety_listing(session: Session, calendar: RemoteCalendar) -> bool:
    """Return whether a full listing is due: what a delta hid is found so (docs/runs.md)."""
    return calendar.listed_at is None or session.now() - calendar.listed_at >= session.profile.safety_listing


def ask(session: Session, calendar: RemoteCalendar, *, settle: bool) -> Listing:
    """Return what changed since the calendar's token, or all it holds when a full listing is due or the token died.

    A report whose pages lead nowhere is replaced by a plain listing.
    """
    path = calendar.path.reveal()
    if not settle and calendar.listed_at is not None and wants_safety_listing(session, calendar):
        return session.gateway.listing(path)
    try:
        listing = _pages(session, path, calendar.sync_token)
    except TokenInvalid:
        calendar.sync_token = ""
        listing = _pages(session, path, "")
    return listing if listing.complete else session.gateway.listing(path)


def _pages(session: Session, path: str, token: str) -> Listing:
    """Return all pages as one listing. Not complete: nothing may be inferred, and no cursor taken, from it."""
    listing = session.gateway.changes(path, token)
    for _page in range(PAGES):
        if listing.complete or listing.token in ("", token):
            break
        token = listing.token
        try:
            listing = _joined(listing, session.gateway.changes(path, token))
        except TokenInvalid:
            break
    return listing


def _joined(first: Listing, then: Listing) -> Listing:
    """Return two pages as one: what the later one says of an href counts."""
    entries = {entry.href: entry for entry in first.entries} | {entry.href: entry for entry in then.entries}
    removed = dict.fromkeys([*first.removed, *then.removed])
    stay = {entry.href for entry in then.entries}
    gone = [href for href in removed if href not in stay]
    kept: tuple[Entry, ...] = tuple(entry for href, entry in entries.items() if href not in {*then.removed} - stay)
    return Listing(kept, tuple(gone), then.token, first.full, then.complete)
