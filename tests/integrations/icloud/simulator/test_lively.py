"""The seeded accounts hold what they promise, and everything in them can be read."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest
import recurring_ical_events

from agenda.ical.read import read
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.lively import open_account
from integrations.icloud.simulator.world import World
from integrations.icloud.simulator.zoo import open_zoo

TODAY = date(2026, 11, 25)
BOB = ("Bob Baert", "bob@icloud.example")
PASSWORDS = {"main_password": "Bobs-Own-Password", "app_password": "abcd-efgh-ijkl-mnop"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def bob(world: World) -> Account:
    return open_account(world, BOB, TODAY, **PASSWORDS)


def texts(*calendars: Collection) -> list[str]:
    return [one.text.decode() for calendar in calendars for one in calendar.resources.values()]


def events(account: Account) -> list[str]:
    return texts(*(one for one in account.collections.values() if one.kind == "calendar"))


@pytest.mark.parametrize("today", [date(2026, 11, 25), date(2026, 12, 31), date(2027, 3, 28), date(2028, 2, 29)])
def test_every_week_of_the_year_shows_something(today: date) -> None:
    account = open_account(World(), BOB, today, **PASSWORDS)
    shown = [
        str(one["SUMMARY"])
        for text in events(account)
        for one in recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(today, timedelta(days=7))
    ]
    assert len(shown) >= 8
    assert all(read(text).title for text in events(account))


def test_there_is_one_of_each_kind_of_event(bob: Account) -> None:
    all_of_them = "".join(events(bob)).replace("\r\n ", "")
    for what in (
        *("RRULE:", "EXDATE;", "RECURRENCE-ID;", "VALUE=DATE", "TRANSP:TRANSPARENT", "STATUS:TENTATIVE"),
        *("PARTSTAT=DECLINED", "PARTSTAT=ACCEPTED", "PARTSTAT=TENTATIVE", "TZID=America/New_York", "BEGIN:VALARM"),
        *("ORGANIZER;", "\N{GUITAR}", "STATUS:CANCELLED", "X-APPLE-CREATOR-IDENTITY"),
    ):
        assert what in all_of_them, what


def test_there_is_one_of_each_kind_of_calendar_and_home_is_empty(bob: Account) -> None:
    rows = {row.name: row for row in bob.collections.values() if row.name}
    assert list(rows) == "Home,Work,Personal,Family,Football club,Holidays in Belgium,Reminders".split(",")
    assert not rows["Home"].resources
    assert (rows["Football club"].writable, rows["Football club"].shared) == (False, "shared")
    assert rows["Family"].shared == "shared-owner"
    assert (rows["Holidays in Belgium"].kind, bool(rows["Holidays in Belgium"].source)) == ("subscribed", True)
    assert all("BEGIN:VTODO" in text for text in texts(rows["Reminders"]))


def test_seeding_mails_nobody_and_a_second_time_gives_the_same(world: World, bob: Account) -> None:
    assert world.mails == []
    again = open_account(World(), BOB, TODAY, **PASSWORDS)
    assert [sorted(row.resources) for row in again.collections.values()] == [
        sorted(row.resources) for row in bob.collections.values()
    ]


def test_the_zoo_has_what_confuses_clients(world: World) -> None:
    account = open_zoo(world, BOB, TODAY, **PASSWORDS)
    rows = [row for row in account.collections.values() if row.kind == "calendar"]
    names = [row.name for row in rows]
    assert names.count("Home") == names.count("Family") == 2
    assert {"", "Inbox"} <= set(names)
    shared = {row.name: row.writable for row in rows if row.shared == "shared"}
    assert shared == {"Football club": False, "Garden": True, "Street": False}
    uids = [one.uid for row in rows for one in row.resources.values()]
    assert len(uids) == len(set(uids))
