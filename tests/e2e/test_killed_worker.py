"""A worker is killed in the middle of a first import: nothing is doubled, nothing is missing after the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.house import House, eventually
from tests.e2e.proxy import Proxy
from tests.integrations.servers import Account, event, start_radicale

MANY = 500


@dataclass
class Full:
    """An account with 500 events in one calendar, behind a proxy."""

    phone: Account
    proxy: Proxy
    calendar: str

    def connect(self, house: House, email: str) -> str:
        """Connect the account; a running worker begins the import at once. Return the connection's id."""
        words = ("--user", email, "--entry", "caldav", "--server", self.proxy.url, "--username", self.phone.username)
        name = self.calendar.split("/")[-2]
        made = house.do("connect", *words, "--password-stdin", "--import", name, stdin=self.phone.password)
        return str(made["connection"])


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    server = start_radicale(tmp_path_factory.mktemp("radicale"))
    proxy, phone = Proxy(server), server.account()
    proxy.open()
    yield Full(phone, proxy, upload(phone))
    proxy.close()
    server.stop()


def upload(account: Account) -> str:
    """Upload a whole calendar at once, as clients do when they import a file, and return its path."""
    calendar = f"{account.home}full/"
    first = (datetime.now(UTC) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    events = [one(n, first + timedelta(hours=n)) for n in range(MANY)]
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//phone//EN\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    status, _, said = account.request("PUT", calendar, text, Content_Type="text/calendar; charset=utf-8")
    assert status == 201, said
    assert len(account.hrefs(calendar)) == MANY
    return calendar


def one(number: int, start: datetime) -> str:
    """Return the VEVENT of an hour."""
    hours = [(start + timedelta(hours=more)).strftime("%Y%m%dT%H%M%SZ") for more in (0, 1)]
    text = event(f"many-{number}", f"Event {number}", *hours)
    return text[text.index("BEGIN:VEVENT") : text.index("END:VCALENDAR")]


def in_step(house: House, email: str) -> None:
    """Check that each event is there once: as a row of the agenda, as a block, as a link."""
    first, last = (datetime.now(UTC) + timedelta(days=ahead) for ahead in (0, 30))
    titles = [row["title"] for row in house.agenda(email, first.date().isoformat(), last.date().isoformat())]
    assert sorted(titles) == sorted(f"Event {n}" for n in range(MANY))
    assert house.count("agenda_block") == house.count("integrations_link") == MANY


def test_a_worker_killed_while_it_reads_leaves_no_hole_and_its_lease_delays_nobody(
    full: Full, houses: Callable[..., House]
) -> None:
    house = houses(HALFPAST_PRIVATE_HOSTS=full.proxy.host_port)
    house.open()
    full.proxy.slow = 0.5
    connection = full.connect(house, "alice@example.org")
    eventually(lambda: house.count("integrations_link") >= 200, what="two of the five chunks")
    house.close(kill=True)
    assert house.count("integrations_link") < MANY
    assert house.count("integrations_provideraccount", "lease_until IS NOT NULL") == 1
    full.proxy.slow = 0.0
    [run] = house.do("sync", "--connection", connection)
    assert (run["outcome"], run["imported"], run["local"]["created"]) == ("ok", MANY, MANY)
    assert run["seconds"] < 20  # a lease is 90 s, and somebody who is alive is waited for 30 s
    in_step(house, "alice@example.org")
    [again] = house.do("sync", "--connection", connection)
    assert (again["outcome"], again["requests"], again["imported"]) == ("ok", 1, 0)


def test_a_worker_killed_while_it_makes_blocks_doubles_none_and_the_next_worker_goes_on(
    full: Full, houses: Callable[..., House]
) -> None:
    house = houses(HALFPAST_PRIVATE_HOSTS=full.proxy.host_port)
    house.open()
    connection = full.connect(house, "bob@example.org")
    eventually(lambda: house.count("agenda_block"), what="the first blocks")
    house.close(kill=True)
    made = house.count("agenda_block")
    assert 0 < made < MANY
    house.open()
    run = house.tick(connection)
    assert (run["outcome"], run["imported"]) == ("ok", MANY - made)
    in_step(house, "bob@example.org")
