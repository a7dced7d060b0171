"""What every gateway keeps, whatever is behind it. Subclasses give `world`: a server with one fresh account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import pytest

from integrations.gateway.base import Credentials, Gateway, Profile
from integrations.gateway.errors import (
    CalendarGone,
    PreconditionFailed,
    Refused,
    TokenInvalid,
    UidTaken,
)
from tests.integrations.servers import event

PROFILE = Profile("contract", burst=1000, per_second=1000, per_minute=100_000, chunk=3)


class OtherClient(Protocol):
    """Somebody else who uses the same account."""

    def make_calendar(self, name: str) -> str: ...
    def put(self, calendar: str, text: str, name: str = "") -> str: ...
    def edit(self, href: str, old: str, new: str) -> None: ...
    def delete(self, href: str) -> None: ...
    def read(self, href: str) -> str | None: ...
    def hrefs(self, calendar: str) -> list[str]: ...


@dataclass
class World:
    """A gateway, the same account in other hands, and where it lives."""

    gateway: Gateway
    other: OtherClient
    wrong: Gateway  # the same account with a wrong password
    home: str = ""
    cursorless: Gateway | None = None

    def calendar(self, name: str = "Home") -> str:
        path = self.other.make_calendar(name)
        self.home = self.home or self.gateway.discover().home
        return path

    def requests(self) -> int:
        return self.gateway.meter.requests


def wrong_password(credentials: Credentials) -> Credentials:
    return replace(credentials, password="wrong")


class ReadingContract:
    """What every gateway keeps that is read from, also one that cannot be written to and tells everything at once."""

    def test_discovery_names_account_and_home(self, world: World) -> None:
        found = world.gateway.discover()
        assert found.account.startswith("/") and found.account.endswith("/")
        assert found.home.endswith("/") and "://" in found.home and "://" in found.principal
        assert world.gateway.discover() == found

    @pytest.mark.parametrize("token", ["nonsense", "http://example.org/ns/sync/1", "<&>"])
    def test_an_unknown_token_is_invalid(self, world: World, token: str) -> None:
        calendar = world.calendar()
        with pytest.raises(TokenInvalid):
            world.gateway.changes(calendar, token)

    def test_a_full_listing_agrees_with_the_first_report(self, world: World) -> None:
        calendar = world.calendar()
        for uid in ("one", "two"):
            world.other.put(calendar, event(uid))
        listing, report = world.gateway.listing(calendar), world.gateway.changes(calendar, "")
        assert set(listing.entries) == set(report.entries)
        assert listing.full and listing.complete and listing.token == ""

    def test_an_empty_calendar_lists_nothing_not_even_itself(self, world: World) -> None:
        calendar = world.calendar()
        assert world.gateway.listing(calendar).entries == ()
        assert world.gateway.changes(calendar, "").entries == ()

    def test_fetch_and_get_give_the_same_text_with_crlf(self, world: World) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("same", "Café\\, naïve — 日本"))
        (fetched,) = world.gateway.fetch(calendar, [href])
        assert world.gateway.get(href) == fetched
        assert "SUMMARY:Café\\, naïve — 日本\r\n" in fetched.text
        assert "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR;ACKNOWLEDGED=1:AUTOMATIC\r\n" in fetched.text
        assert "\n" not in fetched.text.replace("\r\n", "")

    def test_what_is_not_there_is_none(self, world: World) -> None:
        assert world.gateway.get(f"{world.calendar()}nothing.ics") is None

    def test_what_changed_since_is_known_after_the_next_report(self, world: World) -> None:
        calendar = world.calendar()
        kept, edited, deleted = (world.other.put(calendar, event(uid)) for uid in ("kept", "edited", "deleted"))
        first = world.gateway.changes(calendar, "")
        assert first.full and first.complete and first.token
        before = {entry.href: entry.etag for entry in first.entries}
        assert set(before) == {kept, edited, deleted} and all(etag.startswith('"') for etag in before.values())

        world.other.edit(edited, "Dentist", "Surgeon")
        world.other.delete(deleted)
        added = world.other.put(calendar, event("added"))
        second = world.gateway.changes(calendar, first.token)
        after = {} if second.full else {href: etag for href, etag in before.items() if href not in second.removed}
        after |= {entry.href: entry.etag for entry in second.entries}
        assert second.complete and second.token not in ("", first.token)
        assert set(after) == {kept, edited, added}
        assert after[kept] == before[kept] and after[edited] != before[edited]

    def test_nothing_new_is_one_request_and_an_empty_report(self, world: World) -> None:
        calendar = world.calendar()
        world.other.put(calendar, event("one"))
        first = world.gateway.changes(calendar, "")
        before = world.requests()
        again = world.gateway.changes(calendar, first.token)
        assert (again.entries, again.removed, again.token, again.full) == ((), (), first.token, False)
        assert world.requests() == before + 1

    def test_a_missing_calendar_cannot_be_read(self, world: World) -> None:
        missing = world.calendar().rstrip("/") + "-gone/"
        with pytest.raises(CalendarGone):
            world.gateway.changes(missing, "")
        with pytest.raises(CalendarGone):
            world.gateway.listing(missing)

    def test_bodies_bear_the_etags_of_the_listing_and_missing_ones_are_left_out(self, world: World) -> None:
        calendar = world.calendar()
        hrefs = [world.other.put(calendar, event(f"number-{n}")) for n in range(7)]
        found = list(world.gateway.fetch(calendar, [*hrefs, f"{calendar}missing.ics", hrefs[0]]))
        assert sorted(resource.href for resource in found) == sorted(hrefs)
        listed = {entry.href: entry.etag for entry in world.gateway.listing(calendar).entries}
        assert all(resource.etag == listed[resource.href] for resource in found)


class GatewayContract(ReadingContract):
    """The whole suite."""

    def test_a_wrong_password_is_refused_after_one_request(self, world: World) -> None:
        with pytest.raises(Refused) as refusal:
            world.wrong.discover()
        assert world.wrong.meter.requests == 1
        assert "wrong" not in f"{refusal.value!r} {world.wrong!r}"

    def test_an_idle_look_is_exactly_one_request_for_all_calendars(self, world: World) -> None:
        paths = {world.calendar(name) for name in ("Home", "Work", "Ünlü & Söhne <3")}
        before = world.requests()
        rows = world.gateway.look(world.home)
        assert world.requests() == before + 1
        assert {row.path for row in rows} == paths
        assert {row.name for row in rows} == {"Home", "Work", "Ünlü & Söhne <3"}
        assert all(row.cursor and row.writable and row.holds_events and not row.subscribed for row in rows)
        assert rows == world.gateway.look(world.home)

    def test_a_cursor_moves_with_every_change_and_with_nothing_else(self, world: World) -> None:
        home, work = world.calendar("Home"), world.calendar("Work")
        seen = []
        href = world.other.put(home, event("one"))
        seen.append(self.cursors(world))
        world.other.edit(href, "Dentist", "Surgeon")
        seen.append(self.cursors(world))
        world.other.delete(href)
        seen.append(self.cursors(world))
        assert len({cursors[home] for cursors in seen}) == 3
        assert len({cursors[work] for cursors in seen}) == 1

    def cursors(self, world: World) -> dict[str, str]:
        return {row.path: row.cursor for row in world.gateway.look(world.home)}

    def test_a_home_that_is_gone_says_so(self, world: World) -> None:
        world.calendar()
        with pytest.raises(CalendarGone):
            world.gateway.look(world.home + "nowhere/")

    def test_the_first_report_lists_everything_and_the_next_only_what_changed(self, world: World) -> None:
        calendar = world.calendar()
        kept, edited, deleted = (world.other.put(calendar, event(uid)) for uid in ("kept", "edited", "deleted"))
        first = world.gateway.changes(calendar, "")
        assert first.full and first.complete and first.token
        assert {entry.href for entry in first.entries} == {kept, edited, deleted}
        assert all(entry.etag.startswith('"') for entry in first.entries)

        world.other.edit(edited, "Dentist", "Surgeon")
        world.other.delete(deleted)
        added = world.other.put(calendar, event("added"))
        second = world.gateway.changes(calendar, first.token)
        assert not second.full and second.complete
        assert {entry.href for entry in second.entries} == {edited, added}
        assert second.removed == (deleted,)
        assert second.token not in ("", first.token)

    def test_a_missing_calendar_is_gone_whatever_is_asked(self, world: World) -> None:
        missing = world.calendar().rstrip("/") + "-gone/"
        with pytest.raises(CalendarGone):
            world.gateway.changes(missing, "")
        with pytest.raises(CalendarGone):
            world.gateway.listing(missing)
        with pytest.raises(CalendarGone):
            world.gateway.create(f"{missing}one.ics", event("one"))

    def test_bodies_come_in_chunks_and_missing_ones_are_left_out(self, world: World) -> None:
        calendar = world.calendar()
        hrefs = [world.other.put(calendar, event(f"number-{n}")) for n in range(7)]
        before = world.requests()
        found = list(world.gateway.fetch(calendar, [*hrefs, f"{calendar}missing.ics", hrefs[0]]))
        assert world.requests() == before + 3  # eight hrefs, three in a chunk
        assert sorted(resource.href for resource in found) == sorted(hrefs)
        listed = {entry.href: entry.etag for entry in world.gateway.listing(calendar).entries}
        assert all(resource.etag == listed[resource.href] for resource in found)

    @pytest.mark.parametrize("name", ["with space", "a@b", "ünïcode", "plus+and&amp", "100%", "tilde~(1)"])
    def test_odd_names_survive_quoting(self, world: World, name: str) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("odd"), name)
        assert href == f"{calendar}{name}.ics"
        (entry,) = world.gateway.changes(calendar, "").entries
        assert entry.href == href
        assert [resource.href for resource in world.gateway.fetch(calendar, [href])] == [href]
        found = world.gateway.get(href)
        assert found and found.etag == entry.etag
        world.gateway.delete(href, found.etag)
        assert world.gateway.get(href) is None

    def test_a_created_event_can_be_read_by_others(self, world: World) -> None:
        calendar = world.calendar()
        href = f"{calendar}ours.ics"
        written = world.gateway.create(href, event("ours"))
        stored = world.gateway.get(href)
        assert stored and "UID:ours\r\n" in stored.text
        assert written.etag in ("", stored.etag)
        assert world.other.hrefs(calendar) == [href]

    def test_a_create_never_overwrites(self, world: World) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("theirs"))
        with pytest.raises(PreconditionFailed):
            world.gateway.create(href, event("ours"))
        assert "UID:theirs" in (world.other.read(href) or "")

    def test_a_uid_that_exists_in_the_calendar_is_taken(self, world: World) -> None:
        calendar = world.calendar()
        world.other.put(calendar, event("taken"), "first")
        with pytest.raises(UidTaken):
            world.gateway.create(f"{calendar}second.ics", event("taken"))
        assert world.gateway.get(f"{calendar}second.ics") is None

    def test_an_update_needs_the_etag_of_what_it_replaces(self, world: World) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("shared"))
        (entry,) = world.gateway.listing(calendar).entries
        world.gateway.update(href, event("shared", "Ours"), entry.etag)
        with pytest.raises(PreconditionFailed):
            world.gateway.update(href, event("shared", "Too late"), entry.etag)
        assert "SUMMARY:Ours" in (world.other.read(href) or "")

    def test_an_update_never_revives_what_was_deleted(self, world: World) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("gone"))
        (entry,) = world.gateway.listing(calendar).entries
        world.other.delete(href)
        with pytest.raises(PreconditionFailed):
            world.gateway.update(href, event("gone"), entry.etag)
        assert world.gateway.get(href) is None

    def test_a_deletion_needs_the_etag_and_is_done_when_nothing_is_there(self, world: World) -> None:
        calendar = world.calendar()
        href = world.other.put(calendar, event("shared"))
        (entry,) = world.gateway.listing(calendar).entries
        world.other.edit(href, "Dentist", "Surgeon")
        with pytest.raises(PreconditionFailed):
            world.gateway.delete(href, entry.etag)
        (entry,) = world.gateway.listing(calendar).entries
        world.gateway.delete(href, entry.etag)
        assert world.other.hrefs(calendar) == []
        world.gateway.delete(href, entry.etag)

    def test_no_write_goes_out_without_a_condition(self, world: World) -> None:
        href = world.other.put(world.calendar(), event("guarded"))
        before = world.requests()
        with pytest.raises(PreconditionFailed):
            world.gateway.update(href, event("guarded", "Blind"), "")
        with pytest.raises(PreconditionFailed):
            world.gateway.delete(href, "")
        assert world.requests() == before

    def test_a_deleted_event_can_be_made_again_elsewhere(self, world: World) -> None:
        calendar = world.calendar()
        world.gateway.create(f"{calendar}first.ics", event("moving"))
        stored = world.gateway.get(f"{calendar}first.ics")
        assert stored
        world.gateway.delete(stored.href, stored.etag)
        world.gateway.create(f"{calendar}second.ics", event("moving-again"))
        assert world.other.hrefs(calendar) == [f"{calendar}second.ics"]

    def test_a_new_calendar_shows_in_the_next_look(self, world: World) -> None:
        path = world.calendar("Home").rstrip("/") + "-new/"
        world.gateway.make_calendar(path, "Halfpast & Co")
        rows = {row.path: row for row in world.gateway.look(world.home)}
        assert rows[path].name == "Halfpast & Co" and rows[path].holds_events
        assert world.gateway.listing(path).entries == ()

    def test_the_meter_counts_what_was_sent(self, world: World) -> None:
        calendar = world.calendar()
        before = world.gateway.meter.writes, world.requests()
        world.gateway.create(f"{calendar}one.ics", event("one"))
        world.gateway.get(f"{calendar}one.ics")
        assert (world.gateway.meter.writes, world.requests()) == (before[0] + 1, before[1] + 2)
        assert sum(world.gateway.meter.by_method.values()) == world.requests()
