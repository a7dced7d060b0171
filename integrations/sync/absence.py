"""Absence: what a server does not name any more. Noted here, proven later, and never where the server may lag."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from integrations.gateway.base import Listing
from integrations.models import Link, RemoteCalendar
from integrations.sync.lag import written_lately
from integrations.sync.session import Session

#: rows compared per query
COMPARED = 500


def note(session: Session, calendar: RemoteCalendar, listing: Listing) -> bool:
    """Write down what a listing says is not there (any more); return whether some of it is too fresh to be believed."""
    early = mark(session, calendar, listing.removed, proven=False)
    if listing.full and listing.complete:
        early |= _mark_unlisted(session, calendar, {session.href_hash(one.href.encode()) for one in listing.entries})
    return early


def mark(session: Session, calendar: RemoteCalendar, hrefs: Iterable[str], *, proven: bool) -> bool:
    """Note that these hrefs are not there; return whether some were written too lately to believe that.

    Rows without an activity or block are forgotten.
    """
    hashes = [session.href_hash(href.encode()) for href in hrefs]
    early = False
    for at in range(0, len(hashes), COMPARED):
        links = Link.objects.filter(calendar=calendar, href_hash__in=hashes[at : at + COMPARED])
        with session.writing():
            links.filter(activity=None, block=None, owner_act="").delete()
            early |= _mark(session, links.filter(observed_present=True), proven)
    return early


def _mark(session: Session, links: Iterable[Link], proven: bool) -> bool:
    present = list(links)
    gone = [link.pk for link in present if not written_lately(session, link)]
    _set_absent(session, gone, proven)
    return len(gone) < len(present)


def _set_absent(session: Session, ids: Collection[UUID], proven: bool) -> None:
    Link.objects.filter(pk__in=ids).update(
        observed_present=False, observed_proven=proven, observed_at=session.now(), needs_plan=True
    )


def _mark_unlisted(session: Session, calendar: RemoteCalendar, listed: Collection[str]) -> bool:
    """Compare a full listing with what was there: what is missing is absent, but not yet proven so (fault row 19)."""
    known = Link.objects.filter(calendar=calendar, observed_present=True)
    linked = list(known.exclude(activity=None, block=None).values_list("pk", "href_hash"))
    missing = [pk for pk, href_hash in linked if href_hash not in listed]
    if missing or _is_doubted(calendar, listed):
        session.shrunken.add(calendar.pk)
    if missing and len(missing) == len(linked) >= 2:
        session.lost_everything.add(calendar.pk)
    small = known.filter(activity=None, block=None).values_list("pk", "href_hash")
    vanished = [pk for pk, href_hash in small if href_hash not in listed]
    with session.writing():
        early = [_mark(session, known.filter(pk__in=chunk), proven=False) for chunk in _chunks(missing)]
        for chunk in _chunks(vanished):
            Link.objects.filter(pk__in=chunk).delete()
    return any(early)


def _is_doubted(calendar: RemoteCalendar, listed: Collection[str]) -> bool:
    """Return whether something that was not listed before, and is not listed now, waits for its owner's answer."""
    absent = Link.objects.filter(calendar=calendar, confirmed=True, observed_present=False, observed_proven=False)
    linked = absent.exclude(activity=None, block=None).exclude(held=None)
    return any(href_hash not in listed for href_hash in linked.values_list("href_hash", flat=True))


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[at : at + COMPARED] for at in range(0, len(ids), COMPARED))
