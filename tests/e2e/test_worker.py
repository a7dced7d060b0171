"""The main job through real workers, a real broker and real calendar servers that another CalDAV client fills."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.beat import PersistentScheduler

from config.celery import app
from tests.e2e.house import House, eventually, lines
from tests.e2e.proxy import Proxy
from tests.integrations.servers import Account, Server, event, start_radicale, start_xandikos

ALICE, BOB, MALLORY = "alice@example.org", "bob@example.org", "mallory@example.org"
#: an edit made here is in the calendar after so many seconds, on a machine that is busy with other things
SECONDS = 15.0
START = {"radicale": start_radicale, "xandikos": start_xandikos}
NUMBERS = ["imported", "conflicts", "quarantined", "held"]
NUMBERS += [f"{side}_{verb}" for side in ("local", "remote") for verb in ("created", "updated", "deleted")]


@dataclass
class Town:
    """Alice's house with its workers, and her account on a server behind a proxy."""

    house: House
    proxy: Proxy
    phone: Account
    work: str  # the calendar that is pushed to, and imported
    home: str  # one that is only imported
    connection: str

    def run(self) -> dict[str, Any]:
        """Let half an hour pass, and return what the worker did."""
        return self.house.pass_half_an_hour(self.connection)

    def agenda(self, viewer: str = "") -> list[dict[str, Any]]:
        """Return what is seen of Alice's next month."""
        return self.house.agenda(ALICE, day(0), day(30), viewer)

    def row(self, title: str) -> dict[str, Any]:
        [found] = [row for row in self.agenda() if row["title"] == title]
        return found

    def remote(self, title: str, calendar: str = "") -> str:
        """Return the text of the one event of this title, "" when there is none."""
        texts = [text for text in self.phone.texts(calendar or self.work) if f"SUMMARY:{title}" in lines(text)]
        assert len(texts) < 2, texts
        return texts[0] if texts else ""

    def pushed(self, title: str) -> str:
        """Wait for an event of this title and for the end of the run that wrote it; return the event's text."""
        text = eventually(lambda: self.remote(title), SECONDS, f"{title} in the calendar")
        eventually(self.house.is_quiet, what="the end of that run")
        return text

    def gone(self, title: str, calendar: str = "") -> bool:
        return not self.remote(title, calendar)


def day(ahead: int) -> str:
    return (date.today() + timedelta(ahead)).isoformat()


def stamp(ahead: int, hour: int) -> str:
    """Return an hour of a day to come, UTC, as iCalendar writes it."""
    return f"{day(ahead).replace('-', '')}T{hour:02}0000Z"


def appointment(uid: str, title: str, ahead: int, hour: int = 9) -> str:
    return event(uid, title, stamp(ahead, hour), stamp(ahead, hour + 1))


@pytest.fixture(scope="module", params=list(START))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = START[request.param](tmp_path_factory.mktemp(request.param))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def town(server: Server, houses: Callable[..., House]) -> Iterator[Town]:
    proxy = Proxy(server)
    proxy.open()
    phone = server.account()
    work, home = phone.make_calendar("Work"), phone.make_calendar("Home")
    phone.put(home, appointment("dentist", "Dentist", 2))
    house = houses(HALFPAST_PRIVATE_HOSTS=proxy.host_port)
    house.open()
    words = ("--user", ALICE, "--entry", "caldav", "--server", proxy.url, "--username", phone.username)
    names = ("--push-to", "Work", "--import", "Work", "--import", "Home", "--push-tasks")
    made = house.do("connect", *words, "--password-stdin", *names, stdin=phone.password)
    yield Town(house, proxy, phone, work, home, made["connection"])
    house.close()
    proxy.close()


def test_what_is_connected_beside_a_running_up_is_synced_at_once(town: Town) -> None:
    first = eventually(lambda: town.house.runs(town.connection), what="the first run")[0]
    assert (first["outcome"], first["imported"]) == ("ok", 1)
    dentist = town.row("Dentist")
    assert (dentist["kind"], dentist["link_state"], dentist["busy"]) == ("block", "linked", "busy")
    assert datetime.fromisoformat(dentist["start"]) == datetime.fromisoformat(f"{day(2)}T09:00:00+00:00")


def test_a_meeting_goes_out_and_comes_back_changed(town: Town) -> None:
    times = ("--start", f"{day(3)}T10:00", "--end", f"{day(3)}T11:00")
    made = town.house.do("agenda", "add", "--user", ALICE, "--kind", "meeting", "--title", "Kick-off", *times)
    assert made["link_state"] == "waiting"
    text = town.pushed("Kick-off")
    assert not {"ATTENDEE", "ORGANIZER", "METHOD"} & {line.partition(":")[0].partition(";")[0] for line in lines(text)}
    [href] = [href for href in town.phone.hrefs(town.work) if town.phone.read(href) == text]
    town.phone.edit(href, "SUMMARY:Kick-off", "SUMMARY:Kick-off with Dana")
    assert town.run()["local_updated"] == 1
    row = town.row("Kick-off with Dana")
    assert (row["id"], row["kind"], row["link_state"]) == (made["id"], "meeting", "linked")


def test_an_edit_made_here_is_pushed_within_seconds_on_the_queue_for_people(town: Town) -> None:
    times = ("--start", f"{day(4)}T10:00", "--end", f"{day(4)}T11:00")
    made = town.house.do("agenda", "add", "--user", ALICE, "--kind", "meeting", "--title", "Review", *times)
    town.pushed("Review")
    served = town.house.log("interactive").count("sync_connection")
    town.house.do("agenda", "edit", made["id"], "--start", f"{day(4)}T15:00", "--place", "Room 1")
    since = time.monotonic()
    eventually(lambda: "LOCATION:Room 1" in town.remote("Review"), SECONDS)
    assert time.monotonic() - since < SECONDS
    assert f"DTSTART;TZID=Europe/Brussels:{day(4).replace('-', '')}T150000" in lines(town.remote("Review"))
    assert town.house.log("interactive").count("sync_connection") > served
    town.house.do("agenda", "delete", made["id"])
    eventually(lambda: town.gone("Review"), SECONDS, "its copy to be gone")


def test_an_edit_and_a_deletion_on_the_phone_arrive(town: Town) -> None:
    href = town.phone.put(town.home, appointment("haircut", "Haircut", 5))
    assert town.run()["imported"] == 1
    town.phone.overwrite(href, appointment("haircut", "Haircut and beard", 5, hour=13))
    assert town.run()["local_updated"] == 1
    moved = datetime.fromisoformat(town.row("Haircut and beard")["start"])
    assert moved == datetime.fromisoformat(f"{day(5)}T13:00:00+00:00")
    town.phone.delete(href)
    assert town.run()["local_deleted"] == 1
    assert not [row for row in town.agenda() if "Haircut" in row["title"]]


def test_a_converted_block_is_one_event_on_both_sides(town: Town) -> None:
    href = town.phone.put(town.home, appointment("lunch", "Lunch", 6))
    town.run()
    meeting = town.house.do("agenda", "convert", town.row("Lunch")["id"], "--to", "meeting")
    assert (meeting["kind"], meeting["title"]) == ("meeting", "Lunch")
    town.house.do("agenda", "edit", meeting["id"], "--title", "Lunch with Dana")
    text = eventually(lambda: town.remote("Lunch with Dana", town.home), SECONDS, "the new title")
    eventually(town.house.is_quiet)
    assert {"UID:lunch", "BEGIN:VALARM", "TRIGGER:-PT15M"} <= set(lines(text))
    assert "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR;ACKNOWLEDGED=1:AUTOMATIC" in set(lines(text))
    town.phone.edit(href, "SUMMARY:Lunch with Dana", "SUMMARY:Lunch with Dana and Erik")
    assert town.run()["local_updated"] == 1
    assert town.row("Lunch with Dana and Erik")["id"] == meeting["id"]
    assert town.gone("Lunch", town.work)


def test_a_colleague_sees_busy_and_a_stranger_nothing(town: Town) -> None:
    town.phone.put(town.home, appointment("therapy", "Therapy", 7))
    free = appointment("holiday", "Holiday of others", 7, 14).replace("SUMMARY", "TRANSP:TRANSPARENT\r\nSUMMARY")
    town.phone.put(town.home, free)
    assert town.run()["imported"] == 2
    owner = town.row("Therapy")
    seen = [row for row in town.agenda(BOB) if row["start"].startswith(day(7))]
    hidden = {"id": None, "kind": "block", "title": "Busy", "link_state": None}
    assert seen == [{**owner, **hidden}]
    stranger = town.house.run("agenda", "list", "--user", ALICE, "--as", MALLORY, "--from", day(0), "--to", day(9))
    assert (stranger.code, stranger.out) == (1, "")
    assert "Therapy" not in stranger.err


def test_three_idle_runs_are_one_request_each_and_write_nothing(town: Town) -> None:
    eventually(lambda: town.run()["requests"] == 1, what="a run that finds nothing")
    before = town.house.dump("integrations_run", "integrations_connection", "integrations_provideraccount")
    for _run in range(3):
        town.proxy.asked.clear()
        run = town.run()
        assert [(method, status) for method, _path, status in town.proxy.asked] == [("PROPFIND", 207)]
        assert (run["outcome"], run["requests"], {run[name] for name in NUMBERS}) == ("ok", 1, {0})
    assert town.house.dump(*set(town.house.dump()) - set(before)) == before


def test_a_wave_of_deletions_is_held_until_the_events_are_back(town: Town) -> None:
    texts = {f"wave-{n}": appointment(f"wave-{n}", f"Wave {n}", 8 + n) for n in range(12)}
    hrefs = [town.phone.put(town.home, text) for text in texts.values()]
    assert town.run()["imported"] == 12
    for href in hrefs:
        town.phone.delete(href)
    run = town.run()
    assert (run["outcome"], run["held"], run["local_deleted"]) == ("held", 12, 0)
    held = [row for row in town.agenda() if row["title"].startswith("Wave")]
    assert [row["link_state"] for row in held] == ["held"] * 12
    for text in texts.values():
        town.phone.put(town.home, text)
    run = town.run()
    assert (run["outcome"], run["local_deleted"], run["local_created"]) == ("ok", 0, 0)
    assert {row["link_state"] for row in town.agenda() if row["title"].startswith("Wave")} == {"linked"}


def test_a_dead_server_deletes_nothing_and_is_met_again_in_step(town: Town) -> None:
    eventually(lambda: town.run()["requests"] == 1, what="a run that finds nothing")
    before, seen = town.agenda(), town.house.dump("integrations_run", "integrations_connection")
    town.proxy.server.stop()
    town.proxy.close()
    run = town.run()
    assert (run["outcome"], {run[name] for name in NUMBERS}) == ("retry", {0})
    assert town.agenda() == before
    town.house.do("agenda", "edit", town.row("Lunch with Dana and Erik")["id"], "--title", "Lunch at last")
    come_back(town.proxy)
    town.house.write("UPDATE integrations_provideraccount SET not_before = NULL")
    assert town.run()["outcome"] == "ok"
    eventually(lambda: town.remote("Lunch at last", town.home), SECONDS)
    assert len(town.agenda()) == len(before)
    assert town.house.dump()["agenda_block"] == seen["agenda_block"]
    assert town.run()["requests"] <= 3


def come_back(proxy: Proxy) -> None:
    """Start the server again as it was."""
    server = proxy.server
    log = Path(server.folder / "log").open("ab")
    server.process = subprocess.Popen(server.process.args, stdout=log, stderr=log)
    proxy.open()
    eventually(lambda: answers(server), what="the server's return")


def answers(server: Server) -> bool:
    line = server.connection()
    try:
        line.request("OPTIONS", "/")
        return bool(line.getresponse().status)
    except OSError:
        return False
    finally:
        line.close()


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_beat_rings_for_what_is_due(town: Town) -> None:
    remember_a_minute_ago(town.house.folder / "beat-schedule")
    before = len(town.house.runs(town.connection))
    town.house.write("UPDATE integrations_connection SET next_sync_at = ?", "2020-01-01 00:00:00")
    town.house.start_beat()
    eventually(lambda: len(town.house.runs(town.connection)) > before, what="a run that beat asked for")


def remember_a_minute_ago(schedule: Path) -> None:
    """Write beat's schedule as one that stopped a minute ago has left it, so that it need not be waited for."""
    scheduler = PersistentScheduler(app, schedule_filename=str(schedule))
    for entry in scheduler.schedule.values():
        entry.last_run_at = scheduler.app.now() - timedelta(seconds=61)
    scheduler.close()
