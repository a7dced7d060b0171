"""`manage.py probe`: a report that can be pasted into a bug report as it is."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from integrations import catalog
from integrations.icloud.profile import ICLOUD
from integrations.models import Connection
from tests.integrations.icloud.simulators import APP_PASSWORD, APPLE_ID, MAIN_PASSWORD, ICloud
from tests.integrations.icloud.stage import UNHURRIED

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(icloud: ICloud, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command on the simulated iCloud, at any pace; return what it printed, and its exit code."""
    icloud.calendars_may_go = True
    settings.HALFPAST_ICLOUD_URL = icloud.simulator.url
    monkeypatch.setattr("integrations.icloud.profile.ICLOUD", replace(ICLOUD, **UNHURRIED))
    monkeypatch.setattr("integrations.icloud.probe.lag._DRIFT", 0.01)

    def command(typed: str, *more: str) -> tuple[str, str, int]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = 0
        try:
            call_command("probe", "--username", APPLE_ID, "--password-stdin", *more)
        except SystemExit as end:
            code = int(str(end.code))
        said = capsys.readouterr()
        return said.out, said.err, code

    return command


def test_it_prints_what_differs_from_what_is_assumed(icloud: ICloud, run: Any) -> None:
    icloud.switch(put_etag="never", move="moved")
    out, err, code = run(f"{APP_PASSWORD}\n")
    assert code == 0
    marked = [line for line in out.splitlines() if line.startswith("!")]
    assert len(marked) == 2
    assert "A40" in marked[0] and "A61" in marked[1]
    assert "2 answered otherwise than assumed" in out
    for secret in (APP_PASSWORD, APPLE_ID, icloud.account.dsid, "127.0.0.1", ".ics"):
        assert secret not in out + err
    assert not Connection.objects.exists()


def test_the_document_names_rule_switch_and_reading(run: Any) -> None:
    out, _err, _code = run(APP_PASSWORD, "--json")
    document = json.loads(out)
    [token] = [row for row in document["findings"] if row["switch"] == "bad_token"]
    assert (token["rule"], token["supports"], token["verdict"]) == ("A38", ["403-element"], "as assumed")
    assert {row["verdict"] for row in document["findings"]} == {"as assumed"}


def test_the_main_password_is_not_sent(icloud: ICloud, run: Any) -> None:
    out, err, code = run(MAIN_PASSWORD)
    assert code == 1 and "Nothing was sent" in err and not out
    assert icloud.log == []


def test_a_refused_password_is_sent_once(icloud: ICloud, run: Any) -> None:
    _out, err, code = run("wxyz-wxyz-wxyz-wxyz")
    assert code == 1 and "refused" in err
    assert icloud.account.failed_logins == 1


def test_it_goes_at_the_pace_that_a_real_account_is_owed() -> None:
    assert catalog.entry("icloud").profile.per_second == 2.0
