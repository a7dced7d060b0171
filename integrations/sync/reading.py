"""Reading: one resource's text becomes an observation on its link's row. Nothing is acted on here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from posixpath import basename
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agenda.content import EventContent
from agenda.ical.read import NotAnEvent, Unreadable, read
from agenda.models import Attendance
from integrations.gateway.base import Entry, Resource
from integrations.models import Link, OwnerAct, OwnUid, RemoteCalendar
from integrations.news import telling
from integrations.sync.core.fingerprint import fingerprints
from integrations.sync.lag import is_superseded
from integrations.sync.moving import let_stay
from integrations.sync.recognition import is_news, needs_no_text, recognise_our_write
from integrations.sync.record import rewrite
from integrations.sync.session import HORIZON, Session

Said = EventContent | Unreadable | NotAnEvent

#: what an observation may change on a row that exists
OBSERVED = (
    *("state", "reason", "origin", "uid", "uid_hash", "text", "etag", "base_local", "base_remote"),
    *("observed", "observed_etag", "observed_present", "observed_proven", "observed_at", "remote_modified"),
    *("intended", "confirmed", "needs_plan", "ignored_until", "guests", "href", "calendar", "href_hash"),
    *("notes_apart", "owner_act"),
)
#: more new resources than this at once in a calendar that is not imported are not read for a moved item
FEW = 50


class Reader:
    """Writes the observations of one calendar down, in transactions of one chunk each."""

    def __init__(self, session: Session, calendar: RemoteCalendar) -> None:
        """`stale` becomes True when an answer came from before our own write: the cursor must stay."""
        self.session = session
        self.calendar = calendar
        self.first = calendar.listed_at is None
        self.stale = False
        self.own: dict[str, OwnUid] = {}
        self.attended: set[UUID] = set()
        self.waiting: dict[UUID | None, Link] = {}
        self.holders: dict[str, UUID] = {}

    def readable(self, entries: Sequence[Entry]) -> set[str]:
        """Return the hrefs that may be read in a calendar that is not imported: our own, and a few new ones."""
        if self.calendar.imported:
            return set()
        if not self.first and len(entries) <= FEW:
            return {entry.href for entry in entries}
        names = {self.session.own_uid_hash(_name(entry.href).encode()): entry.href for entry in entries}
        own = OwnUid.objects.filter(company=self.session.company, uid_hash__in=names)
        return {names[uid_hash] for uid_hash in own.values_list("uid_hash", flat=True)}

    def wants(self, entry: Entry, link: Link | None, readable: set[str]) -> bool:
        """Return whether the body of a listed resource is of any interest (I12: chosen calendars alone are read)."""
        if self.calendar.imported or (link and (link.activity_id or link.block_id)):
            return True
        return entry.href in readable if link is None else bool(link.uid_hash)

    def keep_small(self, entries: Sequence[Entry]) -> None:
        """Remember resources that are not read, so that a full listing does not ask for them again."""
        if not entries:
            return
        rows = [self._new(entry.href, observed_etag=entry.etag, state=Link.State.IGNORED) for entry in entries]
        with self.session.writing():
            Link.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["calendar", "href_hash"],
                update_fields=["observed_etag"],
                batch_size=200,
            )

    def set_apart(self, entries: Sequence[Entry], reason: str) -> None:
        """Quarantine listed resources whose body cannot be had: asked for again when their ETag changes.

        What is linked to them stays as it was last seen.
        """
        listed = {self.session.href_hash(entry.href.encode()): entry for entry in entries}
        with self.session.writing():
            known = self._known(listed)
            for href_hash, link in known.items():
                self._set_apart(link, listed[href_hash], reason)
            fresh = [entry for href_hash, entry in listed.items() if href_hash not in known]
            self._store([*known.values(), *(self._set_apart(self._new(one.href), one, reason) for one in fresh)])
        self.session.tally.quarantined += len(entries)

    def _set_apart(self, link: Link, entry: Entry, reason: str) -> Link:
        if link.state != Link.State.QUARANTINED:
            telling.unreadable(self.session.connection, self.session.now())
        link.state, link.reason = Link.State.QUARANTINED, reason[:300]
        link.observed_etag, link.observed_at = entry.etag, self.session.now()
        return link

    def _new(self, href: str, **facts: object) -> Link:
        return Link(
            id=self.session.new_id(),
            connection=self.session.connection,
            calendar=self.calendar,
            origin=Link.Origin.THEIRS,
            href=href,
            href_hash=self.session.href_hash(href.encode()),
            observed_present=True,
            observed_at=self.session.now(),
            confirmed=True,
            **facts,
        )

    def take(self, resources: Sequence[Resource]) -> None:
        """Write down what these resources say."""
        said = {self.session.href_hash(one.href.encode()): (one, self._read(one)) for one in resources}
        if not said:
            return
        with self.session.writing():
            known = self._known(said)
            fresh = {key: pair for key, pair in said.items() if not self._is_old(known.get(key), pair[0])}
            self.stale |= len(fresh) < len(said)
            self._look_up(fresh)
            self._store([self._note(one, known.get(key), content) for key, (one, content) in fresh.items()])

    def _known(self, hashes: Collection[str]) -> dict[str, Link]:
        links = self._links().filter(href_hash__in=hashes, calendar=self.calendar).select_for_update(of=("self",))
        return {link.href_hash: self._whole(link) for link in links}

    def _whole(self, link: Link) -> Link:
        """Return the row with what sealing it again needs, so that this costs no query a row."""
        link.connection, link.calendar = self.session.connection, self.calendar
        return link

    def _is_old(self, link: Link | None, resource: Resource) -> bool:
        return link is not None and is_superseded(self.session, link, resource.etag)

    def _links(self) -> QuerySet[Link]:
        return Link.objects.filter(connection=self.session.connection)

    def _look_up(self, said: Mapping[str, tuple[Resource, Said]]) -> None:
        """Ask once per chunk what is known of these UIDs: copies of ours, and rows that hold them already."""
        uids = [content.uid for _one, content in said.values() if isinstance(content, EventContent)]
        own = {self.session.own_uid_hash(uid.encode()): uid for uid in uids}
        rows = OwnUid.objects.filter(company=self.session.company, uid_hash__in=own, hidden=False)
        self.own = {own[row.uid_hash]: row for row in rows}
        activities = [row.activity_id for row in self.own.values() if row.activity_id]
        attended = Attendance.objects.filter(activity__in=activities, user=self.session.user)
        self.attended = set(attended.values_list("activity_id", flat=True))
        waiting = self._links().filter(activity__in=activities, confirmed=False).exclude(href_hash__in=said)
        self.waiting = {link.activity_id: self._whole(link) for link in waiting}
        hashes = [self.session.uid_hash(uid.encode()) for uid in uids]
        holders = self._links().filter(uid_hash__in=hashes).exclude(state=Link.State.IGNORED)
        self.holders = {uid_hash: pk for pk, uid_hash in holders.values_list("pk", "uid_hash")}

    def _read(self, resource: Resource) -> Said:
        try:
            return read(resource.text, me=self.session.me)
        except (Unreadable, NotAnEvent) as reason:
            return reason

    def _store(self, links: Sequence[Link]) -> None:
        fresh = [link for link in links if link._state.adding]
        known = [link for link in links if not link._state.adding]
        Link.objects.bulk_create(fresh)
        rewrite(known, OBSERVED)

    def _note(self, resource: Resource, link: Link | None, said: Said) -> Link:
        if isinstance(said, EventContent):
            link = self._tied(resource, link, said)
        link = link or self._new(resource.href)
        link.observed_present, link.observed_proven = True, False
        link.observed_etag = link.etag = resource.etag
        link.text = resource.text
        link.confirmed = True
        if isinstance(said, EventContent):
            self._note_content(link, said)
        else:
            self._note_trouble(link, said)
        link.observed_at = self.session.now()
        return link

    def _tied(self, resource: Resource, link: Link | None, content: EventContent) -> Link | None:
        """Return the link this resource belongs to: its own row, or that of our copy whose href we had lost."""
        if link and (link.activity_id or link.block_id):
            if self._is_same(link, content):
                return link
            self._evict(link)
            return None
        own = self.own.get(content.uid)
        waiting = self.waiting.pop(own.activity_id, None) if own and own.activity_id else None
        if own is None or waiting is None:
            return link
        if link:
            link.delete()
        waiting.calendar = self.calendar
        waiting.href, waiting.href_hash = resource.href, self.session.href_hash(resource.href.encode())
        waiting.origin = Link.Origin.THEIRS if own.theirs else Link.Origin.OURS
        if own.theirs:  # its notes, and all else but its time, were never meant for colleagues
            waiting.notes_apart, waiting.owner_act = True, ""
        return waiting

    def _is_same(self, link: Link, content: EventContent) -> bool:
        """Return whether this is the event that the link stands for. A server may rename what we have just written."""
        return not link.uid_hash or bool(link.intended) or self.session.uid_hash(content.uid.encode()) == link.uid_hash

    def _evict(self, link: Link) -> None:
        """Note that another event stands at the link's href: what stood there is gone, which proves itself."""
        link.href_hash, link.needs_plan = f"gone-{link.pk.hex}", True
        link.observed_present, link.observed_proven = False, True
        link.save(update_fields=["href_hash", "observed_present", "observed_proven", "needs_plan"])

    def _note_content(self, link: Link, content: EventContent) -> None:
        prints = fingerprints(content, self.session.fingerprint)
        link.observed = prints
        link.uid, link.uid_hash = content.uid, self.session.uid_hash(content.uid.encode())
        link.guests = content.guests > 0
        if link.guests and link.owner_act == OwnerAct.MOVING:
            let_stay(link)
        link.remote_modified = self._clamped(content.modified, link.observed_at)
        if link.state != Link.State.LINKED:
            link.reason = ""
        recognise_our_write(link, content, self.session.now())
        if link.activity_id or link.block_id:
            link.state = Link.State.LINKED
            link.needs_plan = link.needs_plan or is_news(link)
        else:
            self._classify(link, content)
            link.needs_plan = link.state == Link.State.LINKED
        if needs_no_text(link, content):
            link.text = None

    def _clamped(self, modified: datetime | None, seen: datetime | None) -> datetime | None:
        """Return LAST-MODIFIED moved into (previous look, this look]: remote clocks are not trusted (row 37).

        Where there is none, only that it changed since the previous look is known.
        """
        previous = self.session.connection.last_look_at or seen
        earliest = previous + timedelta(microseconds=1) if previous else None
        moment = min(modified, self.session.now()) if modified else earliest
        return max(moment, earliest) if moment and earliest else moment

    def _classify(self, link: Link, content: EventContent) -> None:
        """Decide whether a resource without a local side is to be imported. Scope decides creation only."""
        link.state, link.ignored_until = Link.State.IGNORED, None
        if self._is_twin(link):
            link.reason = _("The same event stands in another of your calendars.")
        elif not self.calendar.imported or not content.shown or self._is_own_copy(content.uid):
            return
        elif content.recurring:
            link.state = Link.State.LINKED
        else:
            self._classify_by_time(link, content)

    def _classify_by_time(self, link: Link, content: EventContent) -> None:
        start, end = content.when.instants(self.session.home_zone)
        earliest, latest = self.session.window
        if start >= latest:
            link.ignored_until = (start - HORIZON).date()
        elif end > earliest or start >= earliest:
            link.state = Link.State.LINKED

    def _is_twin(self, link: Link) -> bool:
        """Return whether another row holds this UID already: the first one counts (fault row 20)."""
        return self.holders.setdefault(link.uid_hash, link.pk) != link.pk

    def _is_own_copy(self, uid: str) -> bool:
        """Return whether this is a copy of an activity that the owner attends: never shown as a block."""
        own = self.own.get(uid)
        return own is not None and (own.activity_id is None or own.activity_id in self.attended)

    def _note_trouble(self, link: Link, trouble: Unreadable | NotAnEvent) -> None:
        if isinstance(trouble, NotAnEvent):
            link.state, link.text, link.needs_plan = Link.State.IGNORED, None, False
            return
        if link.state != Link.State.QUARANTINED:
            telling.unreadable(self.session.connection, self.session.now())
        link.state, link.reason = Link.State.QUARANTINED, trouble.reason[:300]
        link.needs_plan = not (link.activity_id or link.block_id) and trouble.when is not None
        self.session.tally.quarantined += 1


def _name(href: str) -> str:
    return basename(href).removesuffix(".ics")
