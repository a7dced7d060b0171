"""Bodies: the texts of listed resources, and what to make of those that do not come (docs/icloud.md A39, A42, D5, D6).

A resource that is listed and yet cannot be had, or not in the version that is listed, keeps the calendar's old cursor,
so that the next look asks for it again. After some looks it is set apart, or taken as it came, so that one item never
stops a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from agenda.ical.named_zones import lacks_a_zone
from integrations.gateway.base import Entry, Resource
from integrations.gateway.errors import Forbidden, NotUnderstood, TooLarge
from integrations.models import RemoteCalendar
from integrations.sync.reading import Reader
from integrations.sync.session import Session

#: looks in a row that may leave a body out, or lag behind, before that is put up with
PATIENCE = 3
#: single questions in one look: a server that leaves every body out must not be asked item by item without end
SINGLES = 200


def read(session: Session, calendar: RemoteCalendar, wanted: Sequence[Entry], reader: Reader) -> None:
    """Fetch and write down the bodies, chunk by chunk; what a multiget leaves out, zones too, is asked for singly."""
    left_out: list[Entry] = []
    behind, size = False, session.profile.chunk
    for at in range(0, len(wanted), size):
        chunk = {entry.href: entry for entry in wanted[at : at + size]}
        sent = session.gateway.fetch(calendar.path.reveal(), list(chunk))
        came = [resource for resource in sent if not lacks_a_zone(resource.text)]
        reader.take(came)
        behind |= session.profile.lags and any(_is_another(one, chunk.get(one.href)) for one in came)
        left_out += [chunk[href] for href in chunk.keys() - {resource.href for resource in came}]
    missing = _singly(session, sorted(left_out, key=lambda entry: entry.href)[:SINGLES], reader)
    reader.stale |= len(left_out) > SINGLES
    _count(session, calendar, missing, behind, reader)


def _is_another(resource: Resource, entry: Entry | None) -> bool:
    """Return whether a body is not of the version that was listed: it may be of the one before (A39)."""
    if entry is None or not (entry.etag and resource.etag):
        return False
    return _bare(resource.etag) != _bare(entry.etag)


def _bare(etag: str) -> str:
    return etag.removeprefix("W/").strip('"')


def _singly(session: Session, entries: Iterable[Entry], reader: Reader) -> list[Entry]:
    """Ask for each resource by itself and return those that nothing stands at, though they are listed."""
    missing: list[Entry] = []
    for entry in entries:
        try:
            resource = session.gateway.get(entry.href)
        except (Forbidden, NotUnderstood, TooLarge):
            reader.set_apart([entry], _("Your calendar's server does not hand this event out, or it is too large."))
            continue
        _note(resource, entry, reader, missing)
    return missing


def _note(resource: Resource | None, entry: Entry, reader: Reader, missing: list[Entry]) -> None:
    if resource is None:
        missing.append(entry)
    else:
        reader.take([resource])


def _count(session: Session, calendar: RemoteCalendar, missing: Sequence[Entry], behind: bool, reader: Reader) -> None:
    """Keep the cursor for what is missing or lags behind, some looks long; then go on without."""
    troubled = bool(missing) or behind
    given_up = troubled and calendar.missed >= PATIENCE
    if given_up and missing:
        reader.set_apart(missing, _("Your calendar lists this event, but does not hand it out."))
    reader.stale |= troubled and not given_up
    missed = calendar.missed + 1 if troubled and not given_up else 0
    if missed != calendar.missed:
        calendar.missed = missed
        with session.writing():
            calendar.save(update_fields=["missed"])
