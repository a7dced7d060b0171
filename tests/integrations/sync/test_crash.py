"""A worker killed anywhere: the next run brings the same end as if nothing had happened (I7), without doubles (I4)."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from agenda.models import Activity, Block
from agenda.services import activities, convert, deletion
from integrations.models import Conflict, HeldPlan, Link
from integrations.services import held
from integrations.sync.lease import Lease
from tests.integrations.sync.stage import Stage, event, soon, stamp

pytestmark = pytest.mark.django_db
SAID = re.compile(r"^(SUMMARY|LOCATION|DTSTART)[^:]*:(.*)$", re.MULTILINE)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even its cleaning up."""


class Steps:
    """Counts the durable steps of a run and kills it at one: at a request or a commit, before or after it."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.kill_at = kill_at
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            raise Killed


@contextmanager
def stepping(stage: Stage, patch: pytest.MonkeyPatch, steps: Steps) -> Iterator[None]:
    """Call `steps` around each request and each writing transaction."""
    open_gateway, writing = stage.open, Lease.writing

    def opened(*args: Any, **more: Any) -> Any:
        gateway: Any = open_gateway(*args, **more)
        send = gateway._send

        def sent(verb: str, path: str, act: Callable[[Any], Any], condition: str = "") -> Any:
            steps.step()
            answer = send(verb, path, act, condition)
            steps.step()
            return answer

        gateway._send = sent
        return gateway

    @contextmanager
    def written(lease: Lease) -> Iterator[None]:
        with writing(lease):
            yield
            steps.step()
        steps.step()

    with patch.context() as patched:
        patched.setattr(stage, "open", opened)
        patched.setattr(Lease, "writing", written)
        patched.setattr(Lease, "release", lambda lease: None)
        yield


@contextmanager
def undone(stage: Stage) -> Iterator[None]:
    """Play a story and take everything back: database, server and clock."""
    accounts, clock = copy.deepcopy(stage.server.accounts), stage.clock.ahead
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    stage.server.accounts, stage.clock.ahead = accounts, clock


def told(stage: Stage, *people: Any) -> dict[str, Any]:
    """Return all that people can see on both sides, without ids."""
    return {
        "calendars": {
            (person.email, name): sorted(
                tuple(sorted(SAID.findall(text.replace("\r", "")))) for text in stage.texts(person, name)
            )
            for person in people
            for name in ("Home", "Work")
        },
        "activities": sorted(
            (one.kind, one.title, one.location, one.deleted_at is not None, one.scheduled)
            for one in Activity.objects.all()
        ),
        "blocks": sorted((one.busy, one.spans.count()) for one in Block.objects.all()),
        "links": sorted((link.calendar.name.reveal(), link.state, link.origin) for link in Link.objects.all()),
        "losers": min(Conflict.objects.count(), 1),
    }


def sweep(stage: Stage, patch: pytest.MonkeyPatch, *people: Any) -> int:
    """Kill the next sync of the first person at each of its steps in turn; return how many there were."""
    total = Steps()
    with undone(stage):
        with stepping(stage, patch, total):
            stage.sync(people[0])
        stage.clock.pass_(minutes=3)
        stage.settle(*people)
        expected = told(stage, *people)
    for kill_at in range(1, total.count + 1):
        with undone(stage):
            with stepping(stage, patch, Steps(kill_at)), suppress(Killed):
                stage.sync(people[0])
            stage.clock.pass_(minutes=3)
            assert recovers(stage, *people), f"restless after a kill at step {kill_at}"
            assert told(stage, *people) == expected, f"killed at step {kill_at} of {total.count}"
    return total.count


def recovers(stage: Stage, *people: Any) -> bool:
    """Sync until nothing is left to do: three cycles must be enough (I1)."""
    reports = ([stage.sync(person) for person in people] for _cycle in range(4))
    return any(all(one.meter.requests == 1 and one.outcome == "ok" for one in cycle) for cycle in reports)


def meeting(user: Any, title: str, day: int, **more: Any) -> Activity:
    start = soon(day)
    return activities.create(user, "meeting", title=title, start=start, end=start + timedelta(hours=1), **more)


def href_of(stage: Stage, user: Any, calendar: str, title: str) -> str:
    phone = stage.phone(user)
    [href] = [one for one in phone.hrefs(stage.path(user, calendar)) if f"SUMMARY:{title}\r" in phone.read(one)]
    return href


def retitle(stage: Stage, user: Any, calendar: str, title: str, to: str) -> None:
    phone, href = stage.phone(user), href_of(stage, user, calendar, title)
    phone.edit(href, phone.read(href).replace(f"SUMMARY:{title}", f"SUMMARY:{to}"))


def test_a_first_import_and_first_pushes_survive_a_kill_anywhere(stage, alice, bob, monkeypatch):
    for n in range(3):
        stage.phone(alice).add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.phone(alice).add(stage.path(alice, "Home"), event("s", stamp(soon(1)), more="RRULE:FREQ=WEEKLY"))
    stage.connect(alice)
    for n in range(2):
        meeting(alice, f"M{n}", n + 2)
    assert sweep(stage, monkeypatch, alice) > 20


def test_changes_of_every_sort_survive_a_kill_anywhere(stage, alice, bob, monkeypatch):
    phone = stage.phone(alice)
    for n in range(4):
        phone.add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.connect(alice, push_tasks=True)
    made = {name: meeting(alice, name, n + 2) for n, name in enumerate(["Edited", "Trashed", "Fought", "Outlived"])}
    meeting(alice, "Gone", 8, attendees=[alice, bob])
    start = soon(9)
    activities.create(alice, "task", title="Task", due=start.date(), start=start, end=start + timedelta(hours=1))
    stage.settle(alice)
    blocks = {block.link.opened_uid: block for block in Block.objects.all()}
    meeting(alice, "New", 10)
    activities.edit(alice, made["Edited"], {"title": "Edited here"})
    activities.edit(alice, made["Fought"], {"title": "Fought here", "location": "Quay 7"})
    retitle(stage, alice, "Work", "Fought", "Fought there")
    activities.delete(alice, made["Trashed"])
    activities.edit(alice, made["Outlived"], {"title": "Outlives"})
    for title in ("Outlived", "Gone", "Task"):
        phone.delete(href_of(stage, alice, "Work", title))
    converted = convert.convert(alice, blocks["u0"], "meeting")
    activities.edit(alice, converted, {"title": "Converted"})
    deletion.delete_block(alice, blocks["u1"])
    stage.may_delete.add(blocks["u1"].link.href.reveal())
    retitle(stage, alice, "Home", "P2", "P2 there")
    phone.delete(href_of(stage, alice, "Home", "P3"))
    phone.add(stage.path(alice, "Home"), event("u9", stamp(soon(6)), title="P9"))
    assert sweep(stage, monkeypatch, alice) > 60


@pytest.mark.parametrize("answer", ["apply", "put_back"])
def test_an_answered_wave_survives_a_kill_anywhere(stage, alice, monkeypatch, answer):
    phone = stage.phone(alice)
    for n in range(7):
        phone.add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.connect(alice)
    stage.settle(alice)
    for n in range(6):
        phone.delete(href_of(stage, alice, "Home", f"P{n}"))
    assert stage.sync(alice).outcome == "held"
    getattr(held, answer)(HeldPlan.objects.get(), alice)
    assert sweep(stage, monkeypatch, alice) > 20


def test_an_event_dragged_to_another_calendar_survives_a_kill_anywhere(stage, alice, monkeypatch):
    phone = stage.phone(alice)
    href = phone.add(stage.path(alice, "Home"), event("u", stamp(soon(2)), title="P"))
    stage.connect(alice, imports=("Home", "Work"))
    stage.settle(alice)
    phone.move(href, stage.path(alice, "Work"))
    assert sweep(stage, monkeypatch, alice) > 8


@pytest.mark.parametrize("habit", ["lag", "no etags, rewritten", "pages"])
def test_changes_survive_a_kill_anywhere_on_an_awkward_server(stage, alice, monkeypatch, habit):
    stage.habits = {"lags": habit == "lag"}
    phone, habits = stage.phone(alice), stage.server.habits
    for n in range(3):
        phone.add(stage.path(alice, "Home"), event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.connect(alice)
    made = {name: meeting(alice, name, n + 2) for n, name in enumerate(["Edited", "Trashed", "Outlived"])}
    stage.settle(alice)
    stage.clock.pass_(minutes=10)
    habits.lag = timedelta(seconds=8 if habit == "lag" else 0)
    habits.page = 2 if habit == "pages" else None
    if habit.startswith("no etags"):
        habits.etag_on_put, habits.rewrite = False, lambda text: text.replace("SUMMARY:Edited", "SUMMARY:EDITED")
    meeting(alice, "New", 10)
    activities.edit(alice, made["Edited"], {"title": "Edited here"})
    activities.delete(alice, made["Trashed"])
    activities.edit(alice, made["Outlived"], {"title": "Outlives"})
    phone.delete(href_of(stage, alice, "Work", "Outlived"))
    retitle(stage, alice, "Home", "P2", "P2 there")
    stage.clock.pass_(minutes=1)
    assert sweep(stage, monkeypatch, alice) > 20
