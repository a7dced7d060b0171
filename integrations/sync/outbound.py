"""What an activity says in its owner's calendar: the one place where content leaves the agenda for a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.content import Busy, EventContent, TimeKind, When
from agenda.ical.alarms import alarm_uid
from agenda.ical.read import read
from agenda.models import Activity, Attendance, Block
from agenda.services.block_edits import when_of as when_of_span
from agenda.visibility import own_words
from integrations.models import Connection, Detail, Scope

_ALARM = re.compile(r"(^BEGIN:VALARM.*?^END:VALARM)", re.MULTILINE | re.IGNORECASE | re.DOTALL)
_UID = re.compile(r"^UID(?:;[^:\r\n]*)?:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE | re.IGNORECASE)


def with_relations(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Return the activities with all that `render` reads, in two queries."""
    taking_part = Attendance.objects.filter(ended_at=None).select_related("user")
    return activities.select_related("customer").prefetch_related(
        Prefetch("attendances", queryset=taking_part, to_attr="taking_part")
    )


def attending(activity: Activity) -> Sequence[User]:
    """Return who takes part, as prefetched by `with_relations`."""
    return [attendance.user for attendance in activity.taking_part]  # type: ignore[attr-defined]  # set by Prefetch


def in_scope(connection: Connection, activity: Activity) -> bool:
    """Return whether this activity is to be written to the connection's target at all (creation only)."""
    if connection.push_to_id is None or not connection.grant.allows(Scope.WRITE_CALENDAR):
        return False
    if activity.deleted_at or not activity.scheduled or not _is_switched_on(connection, activity):
        return False
    return _end(activity, ZoneInfo(connection.user.timezone)) > connection.import_from


def _is_switched_on(connection: Connection, activity: Activity) -> bool:
    match activity.kind:
        case Activity.Kind.TASK:
            return connection.push_tasks
        case Activity.Kind.CALL:
            return connection.push_calls
    return True


def _end(activity: Activity, home: ZoneInfo) -> datetime:
    when = when_of(activity)
    return when.instants(home)[1]


def when_of(activity: Activity) -> When:
    """Return a scheduled activity's time as content. ValueError for an unscheduled one."""
    if activity.start_date and activity.end_date:
        return When(TimeKind.DATE, activity.start_date, activity.end_date)
    if activity.start is None or activity.end is None:
        raise ValueError("an unscheduled activity has no time")
    zone = ZoneInfo(activity.zone)
    end = activity.end if activity.end > activity.start else activity.start + timedelta(minutes=1)
    return When(TimeKind.ZONED, activity.start.astimezone(zone), end.astimezone(zone), activity.zone)


def render(activity: Activity, user: User, uid: str, detail: str = Detail.FULL) -> EventContent:
    """Return what `user`'s copy of the activity says. Never an ATTENDEE or ORGANIZER: servers mail people (A70)."""
    if detail == Detail.BUSY:
        return EventContent(uid=uid, when=when_of(activity), title=_("Busy"))
    customer = activity.customer
    title = activity.title or (_("Call with %(name)s") % {"name": customer.name} if customer else _("Call"))
    if detail == Detail.TITLE:
        return EventContent(uid=uid, when=when_of(activity), title=title)
    return EventContent(
        uid=uid,
        when=when_of(activity),
        title=title,
        place=activity.location or (customer.address if customer else ""),
        notes=activity.description,
        fence="\n".join(_fence(activity, user)),
    )


def render_block(block: Block, uid: str) -> EventContent:
    """Return what a block's own event says, for its owner's calendar alone. LookupError when it has no time left."""
    span = block.spans.order_by("start").first()
    if span is None:
        raise LookupError("a block without spans has nothing to write")
    words = own_words(block.owner, block)
    return EventContent(uid, when_of_span(span), words.title, words.place, words.notes, busy=Busy(block.busy))


def with_uid(text: str, uid: str) -> str:
    """Return a resource's text under another UID, its overrides too. Alarms keep theirs; our own stays ours."""
    before = alarm_uid(read(text).uid)
    parts = _ALARM.split(text)  # every second one is an alarm
    parts[::2] = [_UID.sub(f"UID:{uid}", part) for part in parts[::2]]
    parts[1::2] = [part.replace(before, alarm_uid(uid)) for part in parts[1::2]]
    return "".join(parts)


def _fence(activity: Activity, user: User) -> list[str]:
    customer = activity.customer
    lines = []
    if customer:
        lines.append(_("Customer: %(name)s") % {"name": customer.name})
        if customer.phone:
            lines.append(_("Phone: %(phone)s") % {"phone": customer.phone})
        if customer.address:
            lines.append(_("Address: %(address)s") % {"address": customer.address})
    colleagues = sorted(person.name or person.email for person in attending(activity) if person.pk != user.pk)
    if colleagues:
        lines.append(_("With: %(names)s") % {"names": ", ".join(colleagues)})
    if activity.online_link:
        lines.append(_("Online: %(link)s") % {"link": activity.online_link})
    if settings.HALFPAST_URL:
        lines.append(f"{settings.PRODUCT_NAME}: {settings.HALFPAST_URL}/agenda/?show={activity.pk.hex}")
    return lines
