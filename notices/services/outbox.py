"""The outbox: mails are claimed, handed to the mail server, and tried again when it does not take them (row 54)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from secrets import SystemRandom
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet

from notices.models import OutgoingMail
from notices.models.outgoing_mail import Letter
from vault.errors import VaultError

#: how long one worker has a mail to itself: longer than a mail server may take
CLAIM = timedelta(minutes=10)
#: the back-off: at random up to a minute, two, four …, at most six hours
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
#: a mail that could not be sent for so long is given up
PATIENCE = timedelta(days=5)
#: what is sent at one stroke of the clock
BATCH = 200

_CHANCE = SystemRandom().random
Post = Callable[[Letter, UUID], object]


def due(now: datetime) -> list[UUID]:
    """Return the mails that are to be sent now, oldest first; none while no mail server is set."""
    if not settings.MAIL_GOES_OUT:
        return []
    return list(_waiting(now).order_by("due_at").values_list("pk", flat=True)[:BATCH])


def send(key: UUID, *, now: datetime, post: Post | None = None, chance: Callable[[], float] = _CHANCE) -> bool:
    """Send one mail and return whether it was sent now; False when it is not due, or another worker has it.

    `chance` (0 to 1) spreads the next attempt.
    """
    if not settings.MAIL_GOES_OUT or not _claim(key, now):
        return False
    mail = OutgoingMail.objects.get(pk=key)
    try:
        (post or hand_over)(mail.opened, mail.pk)
    except OSError as error:  # the mail server's own refusals are among them
        _put_off(mail, error, now, chance())
        return False
    except (ValueError, VaultError) as error:  # no later attempt makes it better
        OutgoingMail.objects.filter(pk=key).update(given_up_at=now, claimed_until=None, last_error=_sort(error))
        return False
    OutgoingMail.objects.filter(pk=key).update(sent_at=now, claimed_until=None, last_error="")
    return True


def _waiting(now: datetime) -> QuerySet[OutgoingMail]:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return OutgoingMail.objects.filter(unclaimed, sent_at=None, given_up_at=None, due_at__lte=now)


def _claim(key: UUID, now: datetime) -> bool:
    """Take the mail for this worker alone: the row changes for one of two, however they meet."""
    return _waiting(now).filter(pk=key).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1) > 0


def hand_over(letter: Letter, key: UUID) -> None:
    """Give a letter to the mail server. Its Message-ID never changes: a mail sent twice is seen to be one."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{key}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.address], headers=headers)
    mail.attach_alternative(letter.html, "text/html")
    mail.send()


def _put_off(mail: OutgoingMail, error: OSError, now: datetime, chance: float) -> None:
    wait = min(FIRST * 2 ** min(mail.attempts - 1, 12), LONGEST) * chance
    given_up = now if now - mail.created_at > PATIENCE else None
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    rows.update(due_at=now + wait, claimed_until=None, last_error=_sort(error), given_up_at=given_up)


def _sort(error: Exception) -> str:
    """Return what sort of error it was. Its words may quote an address, and stay where they are."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
