"""Reads: one's own notices and mails, and how the outbox fares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notices.kinds import Kind
from notices.models import Notice, OutgoingMail

#: a mail that waits for so long tells of trouble
LATE = timedelta(minutes=10)


def unread(user: User) -> int:
    """Return how many of his notices the user has not read; one query."""
    return Notice.objects.filter(recipient=user, read_at=None).count()


def notices_of(user: User) -> QuerySet[Notice]:
    """Return the user's own notices, newest first."""
    return Notice.objects.filter(recipient=user).select_related("recipient").order_by("-created_at")


def own_notice(user: User, key: UUID) -> Notice:
    """Return one of the user's own notices; Notice.DoesNotExist for any other."""
    return notices_of(user).get(pk=key)


def open_about(user: User, subject: UUID, kinds: Sequence[Kind]) -> list[tuple[Kind, str]]:
    """Return the kind, and the rest of its subject, of each open notice about `subject` or a part of it; one query."""
    named = {kind.key: kind for kind in kinds}
    rows = Notice.objects.filter(recipient=user, closed_at=None, kind__in=named, subject__startswith=str(subject))
    return [(named[kind], about.partition(":")[2]) for kind, about in rows.values_list("kind", "subject")]


def subjects_open(kind: Kind) -> set[str]:
    """Return what somebody has been told of this kind, and is so still; one query."""
    return set(Notice.objects.filter(kind=kind.key, closed_at=None).values_list("subject", flat=True))


def mails_of(user: User) -> QuerySet[OutgoingMail]:
    """Return the mails to the user himself, newest first."""
    return OutgoingMail.objects.filter(recipient=user).order_by("-created_at")


def trouble(now: datetime) -> str:
    """Return what an operator should know of the outbox, in a sentence without names, or ""."""
    waiting = OutgoingMail.objects.filter(sent_at=None, given_up_at=None)
    found = waiting.aggregate(number=Count("pk"), since=Min("created_at"))
    if not settings.MAIL_GOES_OUT:
        return _("No mail server is set, so mails stay in the outbox: set EMAIL_URL.")
    if found["since"] is None or now - found["since"] < LATE:
        return ""
    sentence = ngettext(
        "%(n)d mail waits for a mail server that does not take it: check EMAIL_URL and the server.",
        "%(n)d mails wait for a mail server that does not take them: check EMAIL_URL and the server.",
        found["number"],
    )
    return sentence % {"n": found["number"]}
