"""What time does to notices and mails: reminders while nothing was done, and an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from notices.models import Notice, OutgoingMail
from notices.services.writing import write_words

#: a notice, read or not, is dropped after this
NOTICES_KEPT = timedelta(days=90)
#: a mail that was sent, or given up, is dropped after this
MAILS_KEPT = timedelta(days=14)


def remind(now: datetime) -> int:
    """Tell again what is still so and due for a reminder: the notice is unread anew, and mailed. Return how many."""
    late = Notice.objects.filter(closed_at=None, remind_at__lte=now, recipient__is_active=True)
    return sum(_remind(notice, now) for notice in late.select_related("recipient"))


def _remind(notice: Notice, now: datetime) -> bool:
    """Mail one notice again. After a long pause one reminder stands for all that were missed."""
    ahead = [day for day in notice.remind_later if notice.created_at + timedelta(days=day) > now]
    following = notice.created_at + timedelta(days=ahead[0]) if ahead else None
    with transaction.atomic():
        same = Notice.objects.filter(pk=notice.pk, remind_at=notice.remind_at, closed_at=None)
        if not same.update(read_at=None, remind_at=following, remind_later=ahead[1:]):
            return False
        write_words(notice.recipient, notice.kind, notice.said, link=notice.link, now=now, reminder=True)
    return True


def purge(now: datetime) -> None:
    """Drop what is past its time. What is still open, or still waits to be sent, stays."""
    Notice.objects.filter(created_at__lt=now - NOTICES_KEPT).exclude(closed_at=None, remind_at__isnull=False).delete()
    OutgoingMail.objects.filter(sent_at__lt=now - MAILS_KEPT).delete()
    OutgoingMail.objects.filter(given_up_at__lt=now - MAILS_KEPT).delete()
