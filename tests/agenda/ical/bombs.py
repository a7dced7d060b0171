"""Resources that cost a careless reader minutes or gigabytes, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from tests.agenda.ical.texts import event, resource

START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2028, 5, 23, tzinfo=UTC)
BEGUN = "DTSTART:20261001T090000Z"
EVERY = ",".join(map(str, range(60)))
RULES = [
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;UNTIL=99991231T000000Z",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY",
    "FREQ=HOURLY",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=SECONDLY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=999999999999999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2",
    "FREQ=DAILY;COUNT=1000000000",
    "FREQ=WEEKLY;COUNT=1000000000;BYDAY=MO,TU,WE,TH,FR,SA,SU",
    "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(day) for day in range(1, 367)) + ";BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6",
    f"FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE={EVERY};BYSECOND={EVERY};BYSETPOS=-1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYSETPOS=300",
    "FREQ=YEARLY;BYEASTER=1",
    "FREQ=FORTNIGHTLY",
    "FREQ=DAILY;FREQ=DAILY",
    "UNTIL=20270101",
    "",
    ";" * 1000,
    "FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 100_000),
]


@cache
def _dates(number: int) -> str:
    return ",".join(f"{2020 + n % 20}{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}{n % 60:02}00Z" for n in range(number))


def _overrides(more: str = "") -> str:
    slots = [f"20{27 + n // 8760}{n // 730 % 12 + 1:02}{n // 24 % 28 + 1:02}T{n % 24:02}0000Z" for n in range(10_000)]
    overrides = [f"UID:a\nRECURRENCE-ID:{slot}\nDTSTART:{slot}\nSUMMARY:{slot}{more}" for slot in slots]
    return resource(f"UID:a\n{BEGUN}\nRRULE:FREQ=WEEKLY", *overrides)


def _zones(number: int, inside: str = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", *, closed: bool = True) -> str:
    end = "END:STANDARD\nEND:VTIMEZONE\n" if closed else ""
    zones = "".join(
        f"BEGIN:VTIMEZONE\nTZID:Z{n}\nBEGIN:STANDARD\nDTSTART:16010101T000000\n{inside}\nTZOFFSETFROM:+0100\n"
        f"TZOFFSETTO:+0200\n{end}"
        for n in range(number)
    )
    dates = "".join(f"\nEXDATE;TZID=Z{n}:20261001T090000" for n in range(min(number, 3_000)))
    return resource(f"UID:a\nDTSTART;TZID=Z1:20261001T090000\nRRULE:FREQ=WEEKLY{dates}", zones=zones)


def _lines(*lines: str) -> Callable[[], str]:
    return lambda: event(BEGUN, "RRULE:FREQ=WEEKLY", *lines)


AMOUNTS: dict[str, Callable[[], str]] = {
    "a hundred thousand exceptions": lambda: event(BEGUN, *(f"EXDATE:{day}" for day in _dates(100_000).split(","))),
    "as many in one line": lambda: event(BEGUN, "RRULE:FREQ=DAILY", f"EXDATE:{_dates(100_000)}"),
    "a hundred thousand dates": lambda: event(BEGUN, f"RDATE:{_dates(100_000)}"),
    "two thousand rules": _lines(*["RRULE:FREQ=DAILY"] * 2_000),
    "two thousand rules of seconds": _lines(*["RRULE:FREQ=SECONDLY"] * 2_000),
    "twenty dear rules": _lines(*[f"RRULE:FREQ=YEARLY;BYWEEKNO={week}" for week in range(1, 20)]),
    "twenty rules that count": lambda: event(
        "DTSTART:19700101T090000Z", *[f"RRULE:FREQ=DAILY;COUNT={40_000 + n}" for n in range(20)]
    ),
    "an exclusion by the minute": _lines("EXRULE:FREQ=MINUTELY"),
    "an attachment of 20 MB": _lines(
        "SUMMARY:😀", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "\r\n ".join(["A" * 74] * 270_000)
    ),
    "notes of 4 MB": _lines("SUMMARY:😀", "DESCRIPTION:" + "\r\n ".join(["A" * 74] * 51_000)),
    "notes of 4 MB beside something odd": _lines(
        "SUMMARY:😀", "FOO:bar", "DESCRIPTION:" + "\r\n ".join(["A" * 74] * 51_000)
    ),
    "an unknown property of 4 MB": _lines("SUMMARY:😀", "X-A:" + "\r\n ".join(["A" * 74] * 51_000)),
    "a title of line breaks": _lines("SUMMARY:" + "\\n" * 500_000),
    "a million short lines": _lines("FOO:bar", *["X:1"] * 780_000),
    "half a million comments": _lines(*["COMMENT:1"] * 350_000),
    "a third of a million attendees": _lines(*["ATTENDEE:1"] * 320_000),
    "twenty thousand weeks": _lines("DURATION:P999999W"),
    "the end of time": _lines("DTSTART:99991231T235959Z"),
    "alarms in alarms": _lines(*["BEGIN:VALARM"] * 20_000, *["END:VALARM"] * 20_000),
    "alarms without end": _lines(*["BEGIN:VALARM"] * 20_000),
    "a long name": _lines('ATTENDEE;CN="' + ";" * 100_000),
    "a property of dashes": _lines("X" + "-" * 100_000),
    "many parameters": _lines("ATTENDEE" + ";A=B" * 50_000 + ":mailto:a"),
    "dashes before a fence": _lines("DESCRIPTION:" + "—" * 500_000 + "halfpast"),
    "fences in fences": _lines("DESCRIPTION:" + "halfpast - - \\n" * 50_000),
    "no properties": _lines(*["A"] * 100_000),
    "soft breaks": _lines("DESCRIPTION;ENCODING=QUOTED-PRINTABLE:=", *["=41=" * 15] * 20_000),
    "quoted-printable, nearly": _lines(*["X;QUOTED-PRINTABLE" + ";" * 5_000] * 50),
    "ten thousand overrides": _overrides,
    "ten thousand odd overrides": lambda: _overrides("\nFOO:not plain"),
    "five thousand zones": lambda: _zones(5_000),
    "zones that never end": lambda: _zones(30_000, closed=False),
    "a zone of seconds": lambda: _zones(2, "RRULE:FREQ=SECONDLY"),
    "a zone of many dates": lambda: _zones(2, f"RDATE:{_dates(100_000)}"),
    "a zone of many parts": lambda: _zones(
        3, "END:STANDARD\n" + "BEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=DAILY\nEND:STANDARD\n" * 600
    ),
}
#: what is also changed by its owner: texts that are large, or strange in their lines
CHANGED = {"a hundred thousand dates", "an attachment of 20 MB", "an unknown property of 4 MB", "a million short lines"}
CHANGED |= {"alarms in alarms", "no properties", "soft breaks", "ten thousand overrides", "zones that never end"}
FIRSTS = ("00010101T000000Z", "99991231T235959Z")


def bombs() -> dict[str, Callable[[], str]]:
    """Return all of them by name."""

    def ruled(rule: str, first: str = "20261001T090000") -> Callable[[], str]:
        return lambda: event(f"DTSTART:{first}", f"RRULE:{rule}")

    found = {f"rule {rule[:60]}": ruled(rule) for rule in RULES}
    for rule in ("FREQ=DAILY", "FREQ=DAILY;COUNT=1000000000"):
        found |= {f"rule {rule} since {first[:4]}": ruled(rule, first) for first in FIRSTS}
    return found | AMOUNTS
