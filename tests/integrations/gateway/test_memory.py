"""The memory server's own switches: faults, lag, tokens, and the telephone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.gateway import open_gateway, opened_by
from integrations.gateway.base import Credentials, Profile
from integrations.gateway.errors import (
    CalendarGone,
    DeadlinePassed,
    Forbidden,
    OutcomeUnknown,
    Refused,
    Throttled,
    TokenInvalid,
    UidTaken,
    Unreachable,
)
from integrations.gateway.memory import MemoryCalendar, MemoryGateway, MemoryServer, Phone
from tests.integrations.servers import event

PROFILE = Profile("memory", chunk=10)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Setting:
    """A server with one account and one calendar."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.server = MemoryServer(self.clock)
        self.account = self.server.add_account("alice", "secret")
        self.calendar: MemoryCalendar = self.server.add_calendar(self.account, "Home")
        self.path = self.calendar.path
        self.line = MemoryGateway(self.server, "alice", "secret", PROFILE)
        self.phone = Phone(self.server, "alice")


@pytest.fixture
def world() -> Setting:
    return Setting()


def test_a_fault_strikes_the_nth_request_of_its_verb_and_then_is_over(world: Setting) -> None:
    world.server.faults.set("PROPFIND", Unreachable("gone fishing"), nth=2, times=2)
    home = "memory://server/alice/"
    world.line.look(home)
    for _ in range(2):
        with pytest.raises(Unreachable):
            world.line.look(home)
    world.line.look(home)
    assert world.line.meter.requests == 4


def test_a_write_may_be_stored_and_its_answer_lost_or_neither(world: Setting) -> None:
    world.server.faults.set("PUT", OutcomeUnknown("lost"), done=True)
    world.server.faults.set("PUT", OutcomeUnknown("lost"), done=False)
    with pytest.raises(OutcomeUnknown):
        world.line.create(f"{world.path}stored.ics", event("stored"))
    with pytest.raises(OutcomeUnknown):
        world.line.create(f"{world.path}never.ics", event("never"))
    assert world.phone.hrefs(world.path) == [f"{world.path}stored.ics"]


def test_faults_can_be_narrowed_to_a_path_or_an_account(world: Setting) -> None:
    world.server.faults.set("*", Throttled("slowly", 30), path=f"{world.path}a", times=100)
    world.server.faults.set("*", Refused("who?"), username="bob", times=100)
    with pytest.raises(Throttled) as told:
        world.line.get(f"{world.path}a.ics")
    assert told.value.retry_after == 30
    assert world.line.get(f"{world.path}b.ics") is None
    world.server.faults.clear()
    assert world.line.get(f"{world.path}a.ics") is None


def test_a_lagging_server_shows_what_was_and_then_what_is(world: Setting) -> None:
    href = world.phone.add(world.path, event("a", "Old"))
    world.clock.pass_by(60)
    before = world.line.changes(world.path, "")
    world.server.habits.lag = timedelta(seconds=5)
    stored = world.line.get(href)
    assert stored
    world.line.update(href, event("a", "New"), stored.etag)
    added = f"{world.path}b.ics"
    world.line.create(added, event("b"))
    assert world.line.get(href) == stored and world.line.get(added) is None
    assert world.line.changes(world.path, before.token) == world.line.changes(world.path, before.token)
    assert world.line.changes(world.path, before.token).entries == ()
    world.clock.pass_by(5)
    late = world.line.changes(world.path, before.token)
    assert {entry.href for entry in late.entries} == {href, added}
    again = world.line.get(href)
    assert again and "New" in again.text


def test_a_report_may_run_ahead_of_the_bodies(world: Setting) -> None:
    world.server.habits.lag, world.server.habits.lag_verbs = timedelta(seconds=5), frozenset({"GET"})
    href = world.phone.add(world.path, event("a"))
    assert [entry.href for entry in world.line.changes(world.path, "").entries] == [href]
    assert world.line.get(href) is None


def test_forgotten_tokens_are_invalid_and_new_ones_are_not(world: Setting) -> None:
    world.phone.add(world.path, event("a"))
    old = world.line.changes(world.path, "").token
    world.server.forget_tokens()
    with pytest.raises(TokenInvalid):
        world.line.changes(world.path, old)
    world.phone.add(world.path, event("b"))
    token = world.line.changes(world.path, "").token
    assert world.line.changes(world.path, token).entries == ()


def test_a_calendar_made_again_at_the_same_path_has_other_cursors(world: Setting) -> None:
    token = world.line.changes(world.path, "").token
    world.server.drop_calendar(world.account, world.path)
    with pytest.raises(CalendarGone):
        world.line.changes(world.path, token)
    world.server.add_calendar(world.account, "Home", world.path)
    with pytest.raises(TokenInvalid):
        world.line.changes(world.path, token)


def test_a_report_in_pages_shows_everything_in_the_end(world: Setting) -> None:
    hrefs = {world.phone.add(world.path, event(f"n{n}")) for n in range(25)}
    world.phone.edit(f"{world.path}n0.ics", event("n0", "Edited"))
    world.server.habits.page = 10
    seen, token = set(), ""
    for _ in range(10):
        page = world.line.changes(world.path, token)
        seen |= {entry.href for entry in page.entries}
        token = page.token
        if page.complete:
            break
    assert seen == hrefs and page.complete


def test_a_uid_may_be_unique_in_the_account_and_stay_taken_for_a_while(world: Setting) -> None:
    work = world.server.add_calendar(world.account, "Work")
    world.server.habits.account_wide_uids = True
    world.server.habits.uid_held_for = timedelta(seconds=30)
    href = world.phone.add(world.path, event("a"))
    with pytest.raises(UidTaken):
        world.line.create(f"{work.path}a.ics", event("a"))
    world.phone.delete(href)
    with pytest.raises(UidTaken):
        world.line.create(f"{work.path}a.ics", event("a"))
    world.clock.pass_by(30)
    world.line.create(f"{work.path}a.ics", event("a"))


def test_a_telephone_moves_an_event_whatever_the_server_holds_against_it(world: Setting) -> None:
    work = world.server.add_calendar(world.account, "Work")
    world.server.habits.uid_held_for = timedelta(seconds=30)
    href = world.phone.add(world.path, event("a"))
    token = world.line.changes(world.path, "").token
    moved = world.phone.move(href, work.path)
    assert moved == f"{work.path}a.ics" and "UID:a" in world.phone.read(moved)
    assert world.line.changes(world.path, token).removed == (href,)


def test_a_server_that_rewrites_gives_no_etag_for_what_it_did_not_store(world: Setting) -> None:
    world.server.habits.rewrite = lambda text: text.replace("END:VEVENT", "X-SERVER:1\r\nEND:VEVENT")
    assert world.line.create(f"{world.path}a.ics", event("a")).etag == ""
    world.server.habits.rewrite = None
    assert world.line.create(f"{world.path}b.ics", event("b")).etag
    world.server.habits.etag_on_put = False
    assert world.line.create(f"{world.path}c.ics", event("c")).etag == ""


def test_a_touched_event_has_a_new_etag_and_the_same_text(world: Setting) -> None:
    href = world.phone.add(world.path, event("a"))
    before = world.line.get(href)
    world.server.touch(world.calendar, href)
    after = world.line.get(href)
    assert before and after and before.etag != after.etag and before.text == after.text


def test_a_home_without_cursors_costs_a_request_a_calendar(world: Setting) -> None:
    world.server.add_calendar(world.account, "Work")
    world.server.habits.home_cursors = False
    rows = world.line.look("memory://server/alice/")
    assert world.line.meter.requests == 3 and all(row.cursor for row in rows)


def test_a_read_only_calendar_refuses_writes_but_not_reads(world: Setting) -> None:
    href = world.phone.add(world.path, event("a"))
    world.calendar.writable = False
    with pytest.raises(Forbidden):
        world.line.create(f"{world.path}b.ics", event("b"))
    assert world.line.get(href)


def test_a_revoked_password_and_the_end_of_time(world: Setting) -> None:
    world.account.locked = True
    with pytest.raises(Refused):
        world.line.discover()
    late = MemoryGateway(world.server, "alice", "secret", PROFILE, out_of_time=lambda: True)
    sent = len(world.server.log)
    with pytest.raises(DeadlinePassed):
        late.discover()
    assert len(world.server.log) == sent
    assert "secret" not in f"{world.account!r}{late!r}{world.server.log!r}"


def test_every_write_in_the_log_carries_its_condition(world: Setting) -> None:
    href = f"{world.path}a.ics"
    etag = world.line.create(href, event("a")).etag
    etag = world.line.update(href, event("a", "New"), etag).etag
    world.line.delete(href, etag)
    writes = [(r.verb, r.condition) for r in world.server.log]
    assert [verb for verb, _ in writes] == ["PUT", "PUT", "DELETE"] and all(condition for _, condition in writes)
    assert writes[0][1] == "*"


def test_services_get_the_memory_server_when_a_test_asks_for_it(world: Setting) -> None:
    def opener(profile: Profile, server_url: str, credentials: Credentials, **_: object) -> MemoryGateway:
        return MemoryGateway(world.server, credentials.username, credentials.password, profile)

    with opened_by(opener):
        line = open_gateway(PROFILE, "https://caldav.icloud.com/", Credentials("alice", "secret"))
        assert line.discover().home == "memory://server/alice/"
