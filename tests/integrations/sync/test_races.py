"""Edits that land while a run is under way: none is lost, none is doubled (I3, I4, I5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert, deletion
from integrations.models import Conflict, Connection, Link
from integrations.services import pause
from tests.integrations.sync.stage import Stage, agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import href_of, meeting, recovers, retitle, undone

pytestmark = pytest.mark.django_db


def during(stage: Stage, patch: pytest.MonkeyPatch, number: int, act: Callable[[], Any], *, after: bool) -> list[int]:
    """Let `act` happen right before or after the request of this number; return a list that counts the requests."""
    open_gateway, count = stage.open, []

    def opened(*args: Any, **more: Any) -> Any:
        gateway: Any = open_gateway(*args, **more)
        send = gateway._send

        def sent(*request: Any) -> Any:
            count.append(1)
            mine = len(count) == number
            if mine and not after:
                outside(act)
            answer = send(*request)
            if mine and after:
                outside(act)
            return answer

        gateway._send = sent
        return gateway

    patch.setattr(stage, "open", opened)
    return count


def outside(act: Callable[[], Any]) -> None:
    """Act as another process would: not as the sync that is under way."""
    from integrations.sync import acting

    token = acting.connection.set(None)
    try:
        act()
    finally:
        acting.connection.reset(token)


def every_point(stage: Stage, patch: pytest.MonkeyPatch, user: Any, act: Callable[[], Any], check: Callable[[], Any]):
    """Let the act happen at each request of the next sync in turn, and check the end each time."""
    with undone(stage), patch.context() as patched:
        total = during(stage, patched, -1, act, after=False)
        stage.sync(user)
        requests = len(total)
    for number in range(1, requests + 1):
        for after in (False, True):
            with undone(stage):
                with patch.context() as patched:
                    during(stage, patched, number, act, after=after)
                    stage.sync(user)
                assert recovers(stage, user), f"restless after request {number}"
                check()
    assert requests > 2


def titles(stage, user, calendar="Work"):
    return sorted(
        line.removeprefix("SUMMARY:")
        for text in stage.texts(user, calendar)
        for line in text.split("\r\n")
        if line.startswith("SUMMARY:")
    )


def test_an_edit_here_during_a_push_is_never_lost(stage, alice, monkeypatch):
    stage.connect(alice)
    first, second = meeting(alice, "First", 3), meeting(alice, "Second", 4)
    stage.settle(alice)
    activities.edit(alice, first, {"title": "First 2"})
    meeting(alice, "Third", 5)

    def act():
        activities.edit(alice, first, {"title": "First 3"})
        activities.edit(alice, second, {"location": "Quay 7"})

    def check():
        assert titles(stage, alice) == ["First 3", "Second", "Third"]
        assert sum("LOCATION:Quay 7" in text for text in stage.texts(alice, "Work")) == 1
        assert sorted(Activity.objects.values_list("title", flat=True)) == ["First 3", "Second", "Third"]

    every_point(stage, monkeypatch, alice, act, check)


def test_a_creation_and_a_deletion_during_a_push_are_carried_out(stage, alice, monkeypatch):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    activities.edit(alice, first, {"title": "First 2"})
    second = meeting(alice, "Second", 4)

    def act():
        activities.delete(alice, first)
        activities.delete(alice, second)
        meeting(alice, "Third", 5)

    def check():
        assert titles(stage, alice) == ["Third"]

    every_point(stage, monkeypatch, alice, act, check)


def test_a_restore_while_the_copy_is_being_deleted_brings_it_back(stage, alice, monkeypatch):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    activities.delete(alice, first)

    def act():
        activities.restore(alice, first)

    def check():
        assert titles(stage, alice) == ["First"]
        assert Activity.objects.get().deleted_at is None

    every_point(stage, monkeypatch, alice, act, check)


def test_a_restore_after_a_deletion_whose_answer_was_lost_brings_it_back(stage, alice):
    from integrations.gateway.errors import OutcomeUnknown

    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    for done in (True, False):
        activities.delete(alice, first)
        stage.server.faults.set("DELETE", OutcomeUnknown("reset"), done=done)
        stage.sync(alice)
        activities.restore(alice, first)
        stage.server.faults.clear()
        stage.settle(alice)
        assert titles(stage, alice) == ["First"]
        assert Activity.objects.get().deleted_at is None


def test_an_edit_here_while_the_phones_edit_comes_in_is_merged(stage, alice, monkeypatch):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    retitle(stage, alice, "Work", "First", "Renamed")

    def act():
        activities.edit(alice, first, {"location": "Quay 7"})

    def check():
        assert titles(stage, alice) == ["Renamed"]
        assert "LOCATION:Quay 7" in stage.the_text(alice, "Work")
        assert (Activity.objects.get().title, Conflict.objects.count()) == ("Renamed", 0)

    every_point(stage, monkeypatch, alice, act, check)


def test_an_edit_on_the_phone_at_any_point_of_a_push_is_never_lost(stage, alice, monkeypatch):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    activities.edit(alice, first, {"location": "Quay 7"})
    meeting(alice, "Second", 4)

    def act():
        phone, href = stage.phone(alice), href_of(stage, alice, "Work", "First")
        text = phone.read(href).replace("SUMMARY:First", "SUMMARY:Renamed")
        late = stamp(stage.clock.now() + timedelta(seconds=2))
        lines = (f"LAST-MODIFIED:{late}" if line.startswith("LAST-MOD") else line for line in text.split("\r\n"))
        phone.edit(href, "\r\n".join(lines))

    def check():
        assert titles(stage, alice) == ["Renamed", "Second"]
        assert sorted(Activity.objects.values_list("title", "location")) == [("Renamed", "Quay 7"), ("Second", "")]

    every_point(stage, monkeypatch, alice, act, check)


def test_a_conversion_at_any_point_of_a_run_makes_no_double_and_shows_no_notes(stage, alice, bob, monkeypatch):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    href = phone.add(home, event("u", stamp(soon(3)), title="Clinic", more="DESCRIPTION:Secret"))
    stage.connect(alice)
    stage.settle(alice)
    phone.edit(href, phone.read(href).replace("SUMMARY:Clinic", "SUMMARY:Clinic 2"))
    phone.add(home, event("v", stamp(soon(4)), title="Other"))
    meeting(alice, "First", 3)
    block = Block.objects.get()

    def act():
        convert.convert(alice, block, "meeting")

    def check():
        assert titles(stage, alice, "Home") == ["Clinic 2", "Other"] and titles(stage, alice) == ["First"]
        assert "DESCRIPTION:Secret" in phone.read(href)
        assert sorted(Activity.objects.values_list("title", "description")) == [("Clinic 2", ""), ("First", "")]
        assert sorted(row.title for row in agenda_of(alice, viewer=bob)) == ["Busy", "Clinic 2", "First"]

    every_point(stage, monkeypatch, alice, act, check)


def test_a_block_deleted_here_at_any_point_of_a_run_goes(stage, alice, monkeypatch):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    stage.may_delete.add(phone.add(home, event("u", stamp(soon(3)), title="Clinic")))
    stage.connect(alice)
    stage.settle(alice)
    phone.add(home, event("v", stamp(soon(4)), title="Other"))
    meeting(alice, "First", 3)
    block = Block.objects.get()

    def act():
        deletion.delete_block(alice, block)

    def check():
        assert titles(stage, alice, "Home") == ["Other"]
        assert Block.objects.count() == 1

    every_point(stage, monkeypatch, alice, act, check)


def test_a_block_deleted_here_but_edited_there_comes_back_and_stays(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    href = phone.add(home, event("u", stamp(soon(3)), title="Clinic"))
    stage.connect(alice)
    stage.settle(alice)
    phone.edit(href, phone.read(href).replace("Clinic", "Clinic, new"))
    deletion.delete_block(alice, Block.objects.get())
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice)] == ["Clinic, new"]
    phone.edit(href, phone.read(href).replace("Clinic, new", "Clinic, newer"))
    stage.settle(alice)
    assert titles(stage, alice, "Home") == ["Clinic, newer"]
    assert [row.title for row in agenda_of(alice)] == ["Clinic, newer"]


def test_a_pause_at_any_point_stops_the_run_before_its_next_write(stage, alice, monkeypatch):
    stage.connect(alice)
    for n in range(3):
        meeting(alice, f"M{n}", n + 2)
    connection = stage.connections[alice.pk]
    with monkeypatch.context() as patched:
        during(stage, patched, 4, lambda: pause.pause(connection, alice), after=True)
        stage.sync(alice)
    stopped = len(stage.writes())
    assert stopped < 3
    assert stage.sync(alice).meter.requests == 0
    connection.refresh_from_db()
    assert "took over" not in connection.last_reason
    pause.resume(connection, alice)
    stage.settle(alice)
    assert titles(stage, alice) == ["M0", "M1", "M2"]


def test_two_connections_of_one_user_both_hear_of_an_edit_in_one(stage, alice, bob):
    """The second connection uses another account: here it borrows Bob's."""
    from integrations.services.connect import Choice, connect, test_credentials
    from integrations.services.runs import sync_connection
    from tests.integrations.sync.stage import PASSWORD, SERVER

    stage.connect(alice)
    stage.account(bob)
    tried = test_credentials("caldav", SERVER, bob.email, PASSWORD, world=stage.world)
    second = connect(alice, tried, Choice("Work", ()), granted_from="a test", world=stage.world)
    meeting(alice, "First", 3)
    stage.settle(alice)
    sync_connection(second.pk, world=stage.world)
    assert titles(stage, alice) == titles(stage, bob) == ["First"]
    retitle(stage, alice, "Work", "First", "Renamed")
    stage.settle(alice)
    sync_connection(second.pk, world=stage.world)
    assert titles(stage, alice) == titles(stage, bob) == ["Renamed"]
    retitle(stage, bob, "Work", "Renamed", "Again")
    sync_connection(second.pk, world=stage.world)
    stage.settle(alice)
    assert titles(stage, alice) == titles(stage, bob) == ["Again"]
    before = len(stage.writes())
    for _cycle in range(3):
        stage.settle(alice)
        sync_connection(second.pk, world=stage.world)
    assert len(stage.writes()) == before


def test_a_task_unscheduled_on_the_phone_and_scheduled_here_again_gets_a_new_copy(stage, alice):
    stage.connect(alice, push_tasks=True)
    start = soon(4)
    task = activities.create(
        alice, "task", title="Offer", due=start.date(), start=start, end=start + timedelta(hours=1)
    )
    stage.settle(alice)
    old = stage.the_href(alice, "Work")
    stage.phone(alice).delete(old)
    stage.settle(alice)
    activities.edit(alice, task, {"start": start, "end": start + timedelta(hours=2)})
    stage.settle(alice)
    assert stage.the_href(alice, "Work") != old and Link.objects.count() == 1


def test_switching_tasks_off_and_leaving_the_scope_keep_the_link(stage, alice):
    stage.connect(alice, push_tasks=True)
    start = soon(4)
    first = activities.create(
        alice, "task", title="Offer", due=start.date(), start=start, end=start + timedelta(hours=1)
    )
    stage.settle(alice)
    Connection.objects.update(push_tasks=False)
    past = stage.clock.now() - timedelta(days=20)
    activities.edit(alice, first, {"start": past, "end": past + timedelta(hours=1)})
    stage.settle(alice)
    activities.edit(alice, first, {"title": "Long ago"})
    stage.settle(alice)
    assert titles(stage, alice) == ["Long ago"]


def test_bobs_deletion_and_alices_edit_at_the_same_time_agree(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    first = meeting(alice, "First", 3, attendees=[alice, bob])
    stage.settle(alice, bob)
    stage.phone(bob).delete(stage.the_href(bob, "Work"))
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(bob, alice)
    assert titles(stage, alice) == ["First 2"] and titles(stage, bob) == ["First 2"]
    stage.phone(alice).delete(stage.the_href(alice, "Work"))
    stage.settle(alice, bob)
    first.refresh_from_db()
    assert first.deleted_at is not None and titles(stage, bob) == []
