"""Reading and expanding against icalendar, in one run: `python -m benchmarks.reading`. Prints CPU per item, and ratios.

Beside them stand the counts of the same comparison as the tests make it: how many of the files that icalendar and
recurring-ical-events ship are read alike by both ways, and how many of them take the fast one (budget B5).
Events are deterministic and like a phone's, 870 bytes on average: an alarm and X-properties in each, a third with a
zone, a quarter with a place on the map.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

import icalendar

from agenda.ical import plain
from agenda.ical.read import read
from agenda.ical.recurrence import expand
from tests.agenda.ical.realfiles import read_twice, real_files, resources

EVENTS = 1_000
BATCH = 50
ROUNDS = 5
HOME = ZoneInfo("Europe/Brussels")
START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2028, 5, 23, tzinfo=UTC)

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
"""
PLACE = """X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="Quay 4, Harbour";X-APPLE-R
 ADIUS=70.5;X-TITLE="Quay: the harbour":geo:50.852000,4.349000
"""
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Benchmark//Like a phone//EN
CALSCALE:GREGORIAN
{zone}BEGIN:VEVENT
UID:reading-{number:06}@benchmark.example
DTSTAMP:20261101T080000Z
CREATED:20261001T080000Z
LAST-MODIFIED:20261101T080000Z
DTSTART{tzid}:{start}
DTEND{tzid}:{end}
{rule}SUMMARY:Appointment {number}\\, with a comma
LOCATION:Quay {number}\\, Harbour
DESCRIPTION:First line of some notes of a usual length\\nand a second line that is
  long enough to be folded by the server.
SEQUENCE:0
STATUS:CONFIRMED
TRANSP:OPAQUE
{place}X-APPLE-CREATOR-IDENTITY:com.example.mobilecal
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER:-PT15M
UID:alarm-{number:06}
X-WR-ALARMUID:alarm-{number:06}
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def event(number: int, rule: str = "") -> str:
    """Return the resource of that number."""
    zoned = number % 3 == 0
    day, z = f"2026{number % 12 + 1:02}{number % 28 + 1:02}", "" if zoned else "Z"
    text = EVENT.format(
        number=number,
        zone=ZONE if zoned else "",
        tzid=";TZID=Europe/Brussels" if zoned else "",
        start=f"{day}T090000{z}",
        end=f"{day}T100000{z}",
        place=PLACE if number % 4 == 0 else "",
        rule=f"RRULE:{rule}\n" if rule else "",
    )
    return text.replace("\n", "\r\n")


def microseconds(works: Sequence[Callable[[str], object]], texts: Sequence[str]) -> list[float]:
    """Return the CPU per text of each work: the median of small batches, taken in turn, so that all share the noise."""
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)] * ROUNDS
    spent: list[list[float]] = [[] for _ in works]
    for batch in batches:
        for work, times in zip(works, spent, strict=True):
            began = time.process_time()
            for text in batch:
                work(text)
            times.append((time.process_time() - began) / len(batch))
    return [median(times) * 1e6 for times in spent]


def main() -> None:
    """Print the table."""
    texts = [event(number) for number in range(EVENTS)]
    share = sum(plain.events(text) is not None for text in texts) / len(texts)
    peer, ours = microseconds([icalendar.Calendar.from_ical, read], texts)
    size = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} events of {size:.0f} characters on average")
    print(f"icalendar parse      {peer:8.1f} µs an event")
    print(f"read                 {ours:8.1f} µs an event, {peer / ours:.1f} times faster, {share:.0%} on the fast path")
    mix = 0.9 * ours
    for rule, part in (("FREQ=WEEKLY", 0.05), ("FREQ=DAILY", 0.02), ("FREQ=YEARLY", 0.02), ("FREQ=MONTHLY", 0.01)):
        series = [event(number, rule) for number in range(30)]
        cost = sum(microseconds([read, _expand], series))
        mix += part * cost
        print(f"read + expand {rule:14}{cost:8.1f} µs a series over 18 months")
    print(f"mix, 10 % series     {mix:8.1f} µs an event")
    _print_equality()


def _print_equality() -> None:
    """Read every real file both ways, whole and taken apart by UID, and print what came out."""
    for what, shipped in (("files", real_files()), ("resources", resources())):
        found = read_twice(shipped)
        print(f"real {what:10}{found.texts:6} with {found.events} events: {found.fast} by the fast path", end=", ")
        print(f"{found.careful} by icalendar alone ({found.share:.1%} fast)", end=", ")
        print(f"{found.unreadable} unreadable, {len(found.differing)} differing")


def _expand(text: str) -> object:
    return expand(text, start=START, end=END, home=HOME)


if __name__ == "__main__":
    main()
