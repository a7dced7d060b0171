"""Finding things by their words: activities that the viewer may see, and his own private events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from accounts.selectors import visible_owners
from agenda.models import Activity, Attendance, BlockSpan
from agenda.selectors.items import activities_for
from agenda.selectors.rows import Row, activity_row, instant_of, span_row
from agenda.selectors.window import spans_of
from agenda.visibility import allowed

#: private events are sealed, so they are opened one by one: only those of this stretch around now
BEFORE, AFTER = timedelta(days=92), timedelta(days=366)
MOST = 20  # of what lies ahead, and of what is past
SHORTEST, WORDS = 2, 6  # letters of a question, and how many of its words are looked at


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. `who` answers for it when that is a colleague. `day`: where the agenda shows it."""

    row: Row = field(repr=False)
    day: date | None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Today and later first, the nearest on top; then what is past. `more`: there is more than is shown."""

    hits: Sequence[Hit]
    more: bool = False


def search(viewer: User, text: str, *, now: datetime) -> Found:
    """Return what says all words of `text` in title, place or customer; nothing for less than two letters.

    A colleague's block is never among it, whatever it says. Three queries at most besides the session's own.
    """
    typed = text.split()[:WORDS]
    words = [word.casefold() for word in typed]
    if len(text.strip()) < SHORTEST or not allowed(viewer, [viewer]):
        return Found([])
    since = datetime.combine(now.astimezone(viewer.zone).date(), time(), viewer.zone)
    hits = [*_activities(viewer, typed, since), *_blocks(viewer, words, now)]
    hits.sort(key=lambda hit: instant_of(hit.row.start, viewer))
    first = next((n for n, hit in enumerate(hits) if instant_of(hit.row.start, viewer) >= since), len(hits))
    past, ahead = hits[:first][::-1], hits[first:]
    return Found([*ahead[:MOST], *past[:MOST]], len(ahead) > MOST or len(past) > MOST)


def _activities(viewer: User, words: Iterable[str], since: datetime) -> Iterator[Hit]:
    """Yield the activities that say it; what has no time yet counts as lying ahead."""
    found = activities_for(viewer).filter(*map(_says, words), deleted_at=None)
    timed = found.select_related("customer", "organiser", "assignee").annotate(begins=_BEGINS, shown_to=_agenda(viewer))
    ahead = timed.filter(Q(begins__gte=since) | Q(begins=None)).order_by(F("begins").asc(nulls_last=True))
    past = timed.filter(begins__lt=since).order_by("-begins")
    for activity in [*_some(ahead), *_some(past)]:
        owner = activity.organiser or activity.assignee or viewer
        on = activity.shown_to or owner.pk  # type: ignore[attr-defined]  # annotated above
        row = replace(activity_row(viewer, owner, activity, None), owner_id=on, mine=on == viewer.pk)
        yield Hit(row, _day(row, viewer), "" if owner == viewer else owner.display_name)


def _agenda(viewer: User) -> Subquery:
    """Return whose agenda shows it to the viewer: his own, else that of who answers for it, else any he may see."""
    standing = Attendance.objects.filter(activity=OuterRef("pk"), ended_at=None)
    seen = standing.filter(user__in=visible_owners(viewer).order_by().values("pk"))
    own = When(user=viewer, then=Value(0))
    answering = When(Q(user=F("activity__organiser")) | Q(user=F("activity__assignee")), then=Value(1))
    first = seen.order_by(Case(own, answering, default=Value(2)), "user").values("user")[:1]
    return Subquery(first, output_field=UUIDField())


_BEGINS = Coalesce("start", Cast("start_date", DateTimeField()))


def _some(found: QuerySet[Activity]) -> QuerySet[Activity]:
    return found[: MOST + 1]


def _says(word: str) -> Q:
    """Match a word anywhere in what an activity is called, where it is and whom it is about.

    SQLite takes É and é for two letters, so that a word is looked for as it was typed and in the usual cases.
    """
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    places = ("title", "location", "customer__name")
    return reduce(or_, (Q(**{f"{place}__icontains": form}) for place in places for form in sorted(forms)))


def _blocks(viewer: User, words: Sequence[str], now: datetime) -> Iterator[Hit]:
    """Yield the viewer's own private events that say it: of each the time nearest to now."""
    mine = spans_of([viewer.pk], now - BEFORE, now + AFTER).filter(block__isnull=False)
    silent, found = set(), set()  # series are opened once, and not for each of their times
    for span in sorted(mine, key=lambda one: abs(one.start - now)):
        if span.block_id in found or (span.envelope is None and span.block_id in silent):
            continue
        row = _told(viewer, span, words)
        if row:
            found.add(span.block_id)
            yield Hit(row, _day(row, viewer))
        elif span.envelope is None:
            silent.add(span.block_id)


def _told(viewer: User, span: BlockSpan, words: Iterable[str]) -> Row | None:
    row = span_row(viewer, viewer, span, None)
    said = f"{row.title} {row.place}".casefold() if row else ""
    return row if all(word in said for word in words) else None


def _day(row: Row, viewer: User) -> date | None:
    return row.start.astimezone(viewer.zone).date() if isinstance(row.start, datetime) else row.start
