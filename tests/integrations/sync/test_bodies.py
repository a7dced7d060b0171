"""Bodies that do not come: the cursor waits for them, and one item never stops a calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Block
from integrations.gateway.errors import Forbidden, NotUnderstood, TooLarge
from integrations.gateway.memory import MemoryGateway
from integrations.models import Link, RemoteCalendar
from integrations.sync import bodies
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_step(stage, alice) -> list[str]:
    """Three events that are here, and return their hrefs."""
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    hrefs = [phone.add(home, event(f"uid-{n}", stamp(soon(2 + n)), title=f"P{n}")) for n in range(3)]
    stage.connect(alice)
    stage.settle(alice)
    return hrefs


@pytest.fixture
def withheld(monkeypatch):
    """Let the server list what it does not hand out: hrefs in the returned dict, with what a GET says (None: 404)."""
    said: dict[str, Exception | None] = {}
    fetch, get = MemoryGateway.fetch, MemoryGateway.get

    def some(self, path, hrefs):
        return (one for one in fetch(self, path, hrefs) if one.href not in said)

    def single(self, href):
        found = get(self, href)
        said_here = said.get(href)
        if isinstance(said_here, Exception):
            raise said_here
        return None if href in said else found

    monkeypatch.setattr(MemoryGateway, "fetch", some)
    monkeypatch.setattr(MemoryGateway, "get", single)
    return said


def new_on_the_phone(stage, alice, title="New"):
    return stage.phone(alice).add(stage.path(alice, "Home"), event(title, stamp(soon(9)), title=title))


def home_of(alice) -> RemoteCalendar:
    return next(one for one in RemoteCalendar.objects.all() if one.name.reveal() == "Home")


def test_a_listed_event_whose_body_lags_behind_comes_with_the_next_look(stage, alice, in_step, withheld):
    href = new_on_the_phone(stage, alice)
    withheld[href] = None
    token = home_of(alice).sync_token
    assert stage.sync(alice).outcome == "ok"
    assert (home_of(alice).sync_token, Block.objects.count()) == (token, 3)
    connection = stage.connections[alice.pk]
    connection.refresh_from_db()
    assert connection.next_sync_at - stage.clock.now() <= timedelta(minutes=2)
    withheld.clear()
    stage.sync(alice)
    assert Block.objects.count() == 4 and home_of(alice).missed == 0
    assert stage.sync(alice).meter.requests == 1


def test_a_changed_event_that_cannot_be_had_is_not_taken_for_deleted(stage, alice, in_step, withheld):
    phone = stage.phone(alice)
    phone.edit(in_step[0], phone.read(in_step[0]).replace("P0", "Changed"))
    withheld[in_step[0]] = None
    for _look in range(bodies.PATIENCE + 3):
        assert stage.sync(alice).tally.local_deleted == 0
    assert Block.objects.count() == 3


def test_what_is_never_handed_out_is_set_apart_and_the_calendar_goes_on(stage, alice, in_step, withheld):
    href = new_on_the_phone(stage, alice)
    withheld[href] = None
    for _look in range(bodies.PATIENCE + 1):
        stage.sync(alice)
    link = Link.objects.get(state=Link.State.QUARANTINED)
    assert link.href.reveal() == href and "does not hand it out" in link.reason
    assert stage.sync(alice).meter.requests == 1
    new_on_the_phone(stage, alice, "Another")
    stage.settle(alice)
    assert Block.objects.count() == 4
    withheld.clear()
    phone = stage.phone(alice)
    phone.edit(href, phone.read(href).replace("New", "Handed out"))
    stage.settle(alice)
    assert Block.objects.count() == 5 and not Link.objects.filter(state=Link.State.QUARANTINED).exists()


@pytest.mark.parametrize("error", [TooLarge("21 MB"), NotUnderstood("400"), Forbidden("403")])
def test_one_event_that_cannot_be_had_alone_stops_neither_the_others_nor_the_cursor(
    stage, alice, in_step, withheld, error
):
    withheld[new_on_the_phone(stage, alice, "Giant")] = error
    new_on_the_phone(stage, alice, "Small")
    assert stage.sync(alice).tally.quarantined == 1
    assert Block.objects.count() == 4
    assert stage.sync(alice).meter.requests == 1


def test_a_server_that_leaves_every_body_out_is_read_item_by_item_within_bounds(stage, alice, in_step, monkeypatch):
    monkeypatch.setattr(bodies, "SINGLES", 4)
    monkeypatch.setattr(MemoryGateway, "fetch", lambda self, path, hrefs: iter(()))
    for n in range(10):
        new_on_the_phone(stage, alice, f"Shared {n}")
    counts = []
    for _look in range(4):
        before = len([one for one in stage.server.log if one.verb == "GET"])
        stage.sync(alice)
        asked = len([one for one in stage.server.log if one.verb == "GET"]) - before
        counts.append((asked, Block.objects.count()))
    assert counts == [(4, 7), (4, 11), (2, 13), (0, 13)]


def test_a_write_of_unknown_outcome_is_read_back_before_it_is_sent_again(stage, alice):
    from agenda.services import activities
    from integrations.gateway.errors import OutcomeUnknown

    stage.connect(alice)
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(), end=soon() + timedelta(hours=1))
    stage.settle(alice)
    activities.edit(alice, meeting, {"title": "Edited"})
    stage.server.faults.set("PUT", OutcomeUnknown("504"))
    assert stage.sync(alice).outcome == "retry"
    stage.clock.pass_(minutes=31)
    asked = len(stage.server.log)
    assert stage.sync(alice).outcome == "ok"
    verbs = [one.verb for one in stage.server.log[asked:]]
    assert verbs.index("GET") < verbs.index("PUT")
    assert "SUMMARY:Edited" in stage.the_text(alice, "Work")


def test_an_update_whose_uid_is_taken_elsewhere_concerns_that_item_alone(stage, alice):
    from agenda.services import activities
    from integrations.gateway.errors import UidTaken

    stage.connect(alice)
    made = [
        activities.create(alice, "meeting", title=f"M{n}", start=soon(), end=soon() + timedelta(hours=1))
        for n in range(2)
    ]
    stage.settle(alice)
    for one in made:
        activities.edit(alice, one, {"title": f"{one.title} edited"})
    stage.server.faults.set("PUT", UidTaken("409"))
    report = stage.sync(alice)
    assert (report.outcome, report.tally.remote_updated) == ("needs_user", 1)
    assert Link.objects.exclude(reason="").get().reason == report.reason


def test_a_run_that_takes_too_long_stops_and_the_next_one_goes_on(stage, alice, monkeypatch):
    for n in range(6):
        new_on_the_phone(stage, alice, f"P{n}")
    stage.habits["chunk"] = 2
    stage.connect(alice)
    fetch = MemoryGateway.fetch

    def slowly(self, path, hrefs):
        stage.clock.pass_(seconds=125)
        return fetch(self, path, hrefs)

    monkeypatch.setattr(MemoryGateway, "fetch", slowly)
    assert [(stage.sync(alice).outcome, Link.objects.count()) for _run in range(3)] == [
        ("continue", 4),
        ("ok", 6),
        ("ok", 6),
    ]
    assert Block.objects.count() == 6
