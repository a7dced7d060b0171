"""Telling somebody something, once while it is so. Call inside the transaction of what is told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.models import User
from notices.kinds import Facts, Kind, Words, words
from notices.models import Notice
from notices.services.writing import write_words

Subject = UUID | str


def tell(
    recipient: User,
    kind: Kind,
    *,
    subject: Subject,
    facts: Facts | None = None,
    link: str = "",
    undo: str = "",
    mail: bool = False,
    again: bool = False,
    now: datetime | None = None,
) -> Notice | None:
    """Tell `recipient`, and by mail too if asked; return the notice, or None when he has been told already.

    `subject` is what it is about: while the notice of one (recipient, kind, subject) is open, nothing is repeated.
    Of more of the same (`again`) an open one only becomes unread anew. Whoever cannot sign in is told nothing.
    """
    if not recipient.is_active or recipient.data_key_id is None:
        return None
    at, said = now or timezone.now(), words(recipient, kind, facts or {})
    with transaction.atomic():
        notice, made = Notice.objects.get_or_create(
            recipient=recipient,
            kind=kind.key,
            subject=str(subject),
            closed_at=None,
            defaults={"link": link, "undo": undo, **_beginning(kind, said, at)},
        )
        if again and not made:
            Notice.objects.filter(pk=notice.pk).update(read_at=None)
        if made and mail:
            write_words(recipient, kind.key, said, link=link, now=at)
    return notice if made else None


def _beginning(kind: Kind, said: Words, at: datetime) -> dict[str, object]:
    first, *later = [*kind.remind, None]
    return {
        "level": kind.level,
        "words": json.dumps(asdict(said)),
        "created_at": at,
        "remind_at": at + timedelta(days=first) if first is not None else None,
        "remind_later": [day for day in later if day is not None],
    }


def resolve(recipient: User | None, kind: Kind, subject: Subject) -> bool:
    """Close the notice: it is no longer so. Without a recipient, everybody's. Return whether any was open."""
    found = Notice.objects.filter(kind=kind.key, subject=str(subject), closed_at=None)
    return _close(found if recipient is None else found.filter(recipient=recipient)) > 0


def resolve_all_about(recipient: User, subject: Subject) -> int:
    """Close all that the recipient was told about `subject` or a part of it; return how many were open."""
    return _close(Notice.objects.filter(recipient=recipient, subject__startswith=str(subject), closed_at=None))


def forget(subjects: Iterable[Subject]) -> None:
    """Drop what anybody was told about these subjects or a part of them: it is nobody's business any more."""
    for subject in subjects:
        Notice.objects.filter(subject__startswith=str(subject)).delete()


def _close(notices: QuerySet[Notice]) -> int:
    return notices.update(closed_at=Now(), read_at=Coalesce(F("read_at"), Now()), remind_at=None)


def mark_read(recipient: User, key: UUID | None = None) -> int:
    """Note that the recipient has read one of his notices, or all of them; return how many he had not."""
    unread = Notice.objects.filter(recipient=recipient, read_at=None)
    if key is not None:
        unread = unread.filter(pk=key)
    return unread.update(read_at=Now())
