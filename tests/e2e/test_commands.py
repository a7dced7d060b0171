"""The operators' commands, sentence by sentence: exit codes, what is printed where, what a refusal leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from operations.datafolder import new_field_key
from tests.e2e.house import PASSWORD, House, Said, ended
from tests.e2e.proxy import Proxy
from tests.integrations.servers import Account, event, free_port, start_radicale

ALICE, BOB, MALLORY = "alice@example.org", "bob@example.org", "mallory@example.org"
#: a Monday to a Sunday that are wholly to come
FIRST = date.today() + timedelta(days=14 - date.today().weekday())
LAST = FIRST + timedelta(days=6)
SYNCED = {"connection": str, "user": str, "entry": str, "outcome": str, "reason": str, "seconds": float}
SYNCED |= dict.fromkeys(["requests", "bytes_down", "imported", "conflicts", "quarantined", "held"], int)
SYNCED |= {"local": dict, "remote": dict}


@dataclass
class Place:
    """A house whose Alice has connected an account on Radicale, behind a proxy."""

    house: House
    phone: Account
    proxy: Proxy
    work: str
    home: str
    connection: dict[str, Any]

    def connect(self, *words: str, user: str = ALICE) -> tuple[str, ...]:
        """Return the words of a `connect` to this account."""
        account = ("--entry", "caldav", "--server", f"{self.proxy.url}nowhere/", "--username", self.phone.username)
        return ("connect", "--user", user, *account, "--password-stdin", *words)

    def sync(self, *words: str, **settings: str) -> Said:
        return self.house.run("sync", *(words or ("--user", ALICE)), "--json", **settings)

    def week(self, viewer: str = "") -> list[dict[str, Any]]:
        return self.house.agenda(ALICE, FIRST.isoformat(), LAST.isoformat(), viewer)


@pytest.fixture(scope="module")
def place(houses: Callable[..., House], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    server = start_radicale(tmp_path_factory.mktemp("radicale"))
    proxy, phone = Proxy(server), server.account()
    proxy.open()
    work, home = phone.make_calendar("Work"), phone.make_calendar("Home")
    phone.make_calendar("Twin")
    phone.make_calendar("Twin")
    phone.make_calendar("Chores", "VTODO")
    house = houses(HALFPAST_PRIVATE_HOSTS=proxy.host_port)
    place = Place(house, phone, proxy, work, home, {})
    segment = home.split("/")[-2]
    words = place.connect("--push-to", "Work", "--import", "Home", "--import", segment, "--push-tasks", "--json")
    made = house.run(*words, stdin=phone.password + "\r\n")
    assert (made.code, made.err) == (0, ""), made
    place.connection = made.json
    yield place
    proxy.close()
    server.stop()


@pytest.fixture(scope="module")
def waiting(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Said]]:
    """A `sync` of a copy of the house that has met a living holder of the lease; it waits while other tests run."""
    folder = tmp_path_factory.mktemp("copy") / "data"
    shutil.copytree(place.house.folder, folder)
    copy = House(folder, settings=place.house.settings)
    hold(copy, timedelta(hours=1))
    process = copy.start("sync", "--all", "--json")
    yield lambda: ended(("sync",), process)
    process.kill()


def hold(house: House, length: timedelta) -> None:
    """Let the process of this test hold the lease of all accounts."""
    started = Path(f"/proc/{os.getpid()}/stat").read_text().rpartition(")")[2].split()[19]
    holder, until = f"{socket.gethostname()}:{os.getpid()}:{started}", datetime.now(UTC) + length
    query = "UPDATE integrations_provideraccount SET lease_until = ?, holder = ?"
    house.write(query, str(until.replace(tzinfo=None)), holder)


def all_refused(house: House, cases: Sequence[tuple[tuple[str, ...], str, int, str]], **settings: str) -> None:
    """Run commands (words, standard input, exit code, part of the sentence), none of which may store anything."""
    before = house.dump()
    answers = house.run_all([(words, stdin) for words, stdin, _code, _sentence in cases], **settings)
    for said, (_words, _stdin, code, sentence) in zip(answers, cases, strict=True):
        assert (said.code, said.out) == (code, ""), said
        assert sentence in said.err.splitlines()[-1], said
        assert code == 2 or len(said.err.splitlines()) == 1, said
        assert "Traceback" not in said.err
    assert house.dump() == before


# --- the data folder --------------------------------------------------------------------------------------------------


def test_the_first_command_makes_the_folder_and_still_prints_one_document(
    empty: House, waiting: Callable[[], Said]
) -> None:
    said = empty.run("connections", "--json")
    assert (said.code, said.json) == (0, [])
    assert "Migrating" in said.err
    assert {path.name for path in (empty.folder / "keys").iterdir()} == {"secret_key", "field_keys"}
    again = empty.run("connections")
    assert (again.code, again.err, again.out) == (0, "", "Nothing is connected yet.\n")


def test_production_makes_nothing_by_itself(empty: House) -> None:
    said = empty.run("sync", "--all", "--json", HALFPAST_ENV="production")
    assert (said.code, said.out) == (1, "")
    assert "HALFPAST_SECRET_KEY" in said.sentence
    assert not empty.folder.exists()
    empty.folder.mkdir()
    keys = {"HALFPAST_SECRET_KEY": "s" * 60, "HALFPAST_FIELD_KEYS": new_field_key()}
    said = empty.run("sync", "--all", "--json", HALFPAST_ENV="production", **keys)
    assert (said.code, said.out) == (1, "")
    assert "migrate" in said.sentence
    assert not list(empty.folder.glob("halfpast*"))


def test_a_data_folder_that_cannot_be_used_is_one_sentence(empty: House) -> None:
    empty.folder.write_text("a file")
    said = empty.run("connections", "--json")
    assert (said.code, said.out) == (1, "")
    assert str(empty.folder) in said.sentence and "HALFPAST_DATA" in said.sentence


def test_a_reader_who_has_heard_enough_is_no_failure(place: Place) -> None:
    process = place.house.start("connections", "--json")
    assert process.stdout and process.stderr
    process.stdout.close()
    assert (process.stderr.read(), process.wait(60)) == ("", 0)


# --- create_user ------------------------------------------------------------------------------------------------------


def user(email: str, *words: str) -> tuple[str, ...]:
    return ("create_user", "--email", email, "--password-stdin", *words)


def test_users_that_cannot_be_are_refused_and_leave_nothing(place: Place) -> None:
    new = ("--company", "Green Hill")
    all_refused(
        place.house,
        [
            (user("dora@example.org"), PASSWORD, 2, "--company"),
            (user("dora@example.org", "--operator", *new), PASSWORD, 2, "An operator has no company"),
            (user("dora@example.org", *new), "short", 1, "at least 12 characters"),
            (user("dora@example.org", *new), "", 1, "at least 12 characters"),
            (user("Alice@Example.org", *new), PASSWORD, 1, "already"),
            (user("no address", *new), PASSWORD, 1, "valid email address"),
            (user("dora@example.org", *new, "--timezone", "Mars/Base"), PASSWORD, 2, "Mars/Base"),
            (("create_user", "--email", "dora@example.org", *new), PASSWORD, 2, "--password-stdin"),
        ],
    )


def test_a_company_is_made_once_and_an_operator_has_none(houses: Callable[..., House]) -> None:
    house = houses()
    companies = house.count("accounts_company")
    words = ("--company", "Green Hill", "--admin", "--timezone", "America/New_York", "--json")
    said = house.run(*user("Dora@Example.org", *words), stdin=PASSWORD + "\n\n")
    assert (said.code, said.err) == (0, "")
    assert said.json["user"] == "dora@example.org"
    house.do(*user("emil@example.org", "--company", "Green Hill"), stdin=PASSWORD)
    house.do(*user("otto@example.org", "--operator"), stdin=PASSWORD + "\r\n")
    assert house.count("accounts_company") == companies + 1
    made = {row["email"]: row for row in house.rows("SELECT * FROM accounts_user")}
    assert [made[f"{name}@example.org"]["role"] for name in ("dora", "emil", "otto")] == ["admin", "user", "operator"]
    assert made["dora@example.org"]["timezone"] == "America/New_York"
    assert made["otto@example.org"]["company_id"] is None
    argon = Argon2PasswordHasher()  # one line break is cut, and no more than one
    assert argon.verify(PASSWORD + "\n", made["dora@example.org"]["password"])
    assert argon.verify(PASSWORD, made["otto@example.org"]["password"])


# --- connect ----------------------------------------------------------------------------------------------------------


def test_connecting_records_a_grant_and_does_not_sync(place: Place) -> None:
    made = place.connection
    assert (made["user"], made["entry"], made["push_to"], made["push_tasks"]) == (ALICE, "caldav", "Work", True)
    [connection] = place.house.rows("SELECT * FROM integrations_connection")
    assert connection["id"] == made["connection"].replace("-", "")
    [grant] = place.house.rows("SELECT * FROM integrations_grant")
    assert (grant["granted_from"], len(json.loads(grant["scopes"]))) == ("command line", 4)
    assert place.house.count("integrations_remotecalendar", "imported") == 1  # named twice, by name and by path
    secret = place.phone.password
    assert secret not in json.dumps(place.house.dump(), ensure_ascii=False, default=str)


def test_a_refused_connection_lists_the_names_and_stores_nothing(place: Place) -> None:
    ok, names = place.phone.password, "Home (home-"
    elsewhere = ("connect", "--user", BOB, "--entry", "caldav", "--server", f"http://127.0.0.1:{free_port()}")
    rest = ("--username", "bob", "--password-stdin", "--import", "Home")
    cases = [
        (place.connect("--import", "Home", user="eve@example.org"), ok, 2, "eve@example.org"),
        (place.connect(user=BOB), ok, 2, "--push-to"),
        (place.connect("--push-to", "Work", "--import", "Hom", user=BOB), ok, 1, names),
        (place.connect("--import", "home", user=BOB), ok, 1, names),
        (place.connect("--import", "Twin", user=BOB), ok, 1, "Twin (twin-"),
        (place.connect("--import", "Chores", user=BOB), ok, 1, names),
        (place.connect("--import", "Home", user=BOB), "wrong", 1, "refused this combination"),
        (place.connect("--import", "Home"), ok, 1, "already"),
        ((*elsewhere, *rest), ok, 1, "not allowed"),
        (("connect", "--user", BOB, "--entry", "icloud", "--server", place.proxy.url, *rest), ok, 2, "--server"),
        (("connect", "--user", BOB, "--entry", "caldav", *rest), ok, 2, "--server"),
    ]
    all_refused(place.house, cases)


def test_a_private_server_must_be_admitted_by_the_operator(place: Place) -> None:
    asked = len(place.proxy.asked)
    words = place.connect("--import", "Home", user=BOB)
    all_refused(place.house, [(words, place.phone.password, 1, "not allowed")], HALFPAST_PRIVATE_HOSTS="")
    assert len(place.proxy.asked) == asked


# --- agenda -----------------------------------------------------------------------------------------------------------


def at(day: date, hour: int) -> str:
    """Return an hour of Brussels' clock as iCalendar writes it in UTC."""
    return stamp(datetime.fromisoformat(local(day, f"{hour:02}:00")).astimezone(UTC))


def stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def local(day: date, clock: str) -> str:
    """Return a moment of Brussels' clock as JSON has it."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/Brussels")).isoformat()


@pytest.fixture(scope="module")
def planned(place: Place) -> Place:
    """A week with something of every kind, that no sync has seen yet."""
    evening = datetime.fromisoformat(local(LAST, "23:30")).astimezone(UTC)
    days = [FIRST + timedelta(days=n) for n in range(5)]
    put(place, "Run", at(days[0], 6), at(days[0], 7), "RRULE:FREQ=DAILY;COUNT=3")
    put(place, "Trip", f"{days[1]:%Y%m%d}", f"{days[3]:%Y%m%d}")
    put(place, "Ads", at(days[4], 9), at(days[4], 10), "TRANSP:TRANSPARENT")
    put(place, "Late", stamp(evening), stamp(evening + timedelta(minutes=20)))
    put(place, "Next week", stamp(evening + timedelta(hours=1)), stamp(evening + timedelta(hours=2)))
    add = ("agenda", "add", "--user", ALICE, "--kind")
    place.house.do(*add, "meeting", "--title", "Kick-off", "--start", f"{days[3]}T10:00", "--end", f"{days[3]}T11:00")
    place.house.do(*add, "call", "--customer", "Dana Deckers", "--start", f"{days[3]}T12:00")
    scheduled = ("--start", f"{days[3]}T14:00", "--end", f"{days[3]}T15:00")
    place.house.do(*add, "task", "--title", "Offer", "--due", str(days[4]), *scheduled)
    return place


def put(place: Place, title: str, start: str, end: str, more: str = "") -> None:
    """Store an event in the calendar Home."""
    text = event(title.replace(" ", "-"), title, start, end)
    if len(start) == 8:
        text = text.replace("DTSTART:", "DTSTART;VALUE=DATE:").replace("DTEND:", "DTEND;VALUE=DATE:")
    place.phone.put(place.home, text.replace("SUMMARY", f"{more}\r\nSUMMARY") if more else text)


def test_a_sync_reports_in_whole_numbers(planned: Place) -> None:
    said = planned.sync("--all")
    assert (said.code, said.err) == (0, ""), said
    [run] = said.json
    assert {name: type(run[name]) for name in run} == SYNCED
    assert (run["connection"], run["user"]) == (planned.connection["connection"], ALICE)
    assert (run["outcome"], run["imported"]) == ("ok", 5)
    assert run["local"] == {"created": 5, "updated": 0, "deleted": 0}
    assert run["remote"] == {"created": 2, "updated": 0, "deleted": 0}
    [again] = planned.sync("--connection", run["connection"]).json
    assert (again["requests"], again["imported"], again["reason"]) == (1, 0, "")


def test_whole_days_of_the_owners_zone_are_listed_with_both_ends(planned: Place) -> None:
    rows = planned.week()
    seen = [(row["kind"], row["title"], row["start"], row["end"]) for row in rows]
    days = [FIRST + timedelta(days=n) for n in range(9)]
    runs = [("block", "Run", local(days[n], "06:00"), local(days[n], "07:00")) for n in range(3)]
    expected = [
        *runs,
        ("block", "Trip", str(days[1]), str(days[3])),
        ("meeting", "Kick-off", local(days[3], "10:00"), local(days[3], "11:00")),
        ("task", "Offer", local(days[3], "14:00"), local(days[3], "15:00")),
        ("block", "Ads", local(days[4], "09:00"), local(days[4], "10:00")),
        ("block", "Late", local(LAST, "23:30"), local(LAST, "23:50")),
    ]
    assert sorted(row for row in seen if row[0] != "call") == sorted(expected)
    [call] = [row for row in rows if row["kind"] == "call"]
    assert (call["start"], call["link_state"]) == (local(days[3], "12:00"), "none")
    assert [row["all_day"] for row in rows if row["title"] == "Trip"] == [True]
    assert {row["busy"] for row in rows if row["title"] == "Ads"} == {"free"}
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(isinstance(row["id"], str) for row in rows)


def test_a_colleague_sees_no_more_than_busy(planned: Place) -> None:
    mine, seen = planned.week(), planned.week(BOB)
    hidden = {"id": None, "kind": "block", "title": "Busy", "link_state": None}
    blocks = [{**row, **hidden} for row in mine if row["kind"] == "block" and row["busy"] != "free"]
    assert [row for row in seen if row["kind"] == "block"] == blocks
    assert [row for row in seen if row["kind"] != "block"] == [row for row in mine if row["kind"] != "block"]


def test_who_may_not_look_is_refused_and_what_cannot_be_done_says_why(planned: Place) -> None:
    days = ("--from", str(FIRST), "--to", str(LAST))
    look, (run, *_rest) = ("agenda", "list", "--user"), planned.week()
    assert run["title"] == "Run"
    cases = [
        ((*look, ALICE, "--as", MALLORY, *days), "", 1, "may not see this agenda"),
        ((*look, "eve@example.org", *days), "", 2, "eve@example.org"),
        ((*look, ALICE, "--as", "eve@example.org", *days), "", 2, "eve@example.org"),
        ((*look, ALICE, "--from", str(LAST), "--to", str(FIRST)), "", 2, "--to"),
        ((*look, ALICE, "--from", "tomorrow", "--to", str(FIRST)), "", 2, "tomorrow"),
        (("agenda", "edit", "meeting-0", "--title", "x"), "", 1, "meeting-0"),
        (("agenda", "edit", run["id"], "--title", "x"), "", 1, "in its own calendar"),
        (("agenda", "convert", run["id"], "--to", "meeting"), "", 1, "epeat"),
        (("agenda", "delete", run["id"]), "", 1, "--also-remote"),
        (("agenda", "add", "--user", ALICE, "--kind", "task", "--title", "x"), "", 2, "--due"),
    ]
    all_refused(planned.house, cases)


# --- sync -------------------------------------------------------------------------------------------------------------


def test_a_sync_of_whom_or_what_there_is_not_is_refused(place: Place) -> None:
    nothing = "00000000-0000-4000-8000-000000000000"
    cases = [
        (("sync", "--user", "eve@example.org", "--json"), "", 2, "eve@example.org"),
        (("sync", "--user", "", "--json"), "", 2, "no user"),
        (("sync", "--connection", nothing, "--json"), "", 1, nothing),
        (("sync", "--all", "--user", ALICE), "", 2, "--all"),
        (("sync", "--connection", "twelve"), "", 2, "twelve"),
    ]
    all_refused(place.house, cases)


def test_a_server_that_asked_us_to_wait_is_left_alone(place: Place) -> None:
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=5)
    place.house.write("UPDATE integrations_provideraccount SET not_before = ?", str(until))
    asked = len(place.proxy.asked)
    said = place.sync()
    place.house.write("UPDATE integrations_provideraccount SET not_before = NULL")
    assert said.code == 1
    [run] = said.json
    assert (run["outcome"], run["requests"]) == ("retry", 0)
    assert "wait" in run["reason"]
    assert len(place.proxy.asked) == asked


def test_a_refused_password_is_retried_with_a_reason(place: Place) -> None:
    users = place.phone.server.folder / "users"
    kept = users.read_text()
    users.write_text(kept.replace(place.phone.password, "another"))
    said = place.sync()
    users.write_text(kept)
    [run] = said.json
    assert (said.code, said.err, run["outcome"], run["local"]["deleted"]) == (1, "", "retry", 0)
    assert "password" in run["reason"]
    assert "Refused" in (place.house.folder / "logs" / "commands.log").read_text()
    assert place.sync().code == 0


def test_a_lease_that_ends_is_waited_for(place: Place) -> None:
    hold(place.house, timedelta(seconds=4))
    said = place.sync()
    assert (said.code, said.json[0]["outcome"]) == (0, "ok")


def test_a_lease_that_stays_ends_in_a_retry_after_half_a_minute(waiting: Callable[[], Said]) -> None:
    said = waiting()
    assert said.code == 1
    [run] = said.json
    assert (run["outcome"], run["requests"]) == ("retry", 0)
    assert 29 < run["seconds"] < 60


# --- connections, disconnect ------------------------------------------------------------------------------------------


def test_connections_are_listed_without_their_secrets(planned: Place) -> None:
    [row] = planned.house.do("connections")
    assert (row["connection"], row["user"]) == (planned.connection["connection"], ALICE)
    assert (row["entry"], row["state"], row["linked"], row["held"]) == ("caldav", "active", 7, 0)
    said = planned.house.run("connections")
    assert planned.connection["connection"] in said.out
    for secret in (planned.phone.username, planned.phone.password, "Home", "Trip"):
        assert secret not in said.out + json.dumps(row)


def test_disconnecting_keeps_what_was_pushed_unless_asked_otherwise(planned: Place) -> None:
    house, work = planned.house, planned.connection["connection"]
    assert house.run("disconnect", "--user", BOB).code == 1
    mine = [row["title"] for row in planned.week() if row["kind"] != "block"]
    pushed = planned.phone.hrefs(planned.work)
    assert len(pushed) == 2
    house.do("disconnect", "--user", ALICE, "--connection", work)
    assert planned.phone.hrefs(planned.work) == pushed
    assert [row["title"] for row in planned.week()] == mine
    assert house.count("integrations_connection") == house.count("agenda_block") == 0
    words = planned.connect("--push-to", "Work", "--import", "Home", "--push-tasks")
    again = house.do(*words, stdin=planned.phone.password)
    assert again["connection"] != work
    [run] = planned.sync().json
    assert (run["outcome"], run["imported"], run["remote"]["created"]) == ("ok", 5, 0)  # its own copies are known
    assert planned.phone.hrefs(planned.work) == pushed
    removed = house.do("disconnect", "--user", ALICE, "--remove-remote")
    assert removed["removed_remote"] == 2
    assert planned.phone.hrefs(planned.work) == []
    assert len(planned.phone.hrefs(planned.home)) == 5
