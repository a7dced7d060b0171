"""The roll: once a day the horizon moves on, spans are added, and what lay beyond it is looked at again."""

from __future__ import annotations

import re
from datetime import datetime

from agenda.content import Span
from agenda.ical.read import NotAnEvent, Unreadable, read
from agenda.ical.recurrence import TooMuch, expand
from agenda.services import blocks
from agenda.services import spans as drawing
from integrations.models import Link
from integrations.sync.reading import Reader
from integrations.sync.session import Session

_REPEATS = re.compile(r"^(?:RRULE|RDATE)[:;]", re.MULTILINE | re.IGNORECASE)


def roll(session: Session) -> None:
    """Draw series up to today's horizon, and fetch single events that it has reached. At most once a day."""
    if session.connection.horizon == session.horizon:
        return
    _extend(session)
    _extend_activities(session)
    _reached(session)
    with session.writing():
        session.connection.horizon = session.horizon
        session.connection.save(update_fields=["horizon"])


def _extend(session: Session) -> None:
    drawn = Link.objects.filter(connection=session.connection, block__drawn_until__lt=session.horizon)
    for link in drawn.select_related("block").iterator(chunk_size=200):
        if link.block is None or link.block.drawn_until is None or link.text is None:
            continue
        start = datetime.combine(link.block.drawn_until, datetime.min.time(), tzinfo=session.home_zone)
        try:
            found = expand(link.opened_text, start=start, end=session.window[1], home=session.home_zone, me=session.me)
        except (TooMuch, Unreadable):
            continue
        new = [span for span in found.spans if span.when.instants(session.home_zone)[0] >= start]
        with session.writing():
            blocks.extend(link.block, new, session.horizon if not found.complete else None)


def _extend_activities(session: Session) -> None:
    """Draw on, from the last horizon, what somebody made repeat on a phone; the activity is its first time."""
    begun = session.connection.horizon
    if begun is None:
        return
    start = datetime.combine(begun, datetime.min.time(), tzinfo=session.home_zone)
    pushed = Link.objects.filter(connection=session.connection, activity__deleted_at=None, text__isnull=False)
    for link in pushed.exclude(activity=None).select_related("activity").iterator(chunk_size=200):
        text = link.opened_text
        if link.activity is None or not _REPEATS.search(text):
            continue
        try:
            spans = _after_the_first(session, text, start)
        except (TooMuch, Unreadable, NotAnEvent):
            continue
        with session.writing():
            drawing.add_to_activity(link.activity, session.user, spans)


def _after_the_first(session: Session, text: str, start: datetime) -> list[Span]:
    """Return the occurrences that begin from `start` up to today's horizon, without the series' first."""
    first = read(text, me=session.me).when.instants(session.home_zone)[0]
    found = expand(text, start=start, end=session.window[1], home=session.home_zone, me=session.me).spans
    begins = [(span.when.instants(session.home_zone)[0], span) for span in found]
    return [span for begin, span in begins if begin >= start and begin != first]


def _reached(session: Session) -> None:
    """Read single events again that were too far ahead when they were first seen."""
    waiting = Link.objects.filter(connection=session.connection, ignored_until__lte=session.now().date())
    for link in waiting.select_related("calendar"):
        resource = session.gateway.get(link.href.reveal())
        link.calendar.connection = session.connection
        if resource is not None:
            Reader(session, link.calendar).take([resource])
