"""The iPhone's pages: what is shown, what the buttons do, and who may press them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.lively import open_account
from integrations.icloud.simulator.mail import Mail
from integrations.icloud.simulator.message import Answer, Request
from integrations.icloud.simulator.pages.site import Site
from integrations.icloud.simulator.phone import Phone
from integrations.icloud.simulator.world import World

HERE = "127.0.0.1:8192"
BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 11, 25, 9, tzinfo=BRUSSELS)


class Visitor:
    """Somebody who looks at the pages and presses their buttons."""

    def __init__(self, site: Site, account: Account) -> None:
        self.site, self.account = site, account
        self.phone = Phone(site.world, account)

    def get(self, path: str, **headers: str) -> Answer:
        return self.site.answer(Request("GET", path, "entry", {"host": HERE} | headers))

    def post(self, path: str, headers: Any = None, **fields: str) -> Answer:
        sent = {"host": HERE, "origin": f"http://{HERE}"} if headers is None else headers
        return self.site.answer(Request("POST", path, "entry", sent, urlencode(fields).encode()))

    @property
    def base(self) -> str:
        return f"/iphone/{self.account.dsid}/"

    def day(self, day: str) -> str:
        return text(self.get(f"{self.base}?day={day}"))

    def link(self, title: str, day: str) -> str:
        """Return the address behind an event in a day's list."""
        rows = re.findall(r'<li[^>]*><a href="([^"]+)">.*?<b>(.*?)</b>', self.day(day), re.DOTALL)
        return next(unescape(address) for address, shown in rows if unescape(shown) == title)

    def fields(self, path: str) -> dict[str, str]:
        """Return what the form at an address would send as it stands."""
        page = text(self.get(path))
        found = {
            unescape(n): unescape(v)
            for n, v in re.findall(r'<input (?:type="\w+" )?name="(\w+)" value="([^"]*)"', page)
        }
        found |= {n: v for n, v in re.findall(r'<input type="radio" name="(\w+)" value="(\w+)" checked', page)}
        found |= dict.fromkeys(re.findall(r'<input type="checkbox" name="(\w+)" checked', page), "on")
        for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', page):
            found[name] = unescape(re.findall(r'<option value="([^"]*)" selected', options)[0])
        return {**found, "notes": unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[0])}

    def change(self, path: str, **fields: str) -> Answer:
        return self.post(path, **{**self.fields(path), "act": "save", **fields})


def text(answer: Answer) -> str:
    assert answer.status in (200, 404, 403, 422), answer
    return answer.body.decode()


@pytest.fixture
def saved() -> list[bool]:
    return []


@pytest.fixture
def visitor(saved: list[bool]) -> Visitor:
    world = World(clock=lambda: NOW.timestamp())
    account = open_account(world, ("Bob", "bob@icloud.example"), NOW.date(), main_password="x", app_password="y")
    site = Site(world, "Europe/Brussels", changed=lambda: saved.append(True))
    site.port = 8192
    return Visitor(site, account)


# --- looking


def test_the_day_shows_times_of_the_phone_and_whole_days_first(visitor: Visitor) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", visitor.day("2026-11-25").partition("<main>")[2]))
    assert page.index("Call the notary Personal all-day") < page.index("Podcast on the train")
    assert "Budget round Room 3 10:00 11:00" in page
    assert "Call with New York Work 16:00 17:00" not in page  # every second week
    assert "Call with New York Work 16:00 17:00" in re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", visitor.day("2026-11-18"))
    )


def test_a_moved_and_a_deleted_occurrence_are_where_they_belong(visitor: Visitor) -> None:
    assert ">Swimming<" not in visitor.day("2026-11-27")
    assert "18:00" in visitor.day("2026-11-30")
    assert "test for the badge" in visitor.day("2026-12-07")


def test_what_is_off_is_struck_and_what_may_be_is_slanted(visitor: Visitor) -> None:
    def mark(title: str, day: str) -> str:
        rows = re.findall(r"<li([^>]*)><a .*?<b>(.*?)</b>", visitor.day(day), re.DOTALL)
        return str(next(found for found, shown in rows if shown == title))

    assert mark("Golf day", "2026-12-03") == ' class="off"'  # declined
    assert mark("Match in Aalst", "2026-12-05") == ' class="off"'  # cancelled
    assert mark("Lunch with Sofie", "2026-11-26") == ' class="maybe"'
    assert mark("Budget round", "2026-11-25") == ""  # accepted


def test_words_of_an_event_are_shown_and_never_obeyed(visitor: Visitor) -> None:
    evil = '<script>alert("x")</script>'
    visitor.phone.create(visitor.phone.calendars[0], evil, NOW, NOW, place=evil)
    page = visitor.day("2026-11-25")
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert evil not in text(visitor.get(visitor.link(evil, "2026-11-25")))


def test_an_event_that_cannot_be_read_hides_no_other(visitor: Visitor) -> None:
    visitor.site.world.put(
        visitor.phone.calendars[0], "broken.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:no\r\n"
    )
    assert "Budget round" in visitor.day("2026-11-25")


@pytest.mark.parametrize("name", ["", "rules", "mails", "requests", "pages.css"])
def test_the_other_pages_are_there(visitor: Visitor, name: str) -> None:
    assert visitor.get(f"/{name}").status == 200


def test_rules_say_which_are_guesses_and_how_they_are_read(visitor: Visitor) -> None:
    guesses, known = text(visitor.get("/rules")).split("Known (")
    assert "<td>A55</td>" in known or "<td>A55</td>" in guesses
    assert "<td>LIVE</td>" not in guesses
    assert "<td>CONFLICT</td>" not in known
    assert "<code>put_etag</code>" in guesses


def test_mails_and_requests_are_told_without_what_is_private(visitor: Visitor) -> None:
    visitor.site.world.mails.append(Mail("REQUEST", "mailto:bob", "mailto:sofie", "1", "invited", "dav"))
    visitor.site.world.note(
        Request("PUT", "/1/x.ics", "shard", {"authorization": "Basic c2VjcmV0"}, b"SUMMARY:Therapy")
    )
    assert "mailto:sofie" in text(visitor.get("/mails"))
    page = text(visitor.get("/requests"))
    assert "/1/x.ics" in page
    assert "c2VjcmV0" not in page
    assert "Therapy" not in page


# --- writing


def test_an_event_is_added_and_the_world_is_kept_before_the_answer(visitor: Visitor, saved: list[bool]) -> None:
    new = f"{visitor.base}new?day=2026-11-26"
    answer = visitor.change(new, title="Haircut", begins="17:30", ends="18:15", place="Gent")
    assert (answer.status, answer.header("Location"), saved) == (303, f"{visitor.base}?day=2026-11-26", [True])
    event = visitor.phone.find("Haircut").events[0]
    assert event.start == datetime(2026, 11, 26, 17, 30, tzinfo=BRUSSELS)
    assert str(event["LOCATION"]) == "Gent"


def test_a_whole_day_and_a_series_are_added(visitor: Visitor) -> None:
    visitor.change(
        f"{visitor.base}new", title="Fair", all_day="on", first="2026-12-01", last="2026-12-02", repeats="FREQ=YEARLY"
    )
    assert "DTEND;VALUE=DATE:20261203" in visitor.phone.find("Fair").text
    assert "all-day" in visitor.day("2026-12-02")
    assert ">Fair<" in visitor.day("2027-12-01")


def test_saving_without_a_change_writes_nothing(visitor: Visitor) -> None:
    before = {item.name: item.resource.etag for item in visitor.phone.items()}
    for title, day in (
        ("Budget round", "2026-11-25"),
        ("Swimming", "2026-11-30"),
        ("Call with New York", "2026-11-18"),
    ):
        assert visitor.change(visitor.link(title, day)).status == 303
    assert {item.name: item.resource.etag for item in visitor.phone.items()} == before


def test_a_new_time_keeps_the_zone_the_event_was_written_in(visitor: Visitor) -> None:
    path = visitor.link("Flight to New York ✈️", "2026-12-15")
    visitor.change(path, begins="11:40")
    event = visitor.phone.find("Flight to New York ✈️").events[0]
    assert event.start == datetime(2026, 12, 15, 11, 40, tzinfo=BRUSSELS)
    path = visitor.link("Call with New York", "2026-11-18")
    visitor.change(path, begins="16:30", ends="17:30", scope="all")
    call = visitor.phone.find("Call with New York").events[0]
    assert (str(getattr(call.start, "tzinfo", "")), f"{call.start:%H:%M}") == ("America/New_York", "10:30")


def test_one_of_a_series_is_changed_alone(visitor: Visitor) -> None:
    visitor.change(
        visitor.link("Pick up the children", "2026-11-26"), begins="15:30", ends="16:00", title="Early today"
    )
    assert "Early today" in visitor.day("2026-11-26")
    assert "Pick up the children" in visitor.day("2026-12-01")
    assert visitor.phone.find("Pick up the children").text.count("BEGIN:VEVENT") == 2
    visitor.change(visitor.link("Early today", "2026-11-26"), title="Late today")
    assert visitor.phone.find("Pick up the children").text.count("BEGIN:VEVENT") == 2


def test_all_future_ones_become_a_series_of_their_own(visitor: Visitor) -> None:
    visitor.change(visitor.link("Pick up the children", "2026-12-01"), title="Bring the children", scope="future")
    assert "Pick up the children" in visitor.day("2026-11-26")
    assert "Bring the children" in visitor.day("2026-12-03")


def test_another_calendar_is_a_move_under_the_same_uid(visitor: Visitor) -> None:
    uid = visitor.phone.find("Dentist").resource.uid
    visitor.change(visitor.link("Dentist", "2026-11-30"), calendar="work", title="Dentist!")
    moved = visitor.phone.find("Dentist!")
    assert (moved.calendar.id, moved.resource.uid) == ("work", uid)


@pytest.mark.parametrize(
    ("scope", "left"),
    [("this", ["2026-11-24", "2026-12-01"]), ("future", ["2026-11-24"]), ("all", [])],
)
def test_a_series_is_deleted_in_three_ways(visitor: Visitor, scope: str, left: list[str]) -> None:
    path = visitor.link("Pick up the children", "2026-11-26")
    assert visitor.post(path, act="delete", scope=scope, first="2026-11-26").status == 303
    days = ["2026-11-24", "2026-11-26", "2026-12-01"]
    assert [day for day in days if "Pick up the children" in visitor.day(day)] == left


def test_a_single_event_is_deleted(visitor: Visitor) -> None:
    path = visitor.link("Dentist", "2026-11-30")
    assert visitor.post(path, act="delete").status == 303
    assert visitor.get(path).status == 404


def test_an_invitation_is_answered(visitor: Visitor) -> None:
    path = visitor.link("Golf day", "2026-12-03")
    assert "Accept</button>" in text(visitor.get(path))
    visitor.post(path, act="ACCEPTED")
    [mail] = visitor.site.world.mails
    assert (mail.method, mail.by) == ("REPLY", "phone")


def test_a_shared_calendar_can_only_be_read(visitor: Visitor) -> None:
    path = visitor.link("Training", "2026-11-25")
    assert "can only be read" in text(visitor.get(path))
    for fields in ({"act": "delete"}, {"act": "save", "title": "Mine", "first": "2026-11-25", "last": "2026-11-25"}):
        assert visitor.post(path, **fields).status == 422
    club = visitor.account.calendar("Football club").id
    assert visitor.change(f"{visitor.base}new", calendar=club).status == 422
    assert "Training" in visitor.day("2026-11-25")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": "2026-11-26", "last": "2026-11-25"}, "start date must be before"),
        ({"begins": "11:00", "ends": "10:00"}, "start date must be before"),
        ({"first": "someday"}, "Give a day"),
        ({"begins": ""}, "Give a day"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(
    visitor: Visitor, saved: list[bool], fields: dict[str, str], said: str
) -> None:
    answer = visitor.change(f"{visitor.base}new", title="Half-written", **fields)
    assert (answer.status, saved) == (422, [])
    assert said in text(answer)
    assert "Half-written" in text(answer)


# --- who may


@pytest.mark.parametrize(
    "headers",
    [
        {"host": HERE},
        {"host": HERE, "origin": "null"},
        {"host": HERE, "origin": "https://evil.example"},
        {"host": HERE, "origin": "http://127.0.0.1:8000"},
        {"host": "evil.example:8192", "origin": "http://evil.example:8192"},
    ],
)
def test_another_site_changes_nothing(visitor: Visitor, headers: dict[str, str]) -> None:
    path = visitor.link("Dentist", "2026-11-30")
    assert visitor.post(path, headers, act="delete").status == 403
    assert visitor.phone.find("Dentist")


def test_a_rebound_name_sees_nothing_and_no_page_can_be_framed_or_run_scripts(visitor: Visitor) -> None:
    refused = visitor.get(visitor.base, host="evil.example:8192")
    assert (refused.status, b"Swimming" in refused.body) == (403, False)
    policy = visitor.get(visitor.base).header("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert visitor.get(visitor.base, host="localhost:8192").status == 200


@pytest.mark.parametrize("path", ["/nothing", "/iphone/1/", "/iphone/1/new", "/a/b/c/d/e/f"])
def test_what_is_not_there_is_not_there(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404
    assert visitor.get(f"{visitor.base}home/none.ics/2026-11-25/").status == 404
    assert visitor.get(f"{visitor.base}home/none.ics/never/").status == 404


def test_utc_events_are_shown_on_the_phones_clock(visitor: Visitor) -> None:
    start = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    visitor.phone.create(visitor.phone.calendars[0], "Late", start, start)
    assert "00:30" in visitor.day("2026-11-26")
