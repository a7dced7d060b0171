"""What the sync does to the server: every write is announced on the link's row before it is sent (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from posixpath import join
from typing import Any

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
from integrations.sync.core.states import State
from integrations.sync.outbound import render, render_block
from integrations.sync.record import agree, plain, remember, supersede
from integrations.sync.session import Session


class LookAgain(Exception):
    """The server's item is not what was planned for; it has been observed anew: plan again, once."""


class Stuck(Exception):
    """This write cannot work as it is; the sentence says what the owner can do."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A text on its way, with the fingerprints that both sides will have agreed on when it arrives."""

    text: str
    content: EventContent
    local: Mapping[str, str]
    remote: Mapping[str, str]

    def intended(self, verb: str, etag: str = "") -> dict[str, Any]:
        """Return what the row keeps until the write is known to have arrived."""
        return {"verb": verb, "local": dict(self.local), "remote": dict(self.remote), "etag": etag}


def create(session: Session, link: Link, state: State, action: CreateRemote) -> None:
    """Write a new resource under our own href and UID, which are stored before it is sent."""
    if link.intended and not action.again:
        _read_back(session, link)
    with session.writing():
        if action.again or not link.uid:
            new_identity(session, link)
        letter = _new_letter(session, link, state)
        remember(link, intended=letter.intended("create"))
    try:
        written = session.gateway.create(link.href.reveal(), letter.text)
    except PreconditionFailed:
        _met_at_create(session, link)
    except UidTaken:
        with session.writing():
            new_identity(session, link)
        raise Stuck(_("Your calendar says that this event exists already; it is tried under a new name.")) from None
    _arrived(session, link, state, letter, written.etag)
    session.tally.remote_created += 1


def new_identity(session: Session, link: Link) -> None:
    """Give the copy a new href and UID of ours: a deleted UID can stay taken (A55). Short, random, storable names."""
    uid = str(session.new_id())
    href = join(link.calendar.path.reveal(), f"{uid}.ics")
    OwnUid.objects.create(
        company=session.user.company, uid_hash=session.own_uid_hash(uid.encode()), activity=link.activity
    )
    remember(
        link,
        uid=uid,
        uid_hash=session.uid_hash(uid.encode()),
        href=href,
        href_hash=session.href_hash(href.encode()),
        etag="",
        text=None,
        confirmed=False,
        intended=None,
        superseded=[],
        origin=Link.Origin.OURS,
    )


def _new_letter(session: Session, link: Link, state: State) -> Letter:
    """Return the text of something that is to be made."""
    uid = link.uid.reveal()
    if link.activity:
        content = render(link.activity, session.user, uid=uid)
    elif link.block and not link.block.recurring:
        content = render_block(link.block, uid)
    else:
        raise Stuck(_("This event can no longer be written: make it again in your calendar."))
    return _letter(session, state, content, new_event(content, stamp=session.now()))


def _letter(session: Session, state: State, content: EventContent, text: str) -> Letter:
    prints = fingerprints(content, session.fingerprint)
    remote = {group.value: prints[group] for group in MERGED_GROUPS}
    return Letter(text, content, plain(state.local.fingerprints), remote)


def _read_back(session: Session, link: Link) -> None:
    """Learn what became of a write whose answer was lost, before anything is sent again (fault rows 1 and 2)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None:
        _observe(session, link, resource)
        raise LookAgain
    with session.writing():
        remember(link, intended=None)


def _met_at_create(session: Session, link: Link) -> None:
    """Our href is taken: by our own earlier write, which counts, or by something else, so take a new one (row 5)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None and _uid_of(resource) == link.uid.reveal():
        _observe(session, link, resource)
        raise LookAgain
    with session.writing():
        new_identity(session, link)
    raise LookAgain


def _uid_of(resource: Resource) -> str:
    try:
        return read(resource.text).uid
    except Unreadable:
        return ""


def _observe(session: Session, link: Link, resource: Resource) -> None:
    from integrations.sync.reading import Reader  # noqa: PLC0415 -- reading and remote know each other

    Reader(session, link.calendar).take([resource])


def update(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Patch these groups into exactly the text that the server has."""
    if link.text is None or not link.etag:
        _fetch(session, link, state)
    letter = _patched(session, link, state, set(groups))
    with session.writing():
        remember(link, intended=letter.intended("update"))
    try:
        written = session.gateway.update(link.href.reveal(), letter.text, link.etag)
    except PreconditionFailed:
        _changed_meanwhile(session, link)
    _arrived(session, link, state, letter, written.etag)
    session.tally.remote_updated += 1


def _fetch(session: Session, link: Link, state: State) -> None:
    """Get text and ETag as one pair; if they say something new, it is planned for first."""
    resource = session.gateway.get(link.href.reveal())
    if resource is None:
        _proven_absent(session, link)
        raise LookAgain
    seen = fingerprints(read(resource.text, me=session.me), session.fingerprint)
    if differing(seen, state.remote.fingerprints, MERGED_GROUPS):
        _observe(session, link, resource)
        raise LookAgain
    link.text, link.etag = resource.text, resource.etag


def _patched(session: Session, link: Link, state: State, groups: set[FieldGroup]) -> Letter:
    if link.activity is None:
        raise Stuck(_("This event can no longer be written."))
    text = link.text.reveal()
    there = read(text, me=session.me)
    content = render(link.activity, session.user, uid=there.uid)
    if there.recurring and FieldGroup.TIME in groups:
        raise Stuck(_("This event repeats in your calendar: change its time there."))
    content = replace(
        content,
        notes=content.notes if FieldGroup.NOTES in groups else there.notes,
        fence=content.fence if FieldGroup.FENCE in groups else there.fence,
    )
    patched = patch(text, content, groups, stamp=session.now())
    return _letter(session, state, read(patched, me=session.me), patched)


def _changed_meanwhile(session: Session, link: Link) -> None:
    """A failed precondition is not an error: look at the item and plan again (fault row 4)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is None:
        _proven_absent(session, link)
    else:
        _observe(session, link, resource)
    raise LookAgain


def _proven_absent(session: Session, link: Link) -> None:
    with session.writing():
        remember(link, observed_present=False, observed_proven=True, observed_at=session.now(), intended=None)


def _arrived(session: Session, link: Link, state: State, letter: Letter, etag: str) -> None:
    """Record a write that the server has confirmed; the settle then reads back what the server made of it."""
    trusted = bool(etag) and not session.profile.rewrites
    seen = fingerprints(letter.content, session.fingerprint)
    base = agreement.whole(state.local.fingerprints, seen)
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
            intended=None if trusted else letter.intended("settle", etag),
        )
    session.written.add(link.calendar_id)


def delete(session: Session, link: Link) -> None:
    """Delete exactly the version that was planned for; the link goes with it."""
    if not link.etag:
        resource = session.gateway.get(link.href.reveal())
        if resource is not None:
            _observe(session, link, resource)
            raise LookAgain
    else:
        _send_delete(session, link)
    with session.writing():
        link.delete()
    session.written.add(link.calendar_id)
    session.tally.remote_deleted += 1


def _send_delete(session: Session, link: Link) -> None:
    with session.writing():
        remember(link, intended={"verb": "delete", "local": {}, "remote": {}, "etag": ""})
    try:
        session.gateway.delete(link.href.reveal(), link.etag)
    except PreconditionFailed:
        _changed_meanwhile(session, link)


def prove_absence(session: Session, link: Link) -> None:
    """Ask for the href itself: 404 or 410 proves it, a body is an observation. LookAgain in both cases."""
    resource = session.gateway.get(link.href.reveal())
    if resource is None:
        _proven_absent(session, link)
    else:
        _observe(session, link, resource)
    raise LookAgain


def reject(session: Session, link: Link, error: Rejected | Stuck) -> None:
    """Note that the server will not take this item as it is: it is tried again when it is edited."""
    reason = str(error) if isinstance(error, Stuck) else _("Your calendar's server does not accept this event.")
    with session.writing():
        remember(link, reason=reason[:300], failures=link.failures + 1, intended=None)
        Link.objects.filter(pk=link.pk, version=link.version).update(needs_push=False, needs_plan=False)
