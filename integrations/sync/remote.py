"""What the sync does to the server: every write is announced on the link's row before it is sent (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Collection
from posixpath import join
from typing import NoReturn

from django.utils.translation import gettext as _

from agenda.content import MERGED_GROUPS, FieldGroup
from agenda.ical.read import read
from integrations.gateway.errors import PreconditionFailed, Rejected, UidTaken
from integrations.models import Link, Outcome, OwnUid
from integrations.news import telling
from integrations.sync.core import agreement
from integrations.sync.core.actions import CreateRemote
from integrations.sync.core.fingerprint import differing, fingerprints
from integrations.sync.core.states import Base, Fingerprints, State
from integrations.sync.letters import Letter, Stuck, new_letter, patched, possible_groups, wanted
from integrations.sync.looking import LookAgain, TooSoon, look_after_refusal, look_again, observe_one, uid_of
from integrations.sync.record import agree, forget, plain, remember, supersede
from integrations.sync.sentences import REPEATS, why_refused
from integrations.sync.session import Session

#: in how many runs a write is tried that the server may refuse for a while: by lag, or by rights that come back
PATIENCE = 3


def create(session: Session, link: Link, state: State, action: CreateRemote) -> None:
    """Write a new resource under our own href and UID, which are stored before it is sent."""
    if link.intended and not link.confirmed:
        _read_back(session, link)
    with session.writing():
        if (action.again and link.confirmed) or not link.uid:
            new_identity(session, link)
        letter = new_letter(session, link, state)
        remember(link, intended=letter.intended("create"))
        if action.survived:
            telling.written_again(session.connection, link, session.now())
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
    if link.activity:  # a private event that is made again is its owner's, and known by its link alone
        own_hash = session.own_uid_hash(uid.encode())
        OwnUid.objects.create(company=session.company, uid_hash=own_hash, activity=link.activity)
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


def _read_back(session: Session, link: Link) -> None:
    """Learn what became of a write whose answer was lost, before anything is sent again (fault rows 1 and 2)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None:
        observe_one(session, link, resource)
    with session.writing():
        remember(link, intended=None)


def _met_at_create(session: Session, link: Link) -> NoReturn:
    """Our name is taken: by our own earlier write, which counts, or by something else, so take a new one (row 5)."""
    resource = session.gateway.get(link.href.reveal())
    if resource is not None and uid_of(resource) == link.opened_uid:
        observe_one(session, link, resource)
    if link.failures >= PATIENCE:
        raise UidTaken("our UID stands somewhere else in the account")
    lagging = resource is None and session.profile.lags
    with session.writing():
        remember(link, failures=link.failures + 1)
        if not lagging:
            new_identity(session, link)
    raise TooSoon if lagging else LookAgain


def update(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Patch these groups into exactly the text that the server has. What a series cannot take waits with a reason."""
    if link.intended and link.intended["verb"] == "update":
        look_again(session, link)  # what became of it was never learned (D12)
    if link.text is None or not link.etag:
        _fetch(session, link, state)
    text = link.opened_text
    there = read(text, me=session.me)
    content = wanted(session, link, there)
    possible = possible_groups(there, content, groups)
    letter = patched(session, state, text, content, possible)
    seen = fingerprints(letter.content, session.fingerprint)
    base = (
        _block_base(link, seen, possible)
        if link.block
        else (agreement.partial(state.base, state.local.fingerprints, seen, possible))
    )
    if letter.text == text:
        with session.writing():
            agree(link, base, agreed_at=session.now())
    else:
        _send_update(session, link, letter, base)
    if possible != set(groups):
        with session.writing():
            remember(link, reason=str(REPEATS))


def _block_base(link: Link, seen: Fingerprints, written: Collection[FieldGroup]) -> Base:
    """Return the base of a block of which these groups were written: whatever else its event says comes in next."""
    agreed = {FieldGroup(group): value for group, value in (link.base_remote or {}).items()}
    agreed |= {group: seen[group] for group in written}
    return Base(agreed, agreed)


def _send_update(session: Session, link: Link, letter: Letter, base: Base) -> None:
    with session.writing():
        remember(link, intended=letter.intended("update", replaces=link.etag))
    try:
        written = session.gateway.update(link.href.reveal(), letter.text, link.etag)
    except PreconditionFailed:
        look_after_refusal(session, link)
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
        observe_one(session, link, resource)
    link.text, link.etag = resource.text, resource.etag


def _arrived(session: Session, link: Link, letter: Letter, etag: str, base: Base) -> None:
    """Record a write that the server has confirmed; the settle then reads back what the server made of it."""
    trusted = bool(etag) and not session.profile.rewrites
    seen = fingerprints(letter.content, session.fingerprint)
    with session.writing():
        superseded = supersede(session, link)
        agree(
            link,
            base,
            agreed_at=session.now(),
            came_from="here",
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
        look_after_refusal(session, link)
    with session.writing():
        if not forget(link):
            remember(link, observed_present=False, observed_proven=True)
    session.written.add(link.calendar_id)
    session.tally.remote_deleted += 1


def reject(session: Session, link: Link, error: Rejected | Stuck | UidTaken) -> None:
    """Note that this item cannot be written as it is: it is tried again when it is edited. A refusal is told."""
    reason = str(error) if isinstance(error, Stuck) else why_refused(error)
    if not isinstance(error, Stuck):
        session.tally.outcomes.append((Outcome.NEEDS_USER, reason))
    with session.writing():
        remember(link, reason=reason[:300], failures=link.failures + 1, intended=None)
        Link.objects.filter(pk=link.pk, version=link.version).update(needs_push=False, needs_plan=False, answer="")
