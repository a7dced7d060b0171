"""The demo's calendars and secrets."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

from agenda.ical.read import read
from operations import demo, demo_calendar
from operations.embedded.icloud import Running


def test_the_calendars_are_written_once_and_every_event_reads(tmp_path: Path) -> None:
    demo_calendar.write(tmp_path, ["alice"], date(2026, 11, 25))
    files = sorted(tmp_path.rglob("*.ics"))
    contents = [read(path.read_bytes().decode()) for path in files]
    assert {"Dentist", "Gym", "School holiday"} <= {content.title for content in contents}
    demo_calendar.write(tmp_path, ["alice"], date(2027, 1, 1))
    assert sorted(tmp_path.rglob("*.ics")) == files


def test_secrets_are_kept_for_the_owner_alone_and_come_back(tmp_path: Path) -> None:
    assert demo.load(tmp_path) is None
    kept = demo.fresh()
    demo.save(tmp_path, kept)
    assert demo.load(tmp_path) == kept
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert kept.password != demo.fresh().password
    assert kept.password in demo.sign_ins(kept, "http://127.0.0.1:5232/", None)


def test_an_older_demo_whose_calendar_server_played_apple_does_so_no_longer(tmp_path: Path) -> None:
    demo.save(tmp_path, demo.Secrets("a password", {"alice": "one", demo.APPLE_ACCOUNT: "two"}))
    kept = demo.load(tmp_path)
    assert kept and kept.calendar_passwords == {"alice": "one"}


def test_the_account_at_apple_is_told_only_where_something_plays_apples_part() -> None:
    kept, url = demo.fresh(), "http://127.0.0.1:5232/"
    apple = Running("https://127.0.0.1:8843/", "/ca.pem", "http://phone/", "bob@icloud.example", "abcd-efgh", "Main-1")
    told = demo.sign_ins(kept, url, apple)
    assert all(fact in told for fact in (apple.url, apple.iphone, apple.apple_id, apple.app_password, "refused"))
    assert "Apple" not in demo.sign_ins(kept, url, None)
