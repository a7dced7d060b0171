"""Switches and calendars changed: what is there goes where its owner says, and nothing else is written."""

from __future__ import annotations

from typing import Any

import pytest

from agenda.models import Activity, AllDay, Block
from agenda.services import activities, convert
from integrations.models import Detail, Link
from integrations.services import disconnect
from tests.integrations.sync.scenarios.acts import a_task, fill
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_choices import asked, choose
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def test_push_tasks_switched_off_leaves_the_copies_in_step(stage, alice):
    stage.connect(alice, push_tasks=True)
    task = a_task(alice)
    stage.settle(alice)
    assert asked(stage, alice, push_tasks=False).dropped == {"task": 1}
    writes = len(stage.writes())
    choose(stage, alice, push_tasks=False)
    stage.settle(alice)
    assert len(stage.writes()) == writes
    a_task(alice, "Another", 5)
    activities.edit(alice, task, {"title": "Offer 2"})
    stage.settle(alice)
    assert titles(stage, alice) == ["Offer 2"]


def test_push_tasks_switched_off_removes_the_copies_that_were_made_here_and_no_other(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("mine", stamp(soon(6)), title="Own idea"))
    stage.connect(alice, push_tasks=True)
    stage.settle(alice)
    convert.convert(alice, Block.objects.get(), "task")
    for n in range(8):
        a_task(alice, f"T{n}", n + 2)
    meeting(alice, "First", 3)
    stage.settle(alice)
    choose(stage, alice, push_tasks=False, remove=frozenset({"task", "meeting"}))
    stage.settle(alice)
    assert titles(stage, alice) == ["First"] and titles(stage, alice, "Home") == ["Own idea"]
    assert [verb for verb, _etag in stage.writes()].count("DELETE") == 8
    assert Activity.objects.filter(kind="task", deleted_at=None).count() == 9
    assert stage.sync(alice).meter.requests == 1
    choose(stage, alice, push_tasks=True)
    stage.settle(alice)
    assert len(titles(stage, alice)) == 9


def test_a_calendar_that_is_ticked_later_brings_its_events_in_by_the_connect_date(stage, alice):
    phone, work = stage.phone(alice), stage.path(alice, "Work")
    phone.add(work, event("old", "20240105T090000Z", title="Long ago"))
    phone.add(work, event("new", stamp(soon(3)), title="To come"))
    stage.connect(alice)
    meeting(alice, "First", 3)
    stage.settle(alice)
    assert Block.objects.count() == 0
    writes = len(stage.writes())
    choose(stage, alice, imports=("Home", "Work"))
    stage.settle(alice)
    assert sorted(row.title for row in agenda_of(alice)) == ["First", "To come"]
    assert len(stage.writes()) == writes
    assert stage.sync(alice).meter.requests == 1


def test_a_calendar_that_is_unticked_takes_its_blocks_along_and_nothing_is_sent(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for n in range(8):
        phone.add(home, event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.connect(alice)
    stage.settle(alice)
    kept = convert.convert(alice, Block.objects.all()[0], "meeting")
    stage.settle(alice)
    writes = len(stage.writes())
    assert asked(stage, alice, imports=()).blocks == 7
    choose(stage, alice, imports=())
    stage.settle(alice)
    assert [row.thing_id for row in agenda_of(alice)] == [kept.pk]
    assert len(stage.texts(alice, "Home")) == 8 and len(stage.writes()) == writes
    choose(stage, alice)
    stage.settle(alice)
    assert len(agenda_of(alice)) == 8 and len(stage.writes()) == writes
    assert stage.sync(alice).meter.requests == 1


def test_another_target_gets_what_lies_ahead_and_the_past_stays(stage, alice, bob):
    stage.connect(alice)
    past = meeting(alice, "Past", 2)
    for n in range(9):
        meeting(alice, f"M{n}", n + 5)
    stage.settle(alice)
    stage.clock.pass_(days=4)
    uids = {link.opened_uid for link in Link.objects.all()}
    found = asked(stage, alice, push_to="Home")
    assert (found.movable, found.staying) == (9, 1)
    assert choose(stage, alice, push_to="Home", move=True) == 9
    stage.settle(alice)
    assert titles(stage, alice) == ["Past"] and titles(stage, alice, "Home") == [f"M{n}" for n in range(9)]
    assert not uids & {link.opened_uid for link in Link.objects.exclude(activity=past)}
    verbs = [verb for verb, _etag in stage.writes()]
    assert (verbs.count("PUT"), verbs.count("DELETE")) == (10 + 9, 9)
    assert Link.objects.count() == 10 and not Link.objects.exclude(owner_act="").exists()
    assert Block.objects.count() == 0 and Activity.objects.filter(deleted_at=None).count() == 10
    assert stage.sync(alice).meter.requests == 1


def test_removing_a_connection_erases_blocks_and_password_and_may_take_the_copies_along(stage, alice):
    fill(stage, alice, 2)
    stage.connect(alice)
    meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    removed = disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=True, world=stage.world)
    assert removed == 1 and stage.texts(alice, "Work") == [] and len(stage.texts(alice, "Home")) == 2
    assert Block.objects.count() == 0 and Activity.objects.count() == 1


def test_each_setting_there_and_back_sends_nothing_that_was_not_asked_for(stage, alice):
    fill(stage, alice, 2)
    stage.connect(alice, push_tasks=True, push_calls=True)
    meeting(alice, "First", 3)
    a_task(alice)
    stage.settle(alice)
    writes, texts = stage.writes(), stage.texts(alice, "Work")
    usual: dict[str, Any] = {"push_to": "Work", "imports": ("Home",), "push_tasks": True, "push_calls": True}
    changed: list[dict[str, Any]] = [
        {"push_tasks": False},
        {"push_calls": False},
        {"imports": ()},
        {"imports": ("Home", "Work")},
    ]
    changed += [{"push_to": "Home"}, {"push_to": ""}, {"alert": 30}, {"alert": None}]
    changed += [{"detail": Detail.TITLE}, {"detail": Detail.BUSY}, {"detail": Detail.FULL}]
    changed += [{"all_day": {"Home": rule}} for rule in (AllDay.ALWAYS, AllDay.NEVER, AllDay.MARKED)]
    for wanted in changed:
        for choice in (usual | wanted, usual):
            choose(stage, alice, **choice)
            assert stage.sync(alice).outcome == "ok"
            assert stage.writes() == writes, wanted
    stage.settle(alice)
    assert stage.writes() == writes and stage.texts(alice, "Work") == texts and len(agenda_of(alice)) == 4
    print(f"{len(changed)} settings there and back: 0 writes")
