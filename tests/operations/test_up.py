"""`manage.py up`, for real: the whole process tree on one machine."""

from __future__ import annotations

import os
import signal
import stat
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest
from kombu.exceptions import KombuError

from config.celery import app
from operations import ports
from tests.operations.houses import Up, gone_within, living, manage

SERVICES = ("gunicorn", "--queues sync", "--queues interactive", "celery -A config beat")


def answer(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.status, response.read().decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("demo") / "data", "--port", "18400")
    try:
        up.ready()
        yield up
    finally:
        up.end()


def test_one_command_runs_everything_and_prints_the_sign_ins(demo: Up) -> None:
    assert answer(demo.ready() + "/healthz")[0] == 200
    for name in ("alice@example.com", "bob@example.com", "carol@example.com", "mallory@example.org"):
        demo.wait_for(name)
    assert "/mails/" in demo.wait_for("Mails that would have been sent")
    commands = " ".join(demo.children().values())
    for part in (*SERVICES, "valkey", "radicale", "simulate_icloud"):
        assert part in commands


def test_up_json_tells_its_ports_and_is_the_owners_alone(demo: Up) -> None:
    facts = demo.facts
    assert facts["pid"] == demo.process.pid
    assert demo.ready() == facts["url"] == f"http://127.0.0.1:{facts['web']}"
    assert ports.answers(facts["broker"])
    assert f"127.0.0.1:{facts['radicale']}" in facts["hosts"]
    assert answer(facts["iphone"])[0] == 200
    assert stat.S_IMODE((demo.data / "up.json").stat().st_mode) == 0o600


def test_the_demo_calendar_is_in_the_agenda_from_the_start(demo: Up) -> None:
    week = [
        "--from",
        time.strftime("%Y-%m-%d"),
        "--to",
        time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400)),
    ]
    listed = manage(demo.data, "agenda", "list", "--user", "alice@example.com", *week, "--json")
    assert listed.returncode == 0, listed.stderr
    assert '"kind": "block"' in listed.stdout


def test_apples_calendar_can_be_connected_with_what_was_printed_and_synced_beside_it(demo: Up) -> None:
    account = "bob@icloud.example"
    right, wrong = (
        demo.wait_for(f"  {name} ").split()[-1] for name in ("app-specific password", "Apple Account e-mail")
    )
    choice = ["--push-to", "Home", "--import", "Personal"]
    connecting = ["connect", "--user", "bob@example.com", "--entry", "icloud", "--username", account, *choice]
    refused = manage(demo.data, *connecting, "--password-stdin", stdin=wrong)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    connected = manage(demo.data, *connecting, "--password-stdin", stdin=right)
    assert connected.returncode == 0, connected.stderr
    synced = manage(demo.data, "sync", "--user", "bob@example.com")
    assert "icloud: ok" in synced.stdout, synced.stdout + synced.stderr


def test_a_second_up_on_the_same_folder_is_refused_in_one_sentence(demo: Up) -> None:
    refused = manage(demo.data, "up", "--data", str(demo.data))
    assert refused.returncode == 1
    assert f"process {demo.process.pid}" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert answer(demo.ready() + "/healthz")[0] == 200


def test_a_part_that_dies_is_started_again_and_that_is_said(demo: Up) -> None:
    web = [pid for pid, words in demo.children().items() if "gunicorn" in words]
    for pid in web:
        os.kill(pid, signal.SIGKILL)
    demo.wait_for("The web stopped (signal 9)")
    deadline = time.monotonic() + 30
    while not ports.serves(demo.facts["web"], "/healthz") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer(demo.ready() + "/healthz")[0] == 200


def test_workers_go_on_after_the_broker_was_restarted(demo: Up) -> None:
    [broker] = [pid for pid, words in demo.children().items() if "valkey" in words]
    log = demo.data / "logs" / "interactive-worker.log"
    start = log.stat().st_size
    os.kill(broker, signal.SIGKILL)
    demo.wait_for("The broker stopped")
    deadline = time.monotonic() + 60
    while b"integrations.tasks.dispatch_due" not in log.read_bytes()[start:]:
        assert time.monotonic() < deadline
        ring(demo.facts["broker_url"])
        time.sleep(0.5)


def ring(broker: str) -> None:
    with app.connection_for_write(broker, transport_options={"max_retries": 0}) as connection, suppress(KombuError):
        app.send_task("integrations.tasks.dispatch_due", queue="interactive", connection=connection, retry=False)


def test_ctrl_c_stops_everything_in_under_five_seconds_and_the_next_start_is_the_same_house(demo: Up) -> None:
    before, calendar = set(demo.children()), (demo.facts["radicale"], demo.facts["icloud_url"], demo.facts["iphone"])
    password = demo.wait_for("Sign in with the password")
    code, seconds = demo.stop(signal.SIGINT)
    assert code == 0
    assert seconds < 5
    assert not living(before)
    assert not (demo.data / "up.json").exists()

    again = Up(demo.data, "--port", "18400")
    try:
        again.ready()
        assert again.wait_for("Sign in with the password") == password
        assert (again.facts["radicale"], again.facts["icloud_url"], again.facts["iphone"]) == calendar
        orphans = set(again.children())
        again.process.kill()
        assert len(orphans) >= 8
        assert gone_within(orphans, 5)
    finally:
        again.end()


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Up, Up]]:
    """Two empty houses side by side; the second has been given a broker."""
    folder = tmp_path_factory.mktemp("neighbours")
    first = Up(folder / "first", "--port", "18450", "--no-demo")
    second = Up(folder / "second", "--port", "18450", "--no-demo", REDIS_URL=os.environ["REDIS_URL"])
    try:
        yield first, second
    finally:
        first.end()
        second.end()


def test_two_houses_live_side_by_side(neighbours: tuple[Up, Up]) -> None:
    first, second = neighbours
    assert first.ready() != second.ready()
    assert answer(first.ready() + "/healthz")[0] == answer(second.ready() + "/healthz")[0] == 200


def test_an_empty_house_without_demo_is_set_up_by_a_link(neighbours: tuple[Up, Up]) -> None:
    house = neighbours[0]
    link = house.wait_for("Set it up").rsplit(" ", 1)[1]
    assert link.startswith(house.ready() + "/setup/")
    status, page = answer(link)
    assert status == 200
    assert "password" in page.lower()
    assert not {"radicale", "icloud_url"} & set(house.facts)


def test_a_given_broker_replaces_the_embedded_one(neighbours: tuple[Up, Up]) -> None:
    house = neighbours[1]
    house.ready()
    assert "broker" not in house.facts
    assert house.facts["broker_url"] == os.environ["REDIS_URL"]
    assert "valkey" not in " ".join(house.children().values())
