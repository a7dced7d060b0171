"""The demo's calendars and secrets."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

from agenda.ical.read import read
from integrations.icloud.doctor import Looks, examine
from operations import demo, demo_calendar


def test_the_calendars_are_written_once_and_every_event_reads(tmp_path: Path) -> None:
    demo_calendar.write(tmp_path, ["alice", demo.APPLE_ACCOUNT], date(2026, 11, 25))
    files = sorted(tmp_path.rglob("*.ics"))
    contents = [read(path.read_bytes().decode()) for path in files]
    assert {"Dentist", "Gym", "School holiday", "Choir"} <= {content.title for content in contents}
    assert {path.name for path in (tmp_path / "collection-root" / demo.APPLE_ACCOUNT).iterdir()} == {
        "home",
        "work",
        "family",
    }
    demo_calendar.write(tmp_path, ["alice", demo.APPLE_ACCOUNT], date(2027, 1, 1))
    assert sorted(tmp_path.rglob("*.ics")) == files


def test_secrets_are_kept_for_the_owner_alone_and_come_back(tmp_path: Path) -> None:
    assert demo.load(tmp_path) is None
    kept = demo.fresh()
    demo.save(tmp_path, kept)
    assert demo.load(tmp_path) == kept
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert kept.password != demo.fresh().password
    assert kept.password in demo.sign_ins(kept, "http://127.0.0.1:5232/")


def test_an_older_demo_gets_the_account_that_plays_apple(tmp_path: Path) -> None:
    older = demo.Secrets("a password", {"alice": "one", "bob": "two"})
    demo.save(tmp_path, older)
    kept = demo.load(tmp_path)
    assert kept and kept.calendar_passwords["bob"] == "two"
    assert examine(kept.calendar_passwords[demo.APPLE_ACCOUNT]).looks == Looks.APP_SPECIFIC


def test_who_plays_apple_is_told_only_where_the_server_stands_in(tmp_path: Path) -> None:
    kept, url = demo.fresh(), "http://127.0.0.1:5232/"
    assert kept.calendar_passwords[demo.APPLE_ACCOUNT] in demo.sign_ins(kept, url, as_apple=True)
    assert demo.APPLE_ACCOUNT not in demo.sign_ins(kept, url)
