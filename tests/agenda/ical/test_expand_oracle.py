"""Expansion agrees with recurring-ical-events, a library that nothing else here uses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.ical.recurrence import expand
from tests.agenda.ical.strategies import ZONES
from tests.agenda.ical.texts import resource

#: a month back and 18 months ahead of the day this is set in (I14)
START, END = datetime(2026, 10, 23, tzinfo=UTC), datetime(2028, 5, 23, tzinfo=UTC)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@st.composite
def rules(draw, dated: bool, floating: bool, forms: bool = True) -> str:
    """Return a plain rule, ended or not; with `forms` its UNTIL may be in another form than its start (A66)."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    weekdays = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    ordinal = draw(st.sampled_from(["", "1", "2", "-1", "5"])) if frequency in ("MONTHLY", "YEARLY") else ""
    month_days = sorted(set(draw(st.lists(st.sampled_from([1, 13, 15, 29, 30, 31, -1, -2]), min_size=1, max_size=3))))
    if draw(st.booleans()):
        parts.append("BYDAY=" + ",".join(ordinal + day for day in weekdays))
    elif frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append("BYMONTHDAY=" + ",".join(str(day) for day in month_days))
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"BYMONTH={draw(st.sampled_from(['2', '3,10', '1,4,7,10,12']))}")
    if frequency in ("MONTHLY", "YEARLY") and "BY" in parts[-1] and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '2', '1,-1']))}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    last = date(2026, 6, 1) + timedelta(days=draw(st.integers(0, 900)))
    proper = f"{last:%Y%m%d}" if dated else f"{last:%Y%m%d}T120000{'' if floating else 'Z'}"
    odd = [f"{last:%Y%m%d}T120000Z", f"{last:%Y%m%d}T120000", f"{last:%Y%m%d}"]
    until = draw(st.sampled_from([proper, proper, *odd])) if forms else proper
    return ";".join(parts + draw(st.sampled_from([[], [f"COUNT={draw(st.integers(1, 80))}"], [f"UNTIL={until}"]])))


@st.composite
def series(draw) -> tuple[str, str]:
    """Return a series with exceptions, additions and overrides in mixed forms, and its kind of time."""
    kind = draw(st.sampled_from(["date", "utc", "zoned", "zoned", "floating"]))
    zone = ZoneInfo(draw(st.sampled_from(ZONES))) if kind == "zoned" else ZoneInfo("UTC")
    first = datetime(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)), minutes=30 * draw(st.integers(0, 47)))
    length = (
        timedelta(minutes=draw(st.sampled_from([0, 30, 60, 600])))
        if kind != "date"
        else timedelta(days=draw(st.integers(1, 3)))
    )

    def written(name: str, wall: datetime, elsewhere: bool = False) -> str:
        if kind == "date":
            return f"{name};VALUE=DATE:{wall:%Y%m%d}"
        if kind == "floating":
            return f"{name}:{wall:%Y%m%dT%H%M%S}"
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        if kind == "utc" or elsewhere:
            return f"{name}:{instant:%Y%m%dT%H%M%SZ}"
        return f"{name};TZID={zone.key}:{wall:%Y%m%dT%H%M%S}"

    rule = draw(rules(kind == "date", kind == "floating"))
    lines = ["UID:a", written("DTSTART", first), written("DTEND", first + length), f"RRULE:{rule}", "SUMMARY:Master"]
    walls = [first + timedelta(days=days) for days in draw(st.lists(st.integers(0, 800), max_size=6, unique=True))]
    lines += [written("EXDATE", wall, draw(st.booleans())) for wall in walls[:2]]
    lines += [written("RDATE", wall + timedelta(minutes=15 if kind != "date" else 0)) for wall in walls[2:3]]
    # An override's slot is one that the rule fills: what both libraries do with others is theirs to choose.
    slots = [wall for wall in occurrences(lines, kind, zone) if draw(st.integers(0, 5)) == 0][:3]
    overrides = []
    for slot in slots:
        moved = slot + timedelta(days=draw(st.integers(-40, 40)))
        body = ["UID:a", written("RECURRENCE-ID", slot, draw(st.booleans())), written("DTSTART", moved)]
        body += [written("DTEND", moved + length), "SUMMARY:Moved"]
        overrides.append("\n".join(body + draw(st.sampled_from([[], [], ["STATUS:CANCELLED"]]))))
    return resource("\n".join(lines), *overrides), kind


def occurrences(lines: list[str], kind: str, zone: ZoneInfo) -> list[datetime]:
    """Return the wall times of a series without overrides inside the window."""
    found = expand(resource("\n".join(lines)), start=START, end=END, home=ZoneInfo("UTC"))
    walls = [span.when.start for span in found.spans]
    return [
        wall.replace(tzinfo=None) if isinstance(wall, datetime) else datetime(wall.year, wall.month, wall.day)
        for wall in walls
    ]


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(series())
def test_a_series_is_expanded_as_another_library_does(case):
    text, _ = case
    ours = expand(text, start=START, end=END, home=ZoneInfo("UTC"))
    theirs = standing(text)
    # A start that the clock jumps over: they give it no length, see test_expand.
    lost = {instant(event.start) for event in theirs if jumped_over(event.start)}
    drawn = [(instant(span.when.start), instant(span.when.end), span.title or "Master") for span in ours.spans]
    known = [(instant(event.start), instant(event.end), str(event["SUMMARY"])) for event in theirs]
    assert sorted(one for one in drawn if one[0] not in lost) == sorted(one for one in known if one[0] not in lost)


def standing(text: str, start: datetime = START, end: datetime = END) -> list[icalendar.Event]:
    """Return the other library's occurrences, as far as they are not cancelled."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(start, end)
    return [event for event in found if event.get("STATUS") != "CANCELLED"]


def instant(moment: date) -> datetime:
    """Return a moment in UTC, dates and wall times as of UTC, as the window has them."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def jumped_over(moment: date) -> bool:
    """Tell whether no clock ever shows a time."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return False
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None)
