"""`manage.py simulate_icloud`, for real: a process, its ports, its folder."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from integrations.gateway.base import Credentials
from integrations.gateway.dav import connect
from integrations.gateway.errors import GatewayError
from integrations.gateway.reach import Reach
from integrations.icloud.doctor import Looks, examine
from integrations.icloud.profile import ICLOUD
from operations.datafolder import ROOT
from tests.integrations.servers import event
from tests.operations.houses import environment, manage


@contextmanager
def simulated(folder: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """Run it and yield its facts; it is killed at the end, as a crash would."""
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_icloud", "--data", str(folder), "--port", "18500"]
    facts = folder / "simulator.json"
    facts.unlink(missing_ok=True)
    with (folder.parent / "said").open("w") as said:
        child = subprocess.Popen([*command, *arguments], env=environment(folder), stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + 60
        while not facts.exists():
            assert child.poll() is None and time.monotonic() < deadline, (folder.parent / "said").read_text()
            time.sleep(0.05)
        yield json.loads(facts.read_text())
    finally:
        child.kill()
        child.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulated") / "icloud"


@pytest.fixture(scope="module")
def facts(folder: Path) -> Iterator[dict[str, Any]]:
    with simulated(folder) as found:
        yield found


def asked(facts: dict[str, Any], password: str, **reach: Any) -> list[str]:
    """Return the names of the calendars, as Halfpast itself gets them."""
    policy = Reach(icloud=facts["url"], **reach)
    gateway = connect(ICLOUD, facts["url"], Credentials(facts["apple_id"], password), reach=policy)
    return [row.name for row in gateway.look(gateway.discover().home)]


def test_halfpast_finds_the_calendars_with_the_password_that_was_printed(facts: dict[str, Any]) -> None:
    assert examine(facts["app_password"]).looks == Looks.APP_SPECIFIC
    names = asked(facts, facts["app_password"], ca_file=facts["ca_file"])
    assert {"Home", "Work", "Personal", "Family", "Football club"} <= set(names)


def test_the_main_password_is_refused(facts: dict[str, Any]) -> None:
    assert examine(facts["main_password"]).looks == Looks.NORMAL
    with pytest.raises(GatewayError, match="refuses"):
        asked(facts, facts["main_password"], ca_file=facts["ca_file"])


def test_without_its_root_nobody_believes_its_certificate(facts: dict[str, Any]) -> None:
    with pytest.raises(GatewayError, match="(?i)certificate"):
        asked(facts, facts["app_password"])


def test_it_says_how_to_use_it_and_its_files_are_its_owners_alone(facts: dict[str, Any], folder: Path) -> None:
    said = (folder.parent / "said").read_text()
    for fact in ("url", "ca_file", "apple_id", "app_password", "main_password", "iphone"):
        assert facts[fact] in said
    assert "HALFPAST_ICLOUD_URL=" in said
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("simulator.json", "world.json", "tls/server.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_killed_and_started_again_it_has_all_that_was_added_and_its_old_ports(tmp_path: Path) -> None:
    folder = tmp_path / "icloud"
    with simulated(folder, "--no-https", "--quiet") as before:
        add(before, "Haircut")
        push(before, "Kick-off")
    with simulated(folder, "--no-https", "--quiet") as after:
        same = ("url", "shard_url", "pages", "iphone", "app_password")
        assert [after[name] for name in same] == [before[name] for name in same]
        shown = page(after["iphone"] + "?day=2026-12-01")
        assert "Haircut" in shown and "Kick-off" in shown
    assert (tmp_path / "said").read_text() == ""


def page(address: str) -> str:
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=10)
    line.request("GET", f"{parts.path}?{parts.query}")
    return line.getresponse().read().decode()


def push(facts: dict[str, Any], title: str) -> None:
    reach, own = Reach(icloud=facts["url"]), Credentials(facts["apple_id"], facts["app_password"])
    gateway = connect(ICLOUD, facts["url"], own, reach=reach)
    home = next(row for row in gateway.look(gateway.discover().home) if row.name == "Home")
    gateway.create(f"{home.path}pushed.ics", event("pushed", title))


def add(facts: dict[str, Any], title: str) -> None:
    parts = urlsplit(facts["iphone"])
    day = {"first": "2026-12-01", "last": "2026-12-01", "begins": "10:00", "ends": "11:00"}
    line = http.client.HTTPConnection(parts.netloc, timeout=10)
    form = urlencode({"title": title, "calendar": "home", **day})
    line.request("POST", f"{parts.path}new", form, {"Origin": f"http://{parts.netloc}"})
    assert line.getresponse().status == 303


def test_sigterm_ends_it_at_once_and_well(tmp_path: Path) -> None:
    with simulated(tmp_path / "icloud") as facts:
        started = time.monotonic()
        os.kill(facts["pid"], signal.SIGTERM)
        while (said := subprocess.run(["ps", "-o", "stat=", "-p", str(facts["pid"])], capture_output=True)).stdout:
            if said.stdout.startswith(b"Z"):
                break
            assert time.monotonic() - started < 5
            time.sleep(0.02)


def test_faults_and_habits_are_taken_from_the_command_line(tmp_path: Path) -> None:
    options = ("--no-https", "--habits", "put_etag=never", "--fault", "503-seconds,verb=PROPFIND,seconds=9")
    with simulated(tmp_path / "icloud", *options) as facts:
        line = http.client.HTTPConnection(urlsplit(facts["url"]).netloc, timeout=10)
        line.request("PROPFIND", "/", headers={"Depth": "0", "User-Agent": "test"})
        answer = line.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "9")
        assert "<td>never</td>" in page(facts["pages"] + "rules")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--habits", "colour=red"), "There is no habit 'colour'"),
        (("--habits", "put_etag=maybe"), "put_etag is one of: always, never, unchanged"),
        (("--fault", "fire"), "There is no fault 'fire'"),
        (("--timezone", "Mars/Olympus"), "Mars/Olympus"),
    ],
)
def test_what_it_does_not_understand_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = manage(tmp_path, "simulate_icloud", "--data", str(tmp_path / "icloud"), *arguments)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_in_production_there_is_none(tmp_path: Path) -> None:
    refused = manage(tmp_path, "simulate_icloud", HALFPAST_ENV="production")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "none in production" in refused.stderr


def test_a_world_that_cannot_be_read_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "icloud").mkdir()
    (tmp_path / "icloud" / "world.json").write_text("half")
    refused = manage(tmp_path, "simulate_icloud", "--data", str(tmp_path / "icloud"))
    assert re.search("cannot be read: put it right, or move it away", refused.stderr)
    assert (tmp_path / "icloud" / "world.json").read_text() == "half"


def test_its_root_vouches_for_this_machines_names_alone(facts: dict[str, Any]) -> None:
    context = ssl.create_default_context(cafile=facts["ca_file"])
    port = urlsplit(facts["url"]).port
    for host, fine in (("localhost", True), ("127.0.0.1", True), ("caldav.icloud.com", False)):
        with socket.create_connection(("127.0.0.1", port or 0), timeout=10) as raw:
            if fine:
                context.wrap_socket(raw, server_hostname=host).close()
            else:
                with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
                    context.wrap_socket(raw, server_hostname=host)
