"""The phone does to events what Apple's devices do. What they become is asked of `recurring-ical-events`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.phone import Item, Phone
from integrations.icloud.simulator.world import World

BRUSSELS = ZoneInfo("Europe/Brussels")
NOON = datetime(2026, 12, 1, 12, tzinfo=BRUSSELS)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world() -> World:
    return World(clock=lambda: 1_795_000_000.0)


@pytest.fixture
def account(world: World) -> Account:
    return world.add_account("alice@icloud.example", "Alice Anders", main_password="x", app_password="y")


@pytest.fixture
def phone(world: World, account: Account) -> Phone:
    return Phone(world, account)


@pytest.fixture
def daily(phone: Phone) -> Item:
    """Six days at noon."""
    return phone.create(phone.calendars[0], "Run", NOON, NOON + HOUR, repeats="FREQ=DAILY;COUNT=6")


def shown(*items: Item) -> list[str]:
    """Return what a calendar shows of these events in December: day, hour and title."""
    texts = [icalendar.Calendar.from_ical(item.text) for item in items]
    found = [one for text in texts for one in recurring_ical_events.of(text).between((2026, 11, 30), (2026, 12, 31))]
    return [f"{one.start:%d %H} {one['SUMMARY']}" for one in sorted(found, key=lambda one: one.start)]


def test_a_new_event_bears_apples_handwriting_and_its_uid_for_a_name(phone: Phone) -> None:
    item = phone.create(phone.calendars[0], "Dentist 🦷", NOON, NOON + HOUR, place="Gent")
    assert item.name == f"{item.resource.uid}.ics"
    assert {"X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal", "TZID:Europe/Brussels"} <= set(item.text.split("\r\n"))
    assert shown(item) == ["01 12 Dentist 🦷"]


def test_a_later_start_takes_the_end_along_and_counts_the_change(phone: Phone) -> None:
    item = phone.create(phone.calendars[0], "Dentist", NOON, NOON + HOUR)
    phone.edit(item, start=NOON + DAY, title="Dentist again")
    event = item.events[0]
    assert (event.start, event.end, event["SEQUENCE"]) == (NOON + DAY, NOON + DAY + HOUR, 1)
    phone.edit(item, place="Gent")
    phone.edit(item, place=None)
    assert "LOCATION" not in item.text


def test_a_drag_keeps_the_text_and_leaves_nothing_behind(phone: Phone) -> None:
    home, work = phone.calendars
    item = phone.create(home, "Dentist", NOON, NOON + HOUR)
    text, uid = item.text, item.resource.uid
    moved = phone.drag(item, work)
    assert not home.resources
    assert (moved.text, moved.resource.uid) == (text, uid)
    assert phone.world.number_of(home, phone.world.token(home)) == 2  # stored, deleted


def test_one_day_less_and_one_day_otherwise(phone: Phone, daily: Item) -> None:
    phone.delete_occurrence(daily, NOON + DAY)
    phone.override(daily, NOON + 2 * DAY, title="Walk", start=NOON + 2 * DAY + 3 * HOUR)
    phone.override(daily, NOON + 2 * DAY, place="Beach")
    assert shown(daily) == ["01 12 Run", "03 15 Walk", "04 12 Run", "05 12 Run", "06 12 Run"]
    assert daily.text.count("BEGIN:VEVENT") == 2
    phone.delete_occurrence(daily, (NOON + 2 * DAY).astimezone(UTC))
    assert shown(daily) == ["01 12 Run", "04 12 Run", "05 12 Run", "06 12 Run"]


def test_this_and_future_makes_two_series_that_know_of_each_other(phone: Phone, daily: Item) -> None:
    phone.delete_occurrence(daily, NOON)
    phone.override(daily, NOON + DAY, title="Walk")
    phone.delete_occurrence(daily, NOON + 4 * DAY)
    phone.override(daily, NOON + 5 * DAY, title="Swim")
    later = phone.split_series(daily, NOON + 3 * DAY, start=NOON + 3 * DAY + HOUR, title="Jog")
    assert shown(daily) == ["02 12 Walk", "03 12 Run"]
    assert shown(later) == ["04 13 Jog", "06 12 Swim"]
    ties = [event["RELATED-TO"] for event in (daily.events[0], later.events[0])]
    assert ties[0] == ties[1]
    assert ties[0].params["RELTYPE"] == "X-CALENDARSERVER-RECURRENCE-SET"
    assert later.resource.uid != daily.resource.uid
    assert "UNTIL=20261204T105959Z" in daily.text


def test_a_series_of_days_is_cut_off(phone: Phone) -> None:
    first = date(2026, 12, 1)
    days = phone.create(phone.calendars[0], "Fast", first, first + DAY, repeats="FREQ=DAILY")
    phone.delete_occurrence(days, first + DAY)
    phone.delete_future(days, first + 3 * DAY)
    assert shown(days) == ["01 00 Fast", "03 00 Fast"]


def test_another_zone_at_the_same_clock_or_at_the_same_instant(phone: Phone) -> None:
    item = phone.create(phone.calendars[0], "Call", NOON, NOON + HOUR)
    phone.change_zone(item, "America/New_York", same_instant=True)
    assert (item.events[0].start, "T060000" in item.text) == (NOON, True)
    phone.change_zone(item, "Asia/Tokyo")
    assert item.events[0].start == datetime(2026, 12, 1, 6, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert "TZID:Asia/Tokyo" in item.text


def test_alarms_come_and_are_dismissed_without_an_edit(phone: Phone) -> None:
    item = phone.create(phone.calendars[0], "Call", NOON, NOON + HOUR)
    before = item.resource.etag
    phone.add_default_alarm(item)
    phone.acknowledge(item)
    assert item.resource.etag != before
    assert {"X-APPLE-DEFAULT-ALARM:TRUE", "ACKNOWLEDGED:20261118T110640Z"} <= set(item.text.split("\r\n"))
    assert item.events[0]["SEQUENCE"] == 0


def test_a_phone_with_default_alarms_adds_them_to_what_it_makes(world: World, account: Account) -> None:
    phone = Phone(world, account, default_alarm=30)
    assert "TRIGGER:-PT30M" in phone.create(phone.calendars[0], "Call", NOON, NOON + HOUR).text


def test_a_copy_stands_on_its_own(phone: Phone, daily: Item) -> None:
    copy = phone.duplicate(daily)
    phone.edit(copy, title="Copy")
    assert copy.resource.uid != daily.resource.uid
    assert shown(daily) == [f"{n:02} 12 Run" for n in range(1, 7)]
    phone.delete(copy)
    assert phone.find("Run") == daily


def test_inviting_and_answering_cause_mail_by_the_phone(phone: Phone) -> None:
    item = phone.create(phone.calendars[0], "Dinner", NOON, NOON + HOUR)
    assert phone.world.mails == []
    phone.invite(item, "sofie@example.net")
    invitation = phone.receive(phone.calendars[0], "tom@example.net", "Golf", NOON, NOON + HOUR)
    phone.answer(invitation, "DECLINED")
    told = [(mail.method, mail.recipient, mail.by) for mail in phone.world.mails]
    assert told == [("REQUEST", "mailto:sofie@example.net", "phone"), ("REPLY", "mailto:tom@example.net", "phone")]
    assert invitation.resource.delivered


def test_what_is_not_there_is_not_found(phone: Phone, daily: Item) -> None:
    phone.delete(daily)
    with pytest.raises(LookupError):
        phone.find("Run")
    with pytest.raises(KeyError):
        phone.edit(daily, title="Ghost")
