"""The owner's answers about single items: send a change that mails guests, read an event again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from integrations.models import Answer, Link, RemoteCalendar
from integrations.news import settling


def send(link: Link, actor: User) -> bool:
    """Let a change go out although the calendar server will mail the guests. False when the item has none."""
    with transaction.atomic():
        waiting = Link.objects.filter(pk=link.pk, guests=True)
        if not waiting.update(answer=Answer.SEND, needs_plan=True, version=F("version") + 1):
            return False
        settling.sent(link)
        audit.record(actor, "guests.send", target=str(link.pk))
    return True


def try_again(link: Link, actor: User) -> bool:
    """Have an item that stands still tried once more. False when it does not, or waits for an answer instead."""
    with transaction.atomic():
        if link.state == Link.State.QUARANTINED:
            return read_again(link)
        still = Link.objects.filter(pk=link.pk, state=Link.State.LINKED, held=None).exclude(reason="")
        if not still.update(needs_plan=True, reason="", failures=0, version=F("version") + 1):
            return False
        audit.record(actor, "item.tried_again", target=str(link.pk))
    return True


def read_again(link: Link) -> bool:
    """Have an event that could not be read downloaded and read once more. False when it is readable by now.

    Without its ETag the item is news; without its cursors the whole calendar is listed.
    """
    with transaction.atomic():
        unread = Link.objects.filter(pk=link.pk, state=Link.State.QUARANTINED)
        if not unread.update(observed_etag="", etag=""):
            return False
        RemoteCalendar.objects.filter(pk=link.calendar_id).update(cursor="", sync_token="")
    return True
