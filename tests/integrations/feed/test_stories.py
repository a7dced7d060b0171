"""Following a calendar by link, from the file to the agenda, through the real transport."""

from __future__ import annotations

import logging

import pytest
from django.core import serializers
from django.db import connection as database

from accounts.models import AuditEntry, User
from agenda.models import Block
from integrations.models import Connection, HeldPlan, Outcome, RemoteCalendar
from integrations.services.calendar_list import refresh
from integrations.services.connect import Cause, ConnectRefused
from integrations.services.disconnect import disconnect
from tests.integrations.feed.follower import Follower
from tests.integrations.gateway.feeds import SECRET, FeedFile, inside
from tests.integrations.gateway.puppet import answer
from tests.integrations.sync.stage import agenda_of, event, soon, stamp


def test_events_come_in_as_blocks_that_colleagues_see_as_busy(alices: Follower, bob: User) -> None:
    alices.add("one", "Therapy")
    report = alices.sync()
    assert (report.outcome, report.tally.imported, report.meter.requests) == (Outcome.OK, 1, 1)
    assert alices.titles() == ["Therapy"]
    [seen] = agenda_of(alices.user, viewer=bob)
    assert "Therapy" not in repr(seen)


def test_an_idle_run_is_one_request_without_a_body_and_writes_nothing(alices: Follower) -> None:
    alices.add("one")
    alices.sync()
    for _run in range(3):
        report = alices.sync()
        assert (report.outcome, report.meter.requests) == (Outcome.OK, 1)
        assert report.meter.bytes_down < 200
        assert report.tally.local_updated == report.tally.imported == 0


def test_an_edit_and_a_deletion_reach_the_agenda(alices: Follower) -> None:
    moved = alices.add("one", "Dentist")
    alices.add("two", "Lunch")
    alices.sync()
    alices.feed.edit(moved, "SUMMARY:Dentist", "SUMMARY:Surgeon")
    alices.sync()
    assert alices.titles() == ["Lunch", "Surgeon"]
    alices.feed.delete(moved)
    report = alices.sync()
    assert alices.titles() == ["Lunch"]
    assert report.meter.requests == 2  # the file, and once more to be sure that it is gone


def test_a_series_is_drawn_with_its_overrides(alices: Follower) -> None:
    first = stamp(soon(2))
    series = event("s", first, title="Choir", more="RRULE:FREQ=DAILY;COUNT=3")
    other = event("s", stamp(soon(3, 15)), title="Concert", more=f"RECURRENCE-ID:{stamp(soon(3))}")
    alices.feed.events["s"] = inside(series) + inside(other)
    alices.sync()
    assert alices.titles() == ["Choir", "Choir", "Concert"]


def test_an_emptied_file_is_held_and_the_blocks_stay(alices: Follower) -> None:
    for number in range(3):
        alices.add(f"number-{number}", f"Event {number}")
    alices.sync()
    alices.feed.events.clear()
    report = alices.sync()
    assert report.outcome == Outcome.HELD
    assert len(alices.titles()) == 3
    assert HeldPlan.objects.get().reason == HeldPlan.Reason.SHRUNKEN


def test_a_shrunken_file_is_held_beyond_a_handful(alices: Follower) -> None:
    hrefs = [alices.add(f"number-{number}", f"Event {number}", hour=number % 20) for number in range(30)]
    alices.sync()
    for href in hrefs[:20]:
        alices.feed.delete(href)
    assert alices.sync().outcome == Outcome.HELD
    assert len(alices.titles()) == 30


@pytest.mark.parametrize(
    "said",
    [
        answer(200, "<html>Please sign in</html>"),
        answer(200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
        answer(200, ""),
        answer(404),
        answer(403),
        answer(500),
    ],
    ids=["html", "cut", "empty", "404", "403", "500"],
)
def test_what_is_no_calendar_deletes_nothing_and_is_told(alices: Follower, said: bytes) -> None:
    alices.add("one")
    alices.add("two", "Lunch")
    alices.sync()
    alices.feed.turns = [said] * 3
    report = alices.sync()
    assert report.outcome in (Outcome.RETRY, Outcome.NEEDS_USER) and report.reason
    assert alices.titles() == ["Dentist", "Lunch"]
    alices.feed.turns.clear()
    assert alices.sync().outcome == Outcome.OK
    assert RemoteCalendar.objects.get().gone_at is None


def test_one_unreadable_event_does_not_stop_the_others(alices: Follower) -> None:
    alices.add("good", "Lunch")
    alices.feed.events["bad"] = inside(event("bad", stamp(soon()))).replace("DTSTART:2", "DTSTART:nonsense2")
    report = alices.sync()
    assert report.tally.quarantined == 1
    assert "Lunch" in alices.titles()


def test_the_calendar_keeps_its_name_through_runs_that_were_not_told_it(alices: Follower) -> None:
    alices.sync()
    alices.sync()
    assert refresh(alices.connection, alices.world)
    assert RemoteCalendar.objects.get().name.reveal() == "Holidays"


def test_once_a_day_the_file_is_fetched_whatever_its_server_says(alices: Follower) -> None:
    alices.add("one")
    alices.sync()
    frozen = alices.feed.etag
    alices.add("two", "Lunch")
    alices.feed.turns = [answer(304, "", f"ETag: {frozen}")]  # a cache that has not noticed
    alices.sync()
    assert alices.titles() == ["Dentist"]
    alices.clock.pass_(hours=25)
    alices.sync()
    assert "Lunch" in alices.titles()


def test_the_same_link_is_not_followed_twice(alices: Follower) -> None:
    with pytest.raises(ConnectRefused, match="already"):
        alices.connect()


def test_removing_it_takes_the_blocks_and_the_address_away(alices: Follower) -> None:
    alices.add("one")
    alices.sync()
    disconnect(alices.connection, actor=alices.user, remove_remote=False)
    assert not Connection.objects.exists() and not Block.objects.exists()
    assert all(heard.method == "GET" for heard in alices.feed.heard)


def test_the_address_is_nowhere_in_clear(feed: FeedFile, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alices = Follower(alice, feed)
    feed.turns = [answer(404)] * 3
    with pytest.raises(ConnectRefused) as refusal:
        alices.connect()
    assert refusal.value.cause is Cause.NO_CALENDARS
    feed.turns.clear()
    alices.connect()
    alices.add("one")
    alices.sync()
    feed.turns = [answer(500)] * 3
    alices.sync()
    with database.cursor() as cursor:
        rows = []
        for table in database.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows.append(repr(cursor.fetchall()))
    trail = serializers.serialize("json", AuditEntry.objects.all())
    for place in (*rows, trail, caplog.text, str(refusal.value), repr(alices.connection)):
        assert SECRET not in place
    assert any(SECRET in heard.path for heard in feed.heard)
