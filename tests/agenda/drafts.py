"""Blocks of a personal calendar, as the sync would bring them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from agenda.content import Busy, EventContent, Span, TimeKind, When
from agenda.models import Block
from agenda.services.blocks import BlockDraft, create_many
from tests.factories import UserFactory

BRUSSELS = "Europe/Brussels"
#: words that nobody but Alice may ever read
SECRETS = ("Oncologist", "Rue Cachée 7", "bring the scans", "Family", "uid-secret")


def person(colleague: User, **fields: Any) -> User:
    """Return another member of the same company."""
    made: User = UserFactory.create(company=colleague.company, **fields)
    return made


def zoned(start: str, end: str, zone: str = BRUSSELS) -> When:
    """Return two wall times of a zone, such as "2026-11-24T10:00"."""
    info = ZoneInfo(zone)
    begin, finish = (datetime.fromisoformat(text).replace(tzinfo=info) for text in (start, end))
    return When(TimeKind.ZONED, begin, finish, zone)


def floating(start: str, end: str) -> When:
    return When(TimeKind.FLOATING, datetime.fromisoformat(start), datetime.fromisoformat(end))


def dates(start: str, end: str) -> When:
    return When(TimeKind.DATE, date.fromisoformat(start), date.fromisoformat(end))


DENTIST = zoned("2026-11-24T10:00", "2026-11-24T11:00")


def event(when: When = DENTIST, **said: Any) -> EventContent:
    words = {"title": SECRETS[0], "place": SECRETS[1], "notes": SECRETS[2], "uid": SECRETS[4]}
    return EventContent(when=when, **{**words, **said})


def draft(owner: User, when: When = DENTIST, *, spans: list[Span] | None = None, **said: Any) -> BlockDraft:
    content = event(when, **said)
    drawn = spans if spans is not None else [Span(when, busy=content.busy)]
    return BlockDraft(owner, content, SECRETS[3], drawn)


def block(owner: User, when: When = DENTIST, **said: Any) -> Block:
    (made,) = create_many([draft(owner, when, **said)])
    return made


def weekly(owner: User) -> Block:
    """Three Mondays at nine, of which the second says something of its own."""
    days = ("2026-11-23", "2026-11-30", "2026-12-07")
    spans = [Span(zoned(f"{day}T09:00", f"{day}T10:00"), recurrence_id=f"{day}T08:00:00+00:00") for day in days]
    spans[1] = Span(spans[1].when, recurrence_id=spans[1].recurrence_id, title="Oncologist, second opinion")
    (made,) = create_many([draft(owner, spans[0].when, spans=spans, series="FREQ=WEEKLY;COUNT=3")])
    return made


FREE = Busy.FREE
TENTATIVE = Busy.TENTATIVE
