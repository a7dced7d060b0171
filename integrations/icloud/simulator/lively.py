"""A lively personal account, as somebody with a job, a family and a hobby has it, around a given day.

Seeded: the same account and day give the same events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, timedelta

import icalendar

from integrations.icloud.simulator import handwriting
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import EVENTS, Access, Collection, Kind, Shared
from integrations.icloud.simulator.diary import Diary, Event, Person
from integrations.icloud.simulator.world import World

SOFIE: Person = ("Sofie Maes", "sofie.maes@example.net")
TOM: Person = ("Tom Claes", "tom.claes@example.net")
ANJA: Person = ("Anja Willems", "anja.willems@example.net")


@dataclass(frozen=True, slots=True)
class Calendar:
    """One collection as it should be made; all but `events` as the world's `make_collection` takes it."""

    id: str  # last part of the path
    name: str
    color: str
    events: tuple[Event, ...] = ()
    kind: Kind = "calendar"
    components: tuple[str, ...] | None = EVENTS
    access: Access = "owner"
    shared: Shared = ""
    source: str = ""


def open_account(world: World, owner: Person, today: date, *, main_password: str, app_password: str) -> Account:
    """Open an account that has all this in its calendars, as if it had for long."""
    name, address = owner
    account = world.add_account(
        address, name, main_password=main_password, app_password=app_password, calendars=(), reminders=False
    )
    for calendar in calendars(owner, today):
        fill(world, account, calendar)
    return account


def fill(world: World, account: Account, calendar: Calendar) -> Collection:
    """Make a calendar with its events. Nobody gets mail: it was sent long ago."""
    facts = asdict(replace(calendar, events=()))
    del facts["events"]
    with world.lock:
        mails = list(world.mails)
        made = world.make_collection(account, facts.pop("name"), **facts)
        for event in calendar.events:
            world.put(made, event.name, event.text, delivered=event.delivered)
        world.mails[:] = mails
    return made


def calendars(owner: Person, today: date) -> tuple[Calendar, ...]:
    """Return the account's collections, as the demo shows them."""
    diary = Diary(owner, today)
    club, holidays = hashlib.sha256(f"club of {owner[1]}".encode()).hexdigest(), "webcal://calendar.example.org/be.ics"
    return (
        Calendar("home", "Home", "#1BADF8FF"),
        Calendar("work", "Work", "#CC73E1FF", tuple(_work(diary))),
        Calendar(diary.uid(), "Personal", "#63DA38FF", tuple(_personal(diary))),
        Calendar(diary.uid(), "Family", "#FF2968FF", tuple(_family(diary)), shared="shared-owner"),
        Calendar(
            club, "Football club", "#FF9500FF", tuple(_club(diary)), components=None, access="read", shared="shared"
        ),
        Calendar(diary.uid(), "Holidays in Belgium", "#B27D4CFF", kind="subscribed", components=None, source=holidays),
        Calendar("tasks", "Reminders", "#FF9500FF", tuple(_reminders(diary)), kind="tasks", components=("VTODO",)),
    )


def _personal(diary: Diary) -> Iterator[Event]:
    for week in range(0, 42, 7):
        yield diary.timed("Physiotherapist", week + 1, "09:00", "09:45", LOCATION="Mechelen")
        yield diary.timed("Guitar lesson 🎸", week + 4, "17:30", "18:30")
    yield diary.timed("Dentist", 7, "08:30", "09:00", LOCATION="Tandartspraktijk Haute, Gent")
    yield diary.timed("Lunch with Sofie", 3, "12:15", "13:30", STATUS="TENTATIVE", LOCATION="Café Labath")
    yield diary.timed("Dinner with Sofie and Tom 🍝", 5, "19:30", "23:00")
    yield diary.timed("Podcast on the train", 2, "08:15", "08:50", TRANSP="TRANSPARENT", RRULE="FREQ=WEEKLY;COUNT=8")
    yield diary.days("City trip to Ghent", 12, 2, TRANSP="OPAQUE")
    yield diary.days("Call the notary", 2, 1)
    yield diary.file(diary.written("Night train to Berlin 🌙", diary.at(17, "19:20"), diary.at(18, "06:15")))
    yield _swimming(diary)


def _swimming(diary: Diary) -> Event:
    """Return a series since some weeks: one occurrence cancelled, one moved, one renamed; with an alarm."""
    uid, begin = diary.uid(), -28
    series = diary.written("Swimming", diary.at(begin, "12:00"), diary.at(begin, "13:00"), uid=uid)
    handwriting.put(series, "RRULE", "FREQ=WEEKLY;BYDAY=MO,FR")
    series.add("LOCATION", "Rozebroeken, Sint-Amandsberg")
    series.add("EXDATE", diary.at(4, "12:00"))
    series.add_component(handwriting.alarm(30))
    later, other = (diary.at(day, "12:00") for day in (7, 14))
    moved = diary.written("Swimming", later.replace(hour=18), later.replace(hour=19), uid=uid, RECURRENCE_ID=later)
    renamed = diary.written("Swimming: test for the badge 🏅", other, other.replace(hour=14), uid=uid)
    renamed.add("RECURRENCE-ID", other)
    return diary.file(series, moved, renamed)


def _work(diary: Diary) -> Iterator[Event]:
    new_york, call = "America/New_York", diary.at(-19, "10:00", "America/New_York")
    yield diary.file(
        diary.written("Call with New York", call, call.replace(hour=11), RRULE="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE")
    )
    flight = diary.at(22, "10:40"), diary.at(22, "12:55", new_york)
    yield diary.file(diary.written("Flight to New York ✈️", *flight, LOCATION="Brussels Airport"))
    accepted = diary.written("Budget round", diary.at(2, "10:00"), diary.at(2, "11:00"), LOCATION="Room 3")
    yield diary.file(diary.invitation(accepted, ANJA, "ACCEPTED", TOM), delivered=True)
    maybe = diary.written("Open day of the printers", diary.at(8, "14:00"), diary.at(8, "16:30"))
    yield diary.file(diary.invitation(maybe, TOM, "TENTATIVE"), delivered=True)
    declined = diary.written("Golf day", diary.at(10, "09:00"), diary.at(10, "17:00"))
    yield diary.file(diary.invitation(declined, TOM, "DECLINED", ANJA), delivered=True)
    own = diary.written("Lunch on the new brochure", diary.at(9, "12:00"), diary.at(9, "13:00"))
    yield diary.file(diary.invitation(own, diary.owner, "", SOFIE))


def _family(diary: Diary) -> Iterator[Event]:
    yield diary.timed("Pick up the children", -13, "16:00", "16:30", RRULE="FREQ=WEEKLY;BYDAY=TU,TH")
    yield diary.days("Mum's birthday 🎂", 3, 1, RRULE="FREQ=YEARLY")
    yield diary.timed("Parents' evening", 9, "19:00", "21:00", LOCATION="School")
    yield diary.timed("Emma at Lotte's party 🎈", 6, "14:00", "17:00")
    yield diary.days("School holiday", 28, 5)


def _club(diary: Diary) -> Iterator[Event]:
    yield diary.timed("Training", -26, "20:00", "21:30", RRULE="FREQ=WEEKLY;BYDAY=WE", LOCATION="Pitch 2")
    yield diary.timed("Match against Lokeren", 5, "15:00", "17:00", LOCATION="Pitch 1")
    yield diary.timed("Match in Aalst", 12, "14:30", "16:30", STATUS="CANCELLED")


def _reminders(diary: Diary) -> Iterator[Event]:
    for title, day in (("Buy stamps", 1), ("Renew the passport", 20)):
        task = icalendar.Todo()
        task.add("UID", diary.uid())
        task.add("SUMMARY", title)
        task.add("DTSTAMP", diary.at(-1, "09:00").astimezone(UTC))
        task.add("DUE", diary.monday + timedelta(days=day))
        yield Event(f"{task['UID']}.ics", handwriting.resource(task))
