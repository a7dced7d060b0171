"""The zones of a calendar by link: each event bears its own, and hostile ones cost neither time nor memory."""

from __future__ import annotations

import time

from integrations.gateway.feed.document import LARGEST_ZONES, parse

EVENT = "BEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID={zone}:20261201T090000\n{more}END:VEVENT\n"


def zone(name: str, size: int = 0) -> str:
    tzid = f"TZID:{name}\n" if name else ""
    return f"BEGIN:VTIMEZONE\n{tzid}COMMENT:{'x' * size}\nEND:VTIMEZONE\n"


def calendar(*parts: str) -> bytes:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(parts)}END:VCALENDAR\n".encode()


def test_many_zones_without_a_name_take_little_time() -> None:
    body = calendar(zone("") * 8000, EVENT.format(uid="a", zone="Europe/Brussels", more=""))
    begun = time.perf_counter()
    assert list(parse(body).items) == ["a"]
    assert time.perf_counter() - begun < 2


def test_a_zone_without_a_name_is_not_taken_for_the_next_one() -> None:
    document = parse(calendar(zone(""), zone("Club/Time"), EVENT.format(uid="a", zone="Club/Time", more="")))
    assert document.text("a").count("TZID:Club/Time") == 1


def test_an_event_that_names_many_large_zones_stays_small() -> None:
    names = [f"Zone/{n}" for n in range(40)]
    named = "".join(f"EXDATE;TZID={name}:20261201T090000\n" for name in names)
    body = calendar(*(zone(name, 60_000) for name in names), EVENT.format(uid="a", zone=names[0], more=named))
    text = parse(body).text("a")
    assert "TZID:Zone/0\r\n" in text and len(text) < LARGEST_ZONES + 10_000
