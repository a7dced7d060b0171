"""Observe: see what changed on the server and write it down, without acting on it (docs/sync.md).

Observations are committed chunk by chunk; a cursor advances only when all of its listing was observed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Exists, OuterRef, Q

from integrations.gateway.base import CalendarRow, Entry, Listing
from integrations.gateway.errors import CalendarGone, Forbidden, GatewayError, NotUnderstood, RedirectLoop, TooLarge
from integrations.models import Link, Outcome, RemoteCalendar, Run
from integrations.news import telling
from integrations.sync import absence, bodies, home
from integrations.sync.lag import is_superseded
from integrations.sync.listing import ask, wants_safety_listing
from integrations.sync.reading import Reader
from integrations.sync.sentences import trouble_of_one_calendar
from integrations.sync.session import Session
from integrations.sync.verdict import PUZZLED

log = logging.getLogger(__name__)

#: rows compared per query
COMPARED = 500


def observe(session: Session) -> None:
    """Look once at the account and read what changed in each chosen calendar. Nothing changed: one request."""
    seen = {session.href_hash(row.path.encode()): row for row in home.look(session)}
    for calendar in _observed(session):
        try:
            _observe_calendar(session, calendar, seen.get(calendar.path_hash))
        except (CalendarGone, Forbidden, NotUnderstood, RedirectLoop, TooLarge) as error:
            _troubled(session, calendar, error)


def _observe_calendar(session: Session, calendar: RemoteCalendar, row: CalendarRow | None) -> None:
    if row is None:
        raise CalendarGone("a chosen calendar is not listed any more")
    _refresh(session, calendar, row)
    if not _is_idle(session, calendar, row):
        read_calendar(session, calendar, row)


def _troubled(session: Session, calendar: RemoteCalendar, error: GatewayError) -> None:
    """Note what is wrong with one calendar: the others go on, and nothing of it is deleted here (fault rows 9, 12)."""
    session.tally.outcomes.append(trouble_of_one_calendar(error, lasting=_has_lasted(session)))
    session.whole = False
    where = {"connection": str(session.connection.pk), "calendar": str(calendar.pk)}
    log.warning("a calendar was passed over: %s: %s", type(error).__name__, error, extra=where)
    if isinstance(error, CalendarGone) and calendar.gone_at is None:
        with session.writing():
            calendar.gone_at = session.now()
            calendar.save(update_fields=["gone_at"])
            telling.calendar_gone(session.connection, calendar, session.now())


def _has_lasted(session: Session) -> bool:
    """Return whether the runs before this one were in trouble too."""
    runs = Run.objects.filter(connection=session.connection).exclude(ended_at=None).order_by("-started_at")
    outcomes = list(runs.values_list("outcome", flat=True)[:PUZZLED])
    return len(outcomes) == PUZZLED and set(outcomes) <= {Outcome.RETRY, Outcome.FAILED}


def _observed(session: Session) -> list[RemoteCalendar]:
    """Return the calendars that matter: imported, the target, or holding links."""
    links = Link.objects.filter(calendar=OuterRef("pk")).exclude(activity=None, block=None)
    wanted = Q(imported=True) | Q(pk=session.connection.push_to_id) | Exists(links)
    chosen = list(RemoteCalendar.objects.filter(wanted, connection=session.connection).order_by("pk"))
    for calendar in chosen:
        calendar.connection = session.connection
    return chosen


def _refresh(session: Session, calendar: RemoteCalendar, row: CalendarRow) -> None:
    told = {} if row.bare else {"writable": row.writable, "color": row.color}
    facts = {**told, "gone_at": None}
    changed = [name for name, value in facts.items() if getattr(calendar, name) != value]
    if not row.bare and calendar.name.reveal() != row.name:
        changed.append("name")
    if not changed:
        return
    for name in changed:
        setattr(calendar, name, row.name if name == "name" else facts[name])
    with session.writing():
        calendar.save(update_fields=changed)
        if "writable" in changed and not calendar.writable:
            telling.read_only(session.connection, calendar, session.now())


def _is_idle(session: Session, calendar: RemoteCalendar, row: CalendarRow) -> bool:
    if wants_safety_listing(session, calendar):
        return False
    by_token = bool(row.sync_token) and row.sync_token == calendar.sync_token
    return by_token or (bool(row.ctag) and row.ctag == calendar.cursor)


def read_calendar(session: Session, calendar: RemoteCalendar, row: CalendarRow | None) -> None:
    """Read what changed in one calendar; `row` as just listed, or None for a settle after our own writes.

    A full listing that lacks something is not the last word: the next look asks for one again (docs/icloud.md D7).
    """
    listing = ask(session, calendar, settle=row is None)
    reader = Reader(session, calendar)
    bodies.read(session, calendar, list(_compare(session, calendar, listing, reader)), reader)
    reader.stale |= absence.note(session, calendar, listing)
    if reader.stale:
        session.come_back_soon = True
    elif listing.complete and calendar.pk not in session.shrunken:
        _advance(session, calendar, listing, row)


def _compare(session: Session, calendar: RemoteCalendar, listing: Listing, reader: Reader) -> Iterator[Entry]:
    """Yield the entries whose body must be fetched: unknown ones, and known ones with another ETag."""
    entries = iter(listing.entries)
    while chunk := list(islice(entries, COMPARED)):
        hashes = {session.href_hash(entry.href.encode()): entry for entry in chunk}
        known = {link.href_hash: link for link in Link.objects.filter(calendar=calendar, href_hash__in=hashes)}
        readable = reader.readable(chunk)
        small = []
        for href_hash, entry in hashes.items():
            link = known.get(href_hash)
            if not reader.wants(entry, link, readable):
                small += [entry] if link is None or link.observed_etag != entry.etag else []
            elif link is None or _is_news(session, link, entry, reader):
                yield entry
        reader.keep_small(small)


def _is_news(session: Session, link: Link, entry: Entry, reader: Reader) -> bool:
    if not entry.etag:
        return True
    if link.observed_present and link.observed_etag == entry.etag:
        return _is_due_for_a_deep_look(session, link, reader.calendar.listed_at)
    if is_superseded(session, link, entry.etag):
        reader.stale = True
        return False
    return True


def _is_due_for_a_deep_look(session: Session, link: Link, listed_at: datetime | None) -> bool:
    """Return whether an unchanged ETag is not enough today: always where ETags repeat, else for a thirtieth a day.

    Days on which nothing was listed are made up for, so that every item has its turn within a month or so (row 22).
    """
    now = session.now()
    if link.observed_at is None or now - link.observed_at < timedelta(hours=20):
        return False
    days = now.toordinal() - listed_at.toordinal() if listed_at else 1
    return session.profile.etags_repeat or (now.toordinal() - link.pk.int) % 30 < max(days, 1)


def _advance(session: Session, calendar: RemoteCalendar, listing: Listing, row: CalendarRow | None) -> None:
    """Store the cursors: the report's own token, and the ctag that was read before the listing.

    A listing without a token of its own leaves the older one, from which the next report repeats too much at worst.
    """
    calendar.sync_token = listing.token or calendar.sync_token
    calendar.looked_at = session.now()
    if row is not None:
        calendar.cursor = row.ctag
    if listing.full and listing.complete:
        calendar.listed_at = session.now()
    with session.writing():
        calendar.save(update_fields=["cursor", "sync_token", "listed_at", "looked_at"])


def settle(session: Session) -> None:
    """Look once at each calendar that this run wrote to, so that our own writes are known and the next look is idle."""
    for calendar in RemoteCalendar.objects.filter(pk__in=session.written).order_by("pk"):
        calendar.connection = session.connection
        read_calendar(session, calendar, None)
    session.written.clear()
