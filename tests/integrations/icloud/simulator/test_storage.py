"""A stopped world goes on where it was."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from integrations.icloud.simulator.phone import Phone
from integrations.icloud.simulator.storage import Storage, Unreadable
from integrations.icloud.simulator.world import World

NOON, HOUR = datetime(2026, 12, 1, 12, tzinfo=UTC), timedelta(hours=1)


def reopened(folder: Path) -> World:
    world = World()
    Storage(folder, world)
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    storage = Storage(tmp_path, world)
    alice = world.add_account("alice@icloud.example", "Alice", main_password="main", app_password="abcd")
    bob = world.add_account("bob@icloud.example", "Bob", main_password="main", app_password="efgh")
    phone = Phone(world, alice)
    home, _work = phone.calendars
    kept = phone.create(home, "Dentist é", NOON, NOON + HOUR)
    phone.create(home, "Party", date(2026, 12, 2), date(2026, 12, 3))
    phone.delete(phone.find("Party"))
    phone.invite(kept, "sofie@example.net")
    world.share(home, bob)
    alice.app_passwords[0].revoked = True
    storage.save()
    return world


def test_everything_a_client_was_told_is_still_true(world: World, tmp_path: Path) -> None:
    later = reopened(tmp_path)
    assert later.mails == world.mails
    for name, account in world.accounts.items():
        twin = later.accounts[name]
        assert (twin.dsid, twin.shard, twin.app_passwords) == (account.dsid, account.shard, account.app_passwords)
        assert list(twin.collections) == list(account.collections)
        for id, row in account.collections.items():
            same = twin.collections[id]
            assert same.resources == row.resources
            assert later.token(same) == world.token(row)
            assert (same.name, same.components, same.kind, same.access) == (
                row.name,
                row.components,
                row.kind,
                row.access,
            )


def test_an_old_token_still_leads_to_what_came_after_it(world: World, tmp_path: Path) -> None:
    home = world.accounts["alice@icloud.example"].calendar("Home")
    token = world.token(home, 1)
    later = reopened(tmp_path)
    same = later.accounts["alice@icloud.example"].calendar("Home")
    since = later.number_of(same, token)
    assert since == 1
    assert same.contents.touched_between(since, same.contents.number) == home.contents.touched_between(
        1, home.contents.number
    )


def test_new_versions_repeat_no_old_one(world: World, tmp_path: Path) -> None:
    later = reopened(tmp_path)
    phone = Phone(later, later.accounts["alice@icloud.example"])
    before = {item.resource.etag for item in phone.items()}
    assert phone.edit(phone.find("Dentist é"), title="Later").resource.etag not in before


def test_a_new_calendar_takes_no_old_ones_place(tmp_path: Path) -> None:
    paths = set()
    for visit in range(3):
        world = World()
        storage = Storage(tmp_path, world)
        if not world.accounts:
            world.add_account("alice@icloud.example", "Alice", main_password="main", app_password="abcd")
        paths.add(world.make_collection(world.accounts["alice@icloud.example"], f"New {visit}").path)
        storage.save()
    assert len(paths) == 3


def test_a_shared_calendar_is_still_one(world: World, tmp_path: Path) -> None:
    later = reopened(tmp_path)
    alice, bob = later.accounts.values()
    Phone(later, alice).delete(Phone(later, alice).find("Dentist é"))
    [shared] = [row for row in bob.collections.values() if row.shared == "shared"]
    assert not shared.resources


def test_the_file_is_its_owners_alone_and_written_only_when_something_changed(tmp_path: Path) -> None:
    world = World()
    storage = Storage(tmp_path, world)
    storage.save()
    assert not storage.path.exists()
    world.add_account("alice@icloud.example", "Alice", main_password="main", app_password="abcd")
    storage.save()
    assert stat.S_IMODE(storage.path.stat().st_mode) == 0o600
    written = storage.path.stat().st_mtime_ns
    storage.save()
    assert storage.path.stat().st_mtime_ns == written


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"format": 99}), json.dumps({"format": 1})])
def test_a_file_that_cannot_be_read_is_never_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "world.json").write_text(text)
    with pytest.raises(Unreadable, match="move it away"):
        reopened(tmp_path)
    assert (tmp_path / "world.json").read_text() == text
