"""The agenda from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from agenda import ports
from agenda.models import Activity, Block, Contact
from agenda.services import activities, blocks
from agenda.services.convert import convert
from operations.management.commands import agenda as module
from tests.agenda.drafts import FREE, SECRETS, block, dates, draft, weekly
from tests.agenda.fakes import FakeSync

FIELDS = ["id", "kind", "title", "start", "end", "all_day", "busy", "link_state"]


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*words: str) -> Said:
    """Run `agenda …` as the shell would, but in this process."""
    command = module.Command()
    command._called_from_command_line = True  # type: ignore[attr-defined]
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command(command, *words, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def listed(owner: User, viewer: User | None = None, first: str = "2026-11-23", last: str = "2026-11-29") -> Said:
    viewing = ["--as", viewer.email] if viewer else []
    return run("list", "--user", owner.email, *viewing, "--from", first, "--to", last, "--json")


@pytest.fixture
def sync() -> Iterator[FakeSync]:
    before, fake = ports.sync_status(), FakeSync()
    ports.register_sync_status(fake)
    yield fake
    ports.register_sync_status(before)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    rings: list[bool] = []
    monkeypatch.setattr(module, "ring_running_up", lambda: rings.append(True))
    return rings


def add(owner: User, *words: str) -> Said:
    return run("add", "--user", owner.email, *words, "--json")


def meeting(owner: User) -> str:
    times = ("--start", "2026-11-24T10:00", "--end", "2026-11-24T11:00")
    said = add(owner, "--kind", "meeting", "--title", "Kick-off", *times)
    return str(said.json["id"])


def test_a_meeting_is_planned_and_listed_in_the_owners_zone(alice: User, sync: FakeSync, rung: list[bool]) -> None:
    said = add(
        alice,
        *("--kind", "meeting", "--title", "Kick-off", "--place", "Haute 4", "--notes", "Bring cake"),
        *("--start", "2026-11-24T10:00", "--end", "2026-11-24T11:00"),
    )
    assert said.code == 0 and list(said.json) == FIELDS
    assert said.json == {
        "id": said.json["id"],
        "kind": "meeting",
        "title": "Kick-off",
        "start": "2026-11-24T10:00:00+01:00",
        "end": "2026-11-24T11:00:00+01:00",
        "all_day": False,
        "busy": "busy",
        "link_state": "none",
    }
    assert listed(alice).json == [said.json]
    assert rung == [True]
    made = Activity.objects.get()
    assert (made.location, made.description) == ("Haute 4", "Bring cake")


def test_a_call_finds_or_makes_its_customer(alice: User) -> None:
    for name in ("Dupont", "dupont "):
        assert add(alice, "--kind", "call", "--customer", name, "--start", "2026-11-24T10:00Z").code == 0
    assert Contact.objects.count() == 1
    assert {row["title"] for row in listed(alice).json} == {"Call with Dupont"}


def test_a_task_without_a_time_is_made_but_has_no_place_yet(alice: User) -> None:
    said = add(alice, "--kind", "task", "--title", "Offer", "--due", "2026-11-24")
    assert (said.json["start"], said.json["end"], said.json["all_day"]) == (None, None, False)
    assert listed(alice).json == []
    edited = run("edit", said.json["id"], "--start", "2026-11-24T10:00", "--end", "2026-11-24T12:00", "--json")
    assert listed(alice).json == [edited.json]


def test_an_all_day_row_carries_dates(alice: User) -> None:
    said = add(alice, "--kind", "meeting", "--title", "Fair", "--start", "2026-11-24", "--end", "2026-11-26")
    assert (said.json["start"], said.json["end"], said.json["all_day"]) == ("2026-11-24", "2026-11-26", True)
    assert listed(alice, first="2026-11-25", last="2026-11-25").json == [said.json]
    assert listed(alice, first="2026-11-26", last="2026-11-26").json == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "--user", "nobody@example.org", "--kind", "task", "--title", "x", "--due", "2026-11-24"), 2),
        (("list", "--user", "nobody@example.org", "--from", "2026-11-23", "--to", "2026-11-24"), 2),
        (("list", "--user", "alice@example.org", "--from", "2026-11-24", "--to", "2026-11-23"), 2),
        (("list", "--user", "alice@example.org", "--from", "tomorrow", "--to", "2026-11-23"), 2),
        (("list", "--user", "alice@example.org", "--from", "9999-12-31", "--to", "9999-12-31"), 2),
        (("add", "--user", "alice@example.org", "--kind", "meeting", "--title", "x"), 2),
        (("add", "--user", "alice@example.org", "--kind", "party", "--title", "x"), 2),
        (("edit", "meeting-1", "--start", "soon"), 2),
        ((), 2),
        (("edit", "meeting-1", "--title", "x"), 1),
        (("delete", "block-00000000000000000000000000000000"), 1),
        (("add", "--user", "alice@example.org", "--kind", "task", "--title", " ", "--due", "2026-11-24"), 1),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(alice: User, words: tuple[str, ...], code: int) -> None:
    said = run(*words)
    assert (said.code, said.out) == (code, "")
    assert "Traceback" not in said.err


def test_a_task_is_scheduled_by_both_bounds_or_none(alice: User) -> None:
    said = add(alice, "--kind", "task", "--title", "x", "--due", "2026-11-24", "--start", "2026-11-24T10:00")
    assert said.code == 2 and "--end together" in said.err


def test_an_edit_changes_what_was_named(alice: User, rung: list[bool]) -> None:
    key = meeting(alice)
    said = run("edit", key, "--title", "Moved", "--start", "2026-11-25T15:00", "--json")
    assert (said.json["title"], said.json["end"]) == ("Moved", "2026-11-25T16:00:00+01:00")
    assert said.json["id"] == key and len(rung) == 2
    assert run("edit", key).code == 2
    assert run("edit", key, "--end", "2026-11-25T14:00").code == 1


def test_deleted_goes_to_the_trash(alice: User) -> None:
    key = meeting(alice)
    assert run("delete", key, "--json").json["id"] == key
    assert listed(alice).json == []
    assert Activity.objects.get().deleted_at
    assert run("delete", key).code == 1


def test_bob_and_carol_get_busy_and_mallory_nothing(
    alice: User, bob: User, carol: User, mallory: User, sync: FakeSync
) -> None:
    block(alice)
    block(alice, busy=FREE)
    block(alice)
    for colleague in (bob, carol):
        said = listed(alice, colleague)
        assert (
            said.json
            == [
                {
                    "id": None,
                    "kind": "block",
                    "title": "Busy",
                    "start": "2026-11-24T10:00:00+01:00",
                    "end": "2026-11-24T11:00:00+01:00",
                    "all_day": False,
                    "busy": "busy",
                    "link_state": None,
                }
            ]
            * 2
        )
        assert not [word for word in SECRETS if word in said.out + said.err]
    said = listed(alice, mallory)
    assert (said.code, said.json) == (1, [])
    assert not [word for word in SECRETS if word in said.out + said.err]


def test_every_occurrence_is_its_own_row(alice: User) -> None:
    weekly(alice)
    rows = listed(alice, last="2026-12-31").json
    assert len({row["id"] for row in rows}) == 3
    for row in rows:
        assert run("convert", row["id"], "--to", "meeting").code == 1
        assert run("delete", row["id"], "--also-remote").code == 1


def test_a_block_is_converted_and_made_private_again_by_deleting(alice: User, bob: User, sync: FakeSync) -> None:
    block(alice)
    (row,) = listed(alice).json
    converted = run("convert", row["id"], "--to", "meeting", "--json").json
    assert converted["kind"] == "meeting" and converted["title"] == SECRETS[0]
    assert [seen["title"] for seen in listed(alice, bob).json] == [SECRETS[0]]
    sync.in_place = {Activity.objects.get().pk}
    private = run("delete", converted["id"], "--json").json
    assert (private["kind"], private["title"]) == ("block", SECRETS[0])
    assert [seen["title"] for seen in listed(alice, bob).json] == ["Busy"]
    assert run("convert", converted["id"], "--to", "task").code == 1


def test_a_converted_activity_is_deleted_over_there_only_when_asked(alice: User, sync: FakeSync) -> None:
    made = convert(alice, block(alice), "meeting")
    sync.in_place = {made.pk}
    (row,) = listed(alice).json
    assert run("delete", row["id"], "--also-remote").code == 0
    assert sync.marked == [made]
    assert Activity.objects.get().deleted_at and not Block.objects.exists()


def test_a_block_is_deleted_where_it_lives(alice: User, sync: FakeSync) -> None:
    private = block(alice)
    (row,) = listed(alice).json
    refused = run("delete", row["id"])
    assert refused.code == 1 and "--also-remote" in refused.err
    assert run("edit", row["id"], "--title", "Mine").code == 1
    assert run("delete", row["id"], "--also-remote").code == 0
    assert sync.marked == [private]


def test_more_than_a_day_is_refused_with_the_reason(alice: User) -> None:
    block(alice, dates("2026-11-24", "2026-11-27"))
    (row,) = listed(alice).json
    said = run("convert", row["id"], "--to", "meeting")
    assert said.code == 1 and "more than one day" in said.err
    assert run("convert", meeting(alice), "--to", "task").code == 1


def test_a_later_time_of_a_series_made_on_a_phone_is_not_changed_here(alice: User) -> None:
    start, end = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)
    planned = activities.create(alice, "meeting", title="Stand-up", start=start, end=end)
    (later,) = draft(alice).spans
    blocks.replace_activity_spans(planned, alice, [type(later)(later.when, recurrence_id="2026-11-24")])
    _first, second = listed(alice).json
    for words in (("edit", second["id"], "--title", "x"), ("delete", second["id"])):
        said = run(*words)
        assert said.code == 1 and "linked calendar" in said.err


def test_without_json_people_read_lines(alice: User) -> None:
    key = meeting(alice)
    said = run("list", "--user", "ALICE@example.org", "--from", "2026-11-23", "--to", "2026-11-29")
    assert key in said.out and "Kick-off" in said.out
    empty = run("list", "--user", alice.email, "--from", "2027-11-23", "--to", "2027-11-29")
    assert "Nothing is planned" in empty.out
