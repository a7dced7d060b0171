"""What the sync does to the server: every write is announced on the link's row before it is sent (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from posixpath import join
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from agenda.content import MERGED_GROUPS, EventContent, FieldGroup
from agenda.ical.read import Unreadable, read
from agenda.ical.write import new_event, patch
from integrations.gateway.base import Resource
from integrations.gateway.errors import PreconditionFailed, Rejected, UidTaken
from integrations.models import Link, OwnUid
from integrations.sync.core import agreement
from integrations.sync.core.actions import CreateRemote
from integrations.sync.core.fingerprint import differing, fingerprints
from integrations.sync.core.states import Base, Fingerprints, State
from integrations.sync.lag import written_lately
from integrations.sync.outbound import render, render_block, with_uid
from integrations.sync.record import agree, forget, plain, remember, supersede
from integrations.sync.sentences import REPEATS
from integrations.sync.session import Session

#: how often an href that is taken, though nothing stands there, is taken for lag
PATIENCE = 3


class LookAgain(Exception):
    """The server's item is not what was planned for; it has been observed anew: plan again, once."""


class TooSoon(Exception):
    """The server may still answer from before our own write: leave the item for a later run."""


class Stuck(Exception):
    """This write cannot work as it is; the sentence says what the owner can do."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A text on its way, with the fingerprints that both sides will have agreed on when it arrives."""

    text: str
    content: EventContent
    local: Mapping[str, str]
    remote: Mapping[str, str]
    at: datetime

    def intended(self, verb: str, etag: str = "") -> dict[str, Any]:
        """Return what the row keeps until the write is known to have arrived."""
        said = {"local": dict(self.local), "remote": dict(self.remote)}
        return {"verb": verb, "etag": etag, "at": self.at.isoformat(), **said}


def create(session: Session, link: Link, state: State, action: CreateRemote) -> None:
    """Write a new resource under our own href and UID, which are stored before it is sent."""
    if link.intended and not link.confirmed:
        _read_back(session, link)
    with session.writing():
        if (action.again and link.confirmed) or not link.uid:
            new_identity(session, link)
        letter = _new_letter(session, link, state)
        remember(link, intended=letter.intended("create"))
    try:
        written = session.gateway.create(link.href.reveal(), letter.text)
    except (PreconditionFailed, UidTaken):
        _met_at_create(session, link)
    base = agreement.whole(state.local.fingerprints, fingerprints(letter.content, session.fingerprint))
    _arrived(session, link, letter, written.etag, base)
    session.tally.remote_created += 1


def new_identity(session: Session, link: Link) -> None:
    """Give the copy a new href and UID of ours: a deleted UID can stay taken (A55). Short, random, storable names."""
    uid = str(session.new_id())
    href = join(link.calendar.path.reveal(), f"{uid}.ics")
    OwnUid.objects.create(
        company=session.company, uid_hash=session.own_uid_hash(uid.encode()), activity=link.activity
    )
    remember(
        link,
        uid=uid,
        uid_hash=session.uid_hash(uid.encode()),
        href=href,
        href_hash=session.href_hash(href.encode()),
        etag="",
        confirmed=False,
        intended=None,
        superseded=[],
        origin=Link.Origin.OURS,
        **({} if link.block and link.block.recurring else {"text": None}),
    )


def _new_letter(session: Session, link: Link, state: State) -> Letter:
    """Return the text of something that is to be made."""
    uid, now = link.opened_uid, session.now()
    if link.block and link.block.recurring:
        text = with_uid(link.opened_text, uid)
        return _letter(session, state, read(text, me=session.me), text, now)
    if link.activity:
        content = render(link.activity, session.user, uid=uid)
    elif link.block:
        content = render_block(link.block, uid)
    else:
        raise Stuck(_("This event can no longer be written: make it again in your calendar."))
    return _letter(session, state, content, new_event(content, stamp=now), now)


def _letter(session: Session, state: State, content: EventContent, text: str, at: datetime) -> Letter:
    prints = fingerprints(content, session.fingerprint)
    remote = {group.value: prints[group] for group in MERGED_GROUPS}
    return Letter(text, content, plain(state.local.fingerprints), remote, at)


def _read_back(session: Session, link: Link) -> None:
    """Learn what became of a write whose answer was lost, before anything is sent again (fault rows 1 and 2)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None:
        _observe(session, link, resource)
    with session.writing():
        remember(link, intended=None)


def _met_at_create(session: Session, link: Link) -> NoReturn:
    """Our name is taken: by our own earlier write, which counts, or by something else, so take a new one (row 5)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None and _uid_of(resource) == link.opened_uid:
        _observe(session, link, resource)
    if link.failures >= PATIENCE:
        raise Stuck(_("Your calendar says that this event exists already: look for it there and delete it."))
    with session.writing():
        remember(link, failures=link.failures + 1)
        if resource is None and session.profile.lags:
            raise TooSoon
        new_identity(session, link)
    raise LookAgain


def _uid_of(resource: Resource) -> str:
    try:
        return read(resource.text).uid
    except Unreadable:
        return ""


def _observe(session: Session, link: Link, resource: Resource) -> NoReturn:
    """Write down how the item stands and have it planned anew; an answer that is too old is asked for again later."""
    from integrations.sync.reading import Reader  # noqa: PLC0415 -- reading and remote know each other

    reader = Reader(session, link.calendar)
    reader.take([resource])
    raise TooSoon if reader.stale else LookAgain


def look_again(session: Session, link: Link) -> NoReturn:
    """Ask for the href itself: 404 or 410 proves that nothing is there, a body is an observation."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None:
        _observe(session, link, resource)
    if written_lately(session, link):
        raise TooSoon
    with session.writing():
        remember(link, observed_present=False, observed_proven=True, observed_at=session.now())
    raise LookAgain


def is_unsure(link: Link) -> bool:
    """Return whether we sent a deletion and never learned what became of it."""
    return bool(link.intended and link.intended["verb"] == "delete" and link.observed_present)


def update(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Patch these groups into exactly the text that the server has. What a series cannot take waits with a reason."""
    if link.text is None or not link.etag:
        _fetch(session, link, state)
    text = link.opened_text
    there = read(text, me=session.me)
    content = _wanted(session, link, there)
    possible = _possible(there, content, groups)
    letter = _patched(session, state, text, content, possible)
    seen = fingerprints(letter.content, session.fingerprint)
    base = _block_base(link, seen) if link.block else (
        agreement.partial(state.base, state.local.fingerprints, seen, possible)
    )
    if letter.text == text:
        with session.writing():
            agree(link, base)
    else:
        _send_update(session, link, letter, base)
    if possible != set(groups):
        with session.writing():
            remember(link, reason=str(REPEATS))


def _block_base(link: Link, seen: Fingerprints) -> Base:
    """Return the base of a block whose old time was written again: whatever else it says comes in next."""
    agreed = {FieldGroup(group): value for group, value in (link.base_remote or {}).items()}
    agreed[FieldGroup.TIME] = seen[FieldGroup.TIME]
    return Base(agreed, agreed)


def _send_update(session: Session, link: Link, letter: Letter, base: Base) -> None:
    with session.writing():
        remember(link, intended=letter.intended("update"))
    try:
        written = session.gateway.update(link.href.reveal(), letter.text, link.etag)
    except PreconditionFailed:
        look_again(session, link)
    _arrived(session, link, letter, written.etag, base)
    session.tally.remote_updated += 1


def _fetch(session: Session, link: Link, state: State) -> None:
    """Get text and ETag as one pair; if they say something new, it is planned for first."""
    resource = session.gateway.get(link.href.reveal())
    if resource is None:
        look_again(session, link)
    if not resource.etag:
        raise Stuck(_("Your calendar's server does not tell versions apart, so nothing is changed there."))
    seen = fingerprints(read(resource.text, me=session.me), session.fingerprint)
    if differing(seen, state.remote.fingerprints, MERGED_GROUPS) and link.etag != resource.etag:
        _observe(session, link, resource)
    link.text, link.etag = resource.text, resource.etag


def _wanted(session: Session, link: Link, there: EventContent) -> EventContent:
    if link.activity:
        return render(link.activity, session.user, uid=there.uid)
    if link.block is None or link.block.recurring:
        raise Stuck(REPEATS)
    return render_block(link.block, there.uid)


def _possible(there: EventContent, wanted: EventContent, groups: Collection[FieldGroup]) -> set[FieldGroup]:
    """Return the groups that can be written: the time of a series only stays as it is."""
    possible = set(groups)
    if there.recurring and there.when.canonical() != wanted.when.canonical():
        possible.discard(FieldGroup.TIME)
    if not possible:
        raise Stuck(REPEATS)
    return possible


def _patched(session: Session, state: State, text: str, content: EventContent, groups: set[FieldGroup]) -> Letter:
    """Return the letter with these groups patched. Notes and fence are one property, which `patch` keeps apart."""
    now = session.now()
    patched = patch(text, content, groups, stamp=now)
    return _letter(session, state, read(patched, me=session.me), patched, now)


def _arrived(session: Session, link: Link, letter: Letter, etag: str, base: Base) -> None:
    """Record a write that the server has confirmed; the settle then reads back what the server made of it."""
    trusted = bool(etag) and not session.profile.rewrites
    seen = fingerprints(letter.content, session.fingerprint)
    with session.writing():
        superseded = supersede(session, link)
        agree(
            link,
            base,
            text=letter.text,
            etag=etag,
            observed=plain(seen),
            observed_etag=etag if trusted else "",
            observed_present=True,
            observed_proven=False,
            observed_at=session.now(),
            confirmed=True,
            superseded=superseded,
            intended=None if trusted or link.block else letter.intended("settle", etag),
        )
    session.written.add(link.calendar_id)


def delete(session: Session, link: Link) -> None:
    """Delete exactly the version that was planned for; the link goes with it, unless it is wanted again by now."""
    if not link.etag:
        look_again(session, link)
    with session.writing():
        remember(link, intended={"verb": "delete"})
    try:
        session.gateway.delete(link.href.reveal(), link.etag)
    except PreconditionFailed:
        look_again(session, link)
    with session.writing():
        if not forget(link):
            remember(link, observed_present=False, observed_proven=True)
    session.written.add(link.calendar_id)
    session.tally.remote_deleted += 1


def reject(session: Session, link: Link, error: Rejected | Stuck) -> None:
    """Note that the server will not take this item as it is: it is tried again when it is edited."""
    reason = str(error) if isinstance(error, Stuck) else _("Your calendar's server does not accept this event.")
    with session.writing():
        remember(link, reason=reason[:300], failures=link.failures + 1, intended=None)
        Link.objects.filter(pk=link.pk, version=link.version).update(needs_push=False, needs_plan=False, answer="")
