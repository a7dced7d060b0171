"""Hostile resources are answered or refused, in under two seconds (fault row 29)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agenda.ical.read import read
from agenda.ical.recurrence import TooMuch, Unreadable, expand
from tests.agenda.ical.texts import event, resource

START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2028, 5, 23, tzinfo=UTC)
RULES = [
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;UNTIL=99991231T000000Z",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY",
    "FREQ=HOURLY",
    "FREQ=MINUTELY;BYHOUR=25",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=SECONDLY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=999999999999999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2",
    "FREQ=DAILY;COUNT=1000000000",
    "FREQ=WEEKLY;COUNT=1000000000;BYDAY=MO,TU,WE,TH,FR,SA,SU",
    "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(day) for day in range(1, 367)) + ";BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5,6",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYSETPOS=300",
    "FREQ=YEARLY;BYEASTER=1",
    "FREQ=FORTNIGHTLY",
    "FREQ=DAILY;FREQ=DAILY",
    "UNTIL=20270101",
    "",
    ";" * 1000,
    "FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 100_000),
]


@pytest.mark.parametrize("rule", RULES, ids=range(len(RULES)))
def test_no_rule_takes_long(rule):
    answered_or_refused(event("DTSTART:20261001T090000", f"RRULE:{rule}"))


@pytest.mark.parametrize("first", ["00010101T000000Z", "99991231T235959Z"])
@pytest.mark.parametrize("rule", ["FREQ=HOURLY", *(rule for rule in RULES if rule.startswith(("FREQ=DAI", "FREQ=WE")))])
def test_no_start_however_far_takes_long(rule, first):
    answered_or_refused(event(f"DTSTART:{first}", f"RRULE:{rule[:100]}"))


@pytest.mark.parametrize(
    "lines",
    [
        [f"EXDATE:{day:%Y%m%d}T{n % 24:02}0000Z" for n in range(100_000) for day in [datetime(2020 + n % 20, 1, 1)]],
        ["EXDATE:" + ",".join(["20270101T000000Z"] * 100_000)],
        ["RDATE:" + ",".join(f"2027{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}{n % 60:02}00Z" for n in range(100_000))],
        ["RRULE:FREQ=DAILY"] * 2_000,
        ["RRULE:FREQ=SECONDLY"] * 2_000,
        [f"RRULE:FREQ=YEARLY;BYWEEKNO={week}" for week in range(1, 20)],
        ["ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "\r\n ".join(["A" * 74] * 270_000)],
        ["SUMMARY:" + "\\n" * 500_000],
        ["DURATION:P999999W"],
        ["DTSTART:99991231T235959Z"],
        ["BEGIN:VALARM"] * 20_000 + ["END:VALARM"] * 20_000,
        ["BEGIN:VALARM"] * 20_000,
        ['ATTENDEE;CN="' + ";" * 100_000],
        ["X" + "-" * 100_000],
        ["ATTENDEE" + ";A=B" * 50_000 + ":mailto:a"],
        ["DESCRIPTION:" + "—" * 500_000 + "halfpast"],
        ["DESCRIPTION:" + "halfpast - - \\n" * 50_000],
        ["A"] * 100_000,
    ],
    ids=range(18),
)
def test_no_amount_of_lines_takes_long(lines):
    answered_or_refused(event("DTSTART:20261001T090000Z", "RRULE:FREQ=WEEKLY", *lines))


@pytest.mark.parametrize("more", ["", "\nFOO:not plain"])
def test_ten_thousand_overrides_do_not_take_long(more):
    slots = [
        f"20{27 + n // 8760:02}{n // 730 % 12 + 1:02}{n // 24 % 28 + 1:02}T{n % 24:02}0000Z" for n in range(10_000)
    ]
    overrides = [f"UID:a\nRECURRENCE-ID:{slot}\nDTSTART:{slot}\nSUMMARY:{slot}{more}" for slot in slots]
    answered_or_refused(resource("UID:a\nDTSTART:20261001T090000Z\nRRULE:FREQ=WEEKLY", *overrides))


def answered_or_refused(text: str) -> None:
    for work in (read, lambda text: expand(text, start=START, end=END, home=ZoneInfo("Europe/Brussels"))):
        began = time.process_time(), time.monotonic()
        try:
            work(text)
        except (TooMuch, Unreadable):
            pass
        assert time.process_time() - began[0] < 2  # of our own processor time
        assert time.monotonic() - began[1] < 6  # by the clock, on a busy machine


def test_a_window_of_a_day_in_a_rule_by_the_hour_is_answered():
    text = event("DTSTART:20261120T000000Z", "RRULE:FREQ=HOURLY")
    found = expand(text, start=START, end=datetime(2026, 11, 24, tzinfo=UTC), home=ZoneInfo("UTC"))
    assert len(found.spans) == 24 and not found.complete
