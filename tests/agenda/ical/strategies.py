"""Generated resources: single events and series, as servers and phones write them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from agenda.ical.lines import escape, fold

ZONES = ["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"]
TITLES = st.text(alphabet="aé—😀 ,;:\\\"'\nX=\t^", max_size=120)
WALLS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda wall: wall.replace(microsecond=0))
NOISE = [
    "CREATED:20260101T000000Z",
    "SEQUENCE:3",
    "CLASS:PRIVATE",
    "PRIORITY:5",
    "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
    'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="A: b; c":geo:50.85,4.34',
    "CATEGORIES:one,two\\,three",
    "BEGIN:VALARM\nACTION:NONE\nTRIGGER;VALUE=DATE-TIME:19760401T005545Z\nEND:VALARM",
    "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Not the event's\nTRIGGER:-PT15M\nX-WR-ALARMUID:A\nEND:VALARM",
    "ATTACH;FMTTYPE=text/plain:https://files.example.org/a:b",
]


@st.composite
def times(draw) -> list[str]:
    """Return DTSTART with DTEND, DURATION or nothing, in one of the three kinds of time."""
    wall = draw(WALLS)
    later = wall + timedelta(minutes=draw(st.integers(-60, 3000)))
    kind = draw(st.sampled_from(["date", "bare date", "utc", "zoned", "two zones", "floating"]))
    if "date" in kind:
        given = "" if kind == "bare date" else ";VALUE=DATE"
        start, end = f"DTSTART{given}:{wall:%Y%m%d}", f"DTEND{given}:{later:%Y%m%d}"
    elif kind == "utc":
        start, end = f"DTSTART:{wall:%Y%m%dT%H%M%S}Z", f"DTEND:{later:%Y%m%dT%H%M%S}Z"
    elif kind == "floating":
        start, end = f"DTSTART:{wall:%Y%m%dT%H%M%S}", f"DTEND:{later:%Y%m%dT%H%M%S}"
    else:
        zone = draw(st.sampled_from(ZONES))
        other = draw(st.sampled_from(ZONES)) if kind == "two zones" else zone
        start, end = f"DTSTART;TZID={zone}:{wall:%Y%m%dT%H%M%S}", f"DTEND;TZID={other}:{later:%Y%m%dT%H%M%S}"
    length = draw(st.sampled_from(["DURATION:PT45M", "DURATION:P1DT2H", "DURATION:P2W", "DURATION:-PT5M", ""]))
    return [start, *draw(st.sampled_from([[end], [end], [end], [length] if length else []]))]


@st.composite
def event_lines(draw) -> list[str]:
    """Return the content lines of one VEVENT, in any order."""
    lines = ["UID:generated", "DTSTAMP:20260101T000000Z", *draw(times())]
    for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        if draw(st.booleans()):
            lines.append(f"{name}{draw(st.sampled_from(['', '', ';LANGUAGE=nl']))}:{escape(draw(TITLES))}")
    lines += draw(st.lists(st.sampled_from(NOISE), max_size=4, unique=True))
    lines += draw(st.sampled_from([[], ["STATUS:CONFIRMED"], ["STATUS:TENTATIVE"], ["STATUS:cancelled"]]))
    lines += draw(st.sampled_from([[], ["TRANSP:OPAQUE"], ["TRANSP:TRANSPARENT"]]))
    lines += draw(st.sampled_from([[], ["LAST-MODIFIED:20260101T000000Z"], ["LAST-MODIFIED:20260101T000000"]]))
    lines += draw(st.sampled_from([[], ["RRULE:BYDAY=MO,TU;FREQ=WEEKLY;INTERVAL=1"], ["RRULE:FREQ=DAILY;COUNT=5"]]))
    lines += draw(st.sampled_from([[], ["EXDATE:20270101T000000Z"], ["EXDATE;VALUE=DATE:20270101,20270102"]]))
    lines += draw(st.sampled_from([[], ["RDATE;TZID=Asia/Kolkata:20270101T000000,20270102T000000"]]))
    if draw(st.booleans()):
        answer = draw(st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION"]))
        lines += ['ORGANIZER;CN="Boss: Dirk; B":mailto:dirk@firm.example', "ATTENDEE:mailto:eva@firm.example"]
        lines += [f'ATTENDEE;CN="Alice, A";PARTSTAT={answer}:mailto:Alice@Home.example']
    shuffled: list[str] = draw(st.permutations(lines))
    return shuffled


@st.composite
def resources(draw) -> str:
    """Return the text of a resource with one event, folded or not, with either line end."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Generated//EN", "BEGIN:VEVENT"]
    lines += [line for body in draw(event_lines()) for line in body.split("\n")]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    line_end = draw(st.sampled_from(["\r\n", "\r\n", "\n"]))
    physical = [part for line in lines for part in fold(line)] if draw(st.booleans()) else lines
    return "".join(part + line_end for part in physical)
