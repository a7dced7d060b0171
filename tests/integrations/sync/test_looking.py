"""Observation: what a server lists, leaves out, cuts short or answers too old, and what may be concluded from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Activity, Block
from agenda.services import activities
from integrations.gateway.errors import Unreachable
from integrations.models import Link, RemoteCalendar
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db


def fill(stage, user, count, calendar="Home"):
    phone = stage.phone(user)
    return [
        phone.add(stage.path(user, calendar), event(f"uid-{n}", stamp(soon(2 + n % 20, 8 + n % 10)), title=f"P{n}"))
        for n in range(count)
    ]


def a_meeting(user, title="Kick-off", **more):
    start = more.pop("start", soon())
    return activities.create(user, "meeting", title=title, start=start, end=start + timedelta(hours=1), **more)


def test_a_listing_in_pages_is_read_to_its_end_and_the_next_look_is_idle(stage, alice):
    fill(stage, alice, 10)
    stage.server.habits.page = 3
    stage.connect(alice)
    stage.sync(alice)
    assert Block.objects.count() == 10
    assert stage.sync(alice).meter.requests == 1
    fill(stage, alice, 20)
    stage.sync(alice)
    assert Block.objects.count() == 20
    assert stage.sync(alice).meter.requests == 1


def test_pages_of_a_full_listing_do_not_make_anything_absent(stage, alice):
    hrefs = fill(stage, alice, 10)
    stage.connect(alice)
    stage.settle(alice)
    stage.server.habits.page = 4
    stage.phone(alice).delete(hrefs[0])
    stage.server.forget_tokens()
    report = stage.sync(alice)
    assert (report.outcome, report.tally.local_deleted, Block.objects.count()) == ("ok", 1, 9)
    assert stage.sync(alice).tally.local_deleted == 0, "what lacks something is listed again"
    assert stage.sync(alice).meter.requests == 1


def test_pages_that_lead_nowhere_conclude_nothing_and_a_plain_listing_is_asked_for(stage, alice, monkeypatch):
    from dataclasses import replace

    from integrations.gateway.memory import MemoryGateway

    fill(stage, alice, 4)
    stage.connect(alice)
    stage.settle(alice)
    stage.server.forget_tokens()
    stage.phone(alice).add(stage.path(alice, "Home"), event("new", stamp(soon())))
    report = MemoryGateway._report
    listing = MemoryGateway.listing

    def cut(self, calendar, token):
        whole = report(self, calendar, token)
        return replace(whole, complete=False, token="", entries=whole.entries[:2])

    def cut_listing(self, path):
        whole = listing(self, path)
        return replace(whole, complete=False, entries=whole.entries[:2])

    with monkeypatch.context() as patched:
        patched.setattr(MemoryGateway, "_report", cut)
        stage.sync(alice)
        assert Block.objects.count() == 5
        monkeypatch.setattr(MemoryGateway, "listing", cut_listing)
        stage.server.forget_tokens()
        stage.phone(alice).add(stage.path(alice, "Home"), event("newer", stamp(soon())))
        stage.sync(alice)
        assert Block.objects.count() == 5
    monkeypatch.undo()
    stage.sync(alice)
    assert Block.objects.count() == 6


def test_an_invalid_token_after_a_deletion_deletes_only_what_is_gone(stage, alice):
    hrefs = fill(stage, alice, 10)
    stage.connect(alice)
    stage.settle(alice)
    stage.phone(alice).delete(hrefs[0])
    stage.server.forget_tokens()
    report = stage.sync(alice)
    assert report.tally.local_deleted == 1 and Block.objects.count() == 9


def test_a_stale_listing_after_our_own_write_changes_nothing(stage, alice):
    stage.habits = {"lags": True}
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    stage.settle(alice)
    stage.server.habits.lag = timedelta(seconds=8)
    activities.edit(alice, meeting, {"title": "Edited"})
    assert stage.sync(alice).outcome == "ok"
    stage.clock.pass_(seconds=4)
    stage.sync(alice)
    stage.clock.pass_(minutes=1)
    stage.settle(alice)
    assert Activity.objects.get().title == "Edited"
    assert "SUMMARY:Edited" in stage.the_text(alice, "Work")


def test_a_stale_body_under_a_new_etag_is_not_taken_for_an_edit(stage, alice):
    stage.habits = {"lags": True}
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    stage.settle(alice)
    stage.server.habits.lag = timedelta(seconds=8)
    stage.server.habits.lag_verbs = frozenset({"GET"})
    activities.edit(alice, meeting, {"title": "Edited"})
    stage.sync(alice)
    fetch = stage.server.habits
    fetch.lag_verbs = frozenset({"GET", "REPORT"})
    stage.sync(alice)
    stage.clock.pass_(minutes=1)
    stage.settle(alice)
    assert Activity.objects.get().title == "Edited"


@pytest.mark.parametrize("verbs", [{"PROPFIND"}, {"REPORT"}, {"GET"}, {"REPORT", "GET"}, {"PROPFIND", "REPORT", "GET"}])
def test_a_new_meeting_that_the_server_does_not_show_yet_is_not_taken_for_deleted(stage, alice, verbs):
    stage.habits = {"lags": True}
    fill(stage, alice, 2, "Work")
    stage.connect(alice)
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    stage.server.habits.lag, stage.server.habits.lag_verbs = timedelta(seconds=8), frozenset(verbs)
    a_meeting(alice)
    stage.sync(alice)
    stage.server.forget_tokens()
    RemoteCalendar.objects.update(listed_at=stage.clock.now() - timedelta(days=30))
    stage.sync(alice)
    stage.clock.pass_(minutes=5)
    stage.settle(alice)
    assert Activity.objects.get().deleted_at is None
    assert len([text for text in stage.texts(alice, "Work") if "Kick-off" in text]) == 1
    assert stage.sync(alice).meter.requests == 1


def test_a_create_of_unknown_outcome_on_a_lagging_server_makes_no_double(stage, alice):
    from integrations.gateway.errors import OutcomeUnknown

    stage.habits = {"lags": True}
    stage.connect(alice)
    a_meeting(alice)
    stage.server.habits.lag = timedelta(seconds=8)
    stage.server.faults.set("PUT", OutcomeUnknown("reset"), done=True)
    stage.sync(alice)
    stage.sync(alice)
    stage.clock.pass_(minutes=5)
    stage.settle(alice)
    assert len(stage.texts(alice, "Work")) == 1


def test_an_etag_that_changes_by_itself_causes_no_write_anywhere(stage, alice):
    href = fill(stage, alice, 1)[0]
    stage.connect(alice)
    a_meeting(alice)
    stage.settle(alice)
    writes, revision = len(stage.writes()), Block.objects.get().revision
    for calendar, one in (("Home", href), ("Work", stage.the_href(alice, "Work"))):
        stage.server.touch(stage.account(alice).calendars[stage.path(alice, calendar)], one)
    report = stage.sync(alice)
    assert (report.tally.local_updated, len(stage.writes()), Block.objects.get().revision) == (0, writes, revision)
    assert not Link.objects.filter(needs_plan=True).exists()
    assert Link.objects.exclude(block=None).get().text is None, "a single block keeps no text"
    assert stage.sync(alice).meter.requests == 1


def test_a_changed_text_under_an_unchanged_etag_is_found_by_the_deep_look(stage, alice):
    href = fill(stage, alice, 1)[0]
    stage.habits = {"etags_repeat": True}
    stage.connect(alice)
    stage.settle(alice)
    stage.server.habits.etag = lambda text, n: '"always"'
    phone = stage.phone(alice)
    phone.edit(href, phone.read(href))
    stage.settle(alice)
    phone.edit(href, phone.read(href).replace("P0", "Changed"))
    stage.clock.pass_(hours=25)
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice)] == ["Changed"]


def test_one_uid_under_two_hrefs_is_one_block_and_the_other_takes_its_place(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    calendar = stage.account(alice).calendars[home]
    first = phone.add(home, event("twin", stamp(soon()), title="First"), "a")
    calendar.uids.clear()
    phone.add(home, event("twin", stamp(soon()), title="First"), "b")
    stage.connect(alice)
    stage.settle(alice)
    assert Block.objects.count() == 1
    phone.delete(first)
    stage.settle(alice)
    assert Block.objects.count() == 1
    assert stage.sync(alice).meter.requests == 1


def test_one_uid_in_two_calendars_is_one_block(stage, alice):
    phone = stage.phone(alice)
    for name in ("Home", "Work"):
        phone.add(stage.path(alice, name), event("twin", stamp(soon())))
    stage.connect(alice, imports=("Home", "Work"))
    stage.settle(alice)
    assert Block.objects.count() == 1
    assert stage.sync(alice).meter.requests == 1


@pytest.mark.parametrize("first", ["Home", "Work"])
def test_an_activity_dragged_to_an_imported_calendar_and_back_keeps_its_link(stage, alice, first):
    """In both orders of observation: the calendars are read in the order of their ids."""
    phone = stage.phone(alice)
    stage.connect(alice, push_to=first, imports=("Home", "Work"))
    meeting = a_meeting(alice)
    stage.settle(alice)
    other = "Work" if first == "Home" else "Home"
    moved = phone.move(stage.the_href(alice, first), stage.path(alice, other))
    stage.settle(alice)
    assert (Block.objects.count(), Link.objects.get().activity_id) == (0, meeting.pk)
    activities.edit(alice, meeting, {"title": "Still tied"})
    stage.settle(alice)
    assert "SUMMARY:Still tied" in phone.read(moved) and stage.texts(alice, first) == []
    phone.move(moved, stage.path(alice, first))
    stage.settle(alice)
    meeting.refresh_from_db()
    assert meeting.deleted_at is None and Link.objects.count() == 1
    assert stage.sync(alice).meter.requests == 1


def test_a_calendar_that_is_gone_stops_only_itself_and_comes_back_whole(stage, alice):
    fill(stage, alice, 3)
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    account, path = stage.account(alice), stage.path(alice, "Home")
    kept = account.calendars.pop(path)
    activities.edit(alice, meeting, {"title": "Goes on"})
    report = stage.sync(alice)
    assert (report.outcome, report.tally.remote_updated, Block.objects.count()) == ("needs_user", 1, 3)
    assert "SUMMARY:Goes on" in stage.the_text(alice, "Work")
    assert "Home" not in report.reason
    again = stage.sync(alice)
    assert (again.outcome, again.meter.requests) == ("needs_user", 1)
    account.calendars[path] = kept
    assert stage.sync(alice).outcome == "ok"
    assert Block.objects.count() == 3


def test_an_href_that_holds_another_event_now_is_another_event(stage, alice, bob):
    stage.connect(alice, imports=("Work",))
    a_meeting(alice)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, event("another", stamp(soon(5)), title="Very private"))
    stage.settle(alice)
    assert "Very private" not in [row.title for row in agenda_of(alice, viewer=bob)]
    assert not Activity.objects.filter(title="Very private").exists()
    assert Block.objects.count() == 1


def test_bodies_that_a_multiget_leaves_out_are_asked_for_again(stage, alice, monkeypatch):
    from integrations.gateway.memory import MemoryGateway

    fill(stage, alice, 3)
    stage.connect(alice)
    fetch = MemoryGateway.fetch
    with monkeypatch.context() as patched:
        patched.setattr(MemoryGateway, "fetch", lambda self, path, hrefs: list(fetch(self, path, hrefs))[1:])
        stage.sync(alice)
    assert Block.objects.count() == 3
    assert stage.sync(alice).meter.requests == 1


def test_a_safety_listing_costs_the_next_change_no_full_listing(stage, alice):
    hrefs = fill(stage, alice, 5)
    stage.connect(alice)
    stage.settle(alice)
    stage.clock.pass_(hours=25)
    stage.settle(alice)
    token = RemoteCalendar.objects.get(links=Link.objects.earliest("pk")).sync_token
    assert token
    phone = stage.phone(alice)
    phone.edit(hrefs[0], phone.read(hrefs[0]).replace("P0", "Changed"))
    stage.sync(alice)
    assert stage.sync(alice).meter.requests == 1


def test_a_server_without_reports_or_cursors_is_looked_at_all_the_same(stage, alice):
    stage.server.habits.sync_collection = False
    stage.server.habits.home_cursors = False
    hrefs = fill(stage, alice, 3)
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    stage.phone(alice).delete(hrefs[0])
    activities.edit(alice, meeting, {"title": "Edited"})
    stage.settle(alice)
    assert Block.objects.count() == 2 and "SUMMARY:Edited" in stage.the_text(alice, "Work")


def test_what_is_not_imported_is_written_down_once(stage, alice, django_assert_max_num_queries):
    fill(stage, alice, 60, "Work")
    stage.connect(alice)
    stage.settle(alice)
    stage.server.forget_tokens()
    stage.phone(alice).add(stage.path(alice, "Work"), event("x", stamp(soon())))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        stage.sync(alice)
    [insert] = [one for one in queries.captured_queries if one["sql"].startswith('INSERT INTO "integrations_link"')]
    assert insert["sql"].count("),(") <= 1 and insert["sql"].count("), (") <= 1


def test_a_server_that_does_not_answer_is_not_asked_twice_in_one_run(stage, alice):
    stage.connect(alice)
    stage.settle(alice)
    stage.server.faults.set("PROPFIND", Unreachable("no answer in time"), times=9)
    asked = len(stage.server.log)
    connection = stage.connections[alice.pk]
    connection.refresh_from_db()
    connection.server, connection.home = "memory://server/", connection.home.reveal()
    connection.save(update_fields=["server", "home"])
    assert stage.sync(alice).outcome == "retry"
    assert len(stage.server.log) - asked == 1
