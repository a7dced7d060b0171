"""Letters: the texts that go out, new or patched, each with what both sides will have agreed on when it arrives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agenda.content import MERGED_GROUPS, EventContent, FieldGroup, TimeKind
from agenda.ical.alarms import with_alarm
from agenda.ical.named_zones import described
from agenda.ical.read import read
from agenda.ical.write import new_event, patch
from integrations.models import Link, OwnerAct
from integrations.sync.core.fingerprint import fingerprints
from integrations.sync.core.states import State
from integrations.sync.outbound import render, render_block, with_uid
from integrations.sync.record import plain
from integrations.sync.sentences import REPEATS
from integrations.sync.session import Session


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

    def intended(self, verb: str, etag: str = "", replaces: str = "") -> dict[str, Any]:
        """Return what the row keeps until the write is known to have arrived; `replaces` is the version before it."""
        said = {"local": dict(self.local), "remote": dict(self.remote)}
        return {"verb": verb, "etag": etag, "replaces": replaces, "at": self.at.isoformat(), **said}


def new_letter(session: Session, link: Link, state: State) -> Letter:
    """Return the text of something that is to be made."""
    uid, now = link.opened_uid, session.now()
    if link.block and link.block.recurring:
        text = described(with_uid(link.opened_text, uid))
        return _letter(session, state, read(text, me=session.me), text, now)
    if link.activity:
        if link.owner_act == OwnerAct.ARRIVING and (old := _text_to_take_along(link)):
            return _moved(session, link, state, old)
        content = render(link.activity, session.user, uid=uid, detail=link.detail)
    elif link.block:
        content = render_block(link.block, uid)
    else:
        raise Stuck(_("This event can no longer be written: make it again in your calendar."))
    return _letter(session, state, content, _alerting(link, content, new_event(content, stamp=now), now), now)


def _alerting(link: Link, content: EventContent, text: str, at: datetime) -> str:
    """Return the text with the alert that the owner wants on what is pushed; a whole day has no such moment."""
    minutes = link.connection.alert
    if minutes is None or link.activity is None or content.when.kind is TimeKind.DATE:
        return text
    return with_alarm(text, minutes, stamp=at)


def _text_to_take_along(link: Link) -> str:
    """Return what the copy says that is being left: its alarms, and what its owner wrote there, come along."""
    copies = Link.objects.filter(connection=link.connection_id, activity=link.activity_id, owner_act=OwnerAct.MOVING)
    old = copies.select_related("connection__user").first()
    if old is None:
        return ""
    link.notes_apart = old.notes_apart
    return old.opened_text


def _moved(session: Session, link: Link, state: State, old: str) -> Letter:
    """Return the text of a new copy: the old one under the new UID, with what changed here."""
    text = described(with_uid(old, link.opened_uid))
    there, content = read(text, me=session.me), wanted(session, link, read(text, me=session.me))
    groups = set(FieldGroup) - ({FieldGroup.NOTES} if link.notes_apart else set())
    return patched(session, state, text, content, possible_groups(there, content, groups))


def _letter(session: Session, state: State, content: EventContent, text: str, at: datetime) -> Letter:
    prints = fingerprints(content, session.fingerprint)
    remote = {group.value: prints[group] for group in MERGED_GROUPS}
    return Letter(text, content, plain(state.local.fingerprints), remote, at)


def wanted(session: Session, link: Link, there: EventContent) -> EventContent:
    """Return what the local side says. Stuck for a series, which is not written from here."""
    if link.activity:
        return render(link.activity, session.user, uid=there.uid, detail=link.detail)
    if link.block is None or link.block.recurring:
        raise Stuck(REPEATS)
    return render_block(link.block, there.uid)


def possible_groups(there: EventContent, wanted: EventContent, groups: Collection[FieldGroup]) -> set[FieldGroup]:
    """Return the groups that can be written: the time of a series only stays as it is."""
    possible = set(groups)
    if there.recurring and there.when.canonical() != wanted.when.canonical():
        possible.discard(FieldGroup.TIME)
    if not possible:
        raise Stuck(REPEATS)
    return possible


def patched(session: Session, state: State, text: str, content: EventContent, groups: set[FieldGroup]) -> Letter:
    """Return the letter with these groups patched. Notes and fence are one property, which `patch` keeps apart."""
    now = session.now()
    fresh = patch(text, content, groups, stamp=now)
    fresh = fresh if fresh == text else described(fresh)
    return _letter(session, state, read(fresh, me=session.me), fresh, now)
