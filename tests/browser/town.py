"""A whole Halfpast as `up` starts it, and a simulated iCloud beside it, with people who have a lively week."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from integrations.icloud.simulator.installation import Installation, Ports
from integrations.icloud.simulator.phone import Phone
from integrations.icloud.simulator.world import World
from operations.datafolder import ROOT
from tests.operations.houses import Up, environment, manage

ZONE = "Europe/Brussels"
PASSWORD = "correct horse battery"
APP_PASSWORD = "qwer-tyui-opas-dfgh"
NAMES = {"alice": "Alice Anders", "bob": "Bob Baert"}
#: as on an iPhone
CALENDARS = {"Home": "#1BADF8FF", "Work": "#CC73E1FF", "Family": "#63DA38FF"}
Words = tuple[str, ...]
Plan = dict[str, str]


@dataclass(frozen=True)
class Team:
    """Alice and Bob of one company, each with an Apple Account with three calendars, and an iPhone."""

    company: str
    domain: str
    phone: Phone
    bobs: Phone
    iphone: str  # the page that is her phone

    @property
    def alice(self) -> str:
        return f"alice@{self.domain}"

    @property
    def bob(self) -> str:
        return f"bob@{self.domain}"

    def texts(self, *names: str) -> list[str]:
        """Return the events of her calendars, of all without a name."""
        items = self.phone.items()
        return [item.text for item in items if not names or item.calendar.name in names]

    def add(self, calendar: str, text: str) -> None:
        """Store an event as another of her devices does."""
        found = self.phone.account.calendar(calendar)
        self.phone.world.put(found, f"{len(found.resources)}.ics", text)


@dataclass(frozen=True)
class Town:
    """Where the pages are, and who lives there."""

    url: str
    teams: dict[str, Team]
    today: date
    folder: Path
    stand_in: dict[str, str]  # the settings that let the simulated iCloud stand in for Apple's

    def connect(self, email: str, push_to: str, *imports: str) -> None:
        """Connect somebody's Apple Account by command, and sync for the first time."""
        choice = ["--push-to", push_to, *(word for name in imports for word in ("--import", name))]
        account = ["--user", email, "--entry", "icloud", "--username", email, "--password-stdin"]
        self._manage("connect", *account, *choice, stdin=APP_PASSWORD)
        self.sync(email)

    def sync(self, email: str) -> None:
        """Sync somebody's calendars now, to the end."""
        self._manage("sync", "--user", email)

    def _manage(self, *command: str, stdin: str = "") -> None:
        done = manage(self.folder, *command, stdin=stdin, **self.stand_in)
        assert done.returncode == 0, done.stderr


@contextmanager
def a_town(
    folder: Path, names: dict[str, str], plans: Callable[[date], Iterable[Plan]] = lambda today: (), **settings: str
) -> Iterator[Town]:
    """Start everything, with a team for each company name → domain, and stop it at the end.

    `plans`: what each Alice has planned besides; `settings` of the house, by name.
    """
    today = datetime.now(ZoneInfo(ZONE)).date()
    people = [f"{name}@{domain}" for domain in names.values() for name in ("alice", "bob")]
    with _icloud(folder.with_name("icloud"), people) as icloud:
        teams = {name: _team(name, domain, icloud, today) for name, domain in names.items()}
        assert icloud.papers
        stand_in = {"HALFPAST_ICLOUD_URL": icloud.simulator.url, "HALFPAST_CA_FILE": str(icloud.papers.ca_file)}
        stand_in |= settings
        up = Up(folder, "--no-demo", "--port", "0", **stand_in)
        try:
            url = up.ready()
            _seed(folder, [_people(team, today, plans(today)) for team in teams.values()])
            yield Town(url, teams, today, folder, stand_in)
        finally:
            up.end()
        assert not icloud.simulator.world.mails


def _icloud(folder: Path, apple_ids: list[str]) -> Installation:
    """Return a simulated iCloud, over TLS, with these accounts."""

    def furnish(world: World) -> None:
        for apple_id in apple_ids:
            account = world.add_account(
                apple_id,
                NAMES[apple_id.partition("@")[0]],
                main_password="Alices-Own-7",
                app_password=APP_PASSWORD,
                calendars=(),
            )
            for name, color in CALENDARS.items():
                world.make_collection(account, name, id=name.lower(), color=color)

    return Installation(folder, World(), furnish=furnish, ports=Ports(), https=True, zone=ZONE)


def _seed(folder: Path, teams: list[dict[str, Any]]) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.browser.seeding"],
        env=environment(folder),
        cwd=ROOT,
        input=json.dumps(teams),
        text=True,
        check=True,
    )


def _team(company: str, domain: str, icloud: Installation, today: date) -> Team:
    world = icloud.simulator.world
    account, bobs = (world.accounts[f"{name}@{domain}"] for name in ("alice", "bob"))
    iphone = f"{icloud.pages_url}iphone/{account.dsid}/"
    team = Team(company, domain, Phone(world, account), Phone(world, bobs), iphone)
    for uid, (calendar, lines) in enumerate(_week(today)):
        team.add(calendar, private(f"{domain}-{uid}", *lines))
    return team


def private(uid: str, *lines: str) -> str:
    """Return an event as another client writes it; `lines` without those that every event has."""
    body = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somebody//Else//EN", *body, "END:VCALENDAR", ""]
    return "\r\n".join(whole)


def timed(title: str, day: date, start: str, end: str, *more: str) -> Words:
    """Return the lines of an event at wall times of the owner's zone."""
    zone = ZoneInfo(ZONE)
    first, last = (datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=zone) for at in (start, end))
    moments = (at.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ") for at in (first, last))
    return (
        f"SUMMARY:{title}",
        *(f"{name}:{at}" for name, at in zip(("DTSTART", "DTEND"), moments, strict=True)),
        *more,
    )


def _week(today: date) -> Iterator[tuple[str, Words]]:
    """Yield (calendar, lines): what the walks need is on `today`; the rest makes the week look like one."""
    notes, weekly = "DESCRIPTION:bring the goggles", "RRULE:FREQ=WEEKLY"
    yield "Home", timed("Swimming", today, "12:00", "13:00", "LOCATION:Rozebroeken", notes)
    yield "Family", timed("Pick up the children", today, "16:00", "16:45", weekly)
    monday = today - timedelta(days=today.weekday())
    day = [monday + timedelta(days=n) for n in range(7)]
    others = {
        ("Home", timed("Physiotherapist", day[1], "09:00", "10:00", "LOCATION:Mechelen")): day[1],
        ("Home", timed("Garage", day[2], "08:30", "09:15")): day[2],
        ("Family", timed("Lunch with Sofie", day[3], "12:15", "13:30", "STATUS:TENTATIVE")): day[3],
        ("Home", timed("Guitar lesson", day[4], "16:00", "17:00")): day[4],
    }
    yield from (event for event, on in others.items() if on != today)
    yield "Family", ("SUMMARY:Mum's birthday", f"DTSTART;VALUE=DATE:{day[3]:%Y%m%d}", "TRANSP:TRANSPARENT")
    yield "Family", ("SUMMARY:Weekend at the coast", *_days(day[5], 2))


def _days(first: date, count: int) -> Words:
    return f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{first + timedelta(days=count):%Y%m%d}"


def _people(team: Team, today: date, more: Iterable[Plan]) -> dict[str, Any]:
    """Return Alice and Bob, and what Alice has planned."""
    alice = {"email": team.alice, "name": NAMES["alice"], "role": "admin"}
    people = [alice, {"email": team.bob, "name": NAMES["bob"], "role": "user"}]
    plans = [*_plans(today, today - timedelta(days=today.weekday())), *more]
    return {"company": team.company, "people": people, "plans": plans, "zone": ZONE, "password": PASSWORD}


def _plans(today: date, monday: date) -> Iterator[Plan]:
    wednesday, thursday, friday = (monday + timedelta(days=n) for n in (2, 3, 4))
    yield plan("meeting", today, "10:00", "11:00", title="Kick-off", customer="Bakery Peeters")
    yield plan("call", today, "14:00", "14:30", customer="Bakery Peeters")
    yield plan("task", today, "08:30", "09:30", title="Write the offer", due=str(today))
    yield plan("meeting", wednesday, "13:30", "15:00", title="Design review")
    yield plan("meeting", thursday, "09:30", "11:00", title="Workshop Dupont")
    yield plan("call", friday, "11:00", "11:30", customer="Garage Willems")
    yield {"kind": "task", "title": "Send the invoice", "due": str(today + timedelta(days=1))}


def plan(kind: str, day: date, start: str, end: str, **more: str) -> Plan:
    """Return an activity at wall times, as seeding reads it."""
    return {"kind": kind, "start": f"{day}T{start}", "end": f"{day}T{end}", **more}
