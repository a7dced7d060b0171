"""The roll: once a day the horizon moves on, spans are added, and what lay beyond it is looked at again."""

from __future__ import annotations

from datetime import datetime

from agenda.ical.read import Unreadable
from agenda.ical.recurrence import TooMuch, expand
from agenda.services import blocks
from integrations.models import Link
from integrations.sync.reading import Reader
from integrations.sync.session import Session


def roll(session: Session) -> None:
    """Draw series up to today's horizon, and fetch single events that it has reached. At most once a day."""
    if session.connection.horizon == session.horizon:
        return
    _extend(session)
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


def _reached(session: Session) -> None:
    """Read single events again that were too far ahead when they were first seen."""
    waiting = Link.objects.filter(connection=session.connection, ignored_until__lte=session.now().date())
    for link in waiting.select_related("calendar"):
        resource = session.gateway.get(link.href.reveal())
        link.calendar.connection = session.connection
        if resource is not None:
            Reader(session, link.calendar).take([resource])
