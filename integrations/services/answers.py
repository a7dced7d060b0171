"""The owner's answers about single items: send a change that mails guests or drop it, read an event again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from integrations.models import Answer, Link, OwnerAct, RemoteCalendar
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


def droppable(link: Link) -> bool:
    """Return whether a waiting change may be taken back for all: its owner's own event, or what he is responsible for.

    To anybody else the meeting stays as its organiser made it; his copy waits on.
    """
    return link.activity is None or link.activity.responsible_id == link.connection.user_id


def drop(link: Link, actor: User) -> bool:
    """Take a change back that guests would be mailed of: it is here again as the calendar says. False when none waits.

    What was deleted here comes back; the calendar is not written to.
    """
    with transaction.atomic():
        waiting = Link.objects.filter(pk=link.pk, guests=True).exclude(reason="")
        if not droppable(link) or not waiting.update(answer=Answer.DROP, needs_plan=True, version=F("version") + 1):
            return False
        if link.owner_act == OwnerAct.DELETE and link.activity is None:
            _import_anew(link)
        settling.sent(link)
        audit.record(actor, "guests.drop", target=str(link.pk))
    return True


def _import_anew(link: Link) -> None:
    """Have the event of a block that is gone already read as one that is new here."""
    Link.objects.filter(pk=link.pk).update(owner_act="", reason="", answer="", observed_etag="", etag="")
    _list_anew(link)


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
        _list_anew(link)
    return True


def _list_anew(link: Link) -> None:
    RemoteCalendar.objects.filter(pk=link.calendar_id).update(cursor="", sync_token="")
