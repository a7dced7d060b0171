"""Rows 1 to 6: writes whose answer is lost, and writes that are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.icloud.simulator.phone import Phone
from integrations.models import Conflict
from integrations.sync.sentences import EXISTS
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db
LAGGING = {"lag_get": 4.0, "lag_listing": 4.0, "lag_sync": 4.0, "lag_multiget": 6.0}


@pytest.fixture
def phone(icloud):
    return Phone(icloud.world, icloud.account)


@pytest.fixture
def meeting(scene):
    """Return a meeting that is in step."""
    meeting = scene.meet()
    scene.stage.settle(scene.alice)
    return meeting


def edited(scene, meeting, **changes):
    activities.edit(scene.alice, Activity.objects.get(pk=meeting.pk), changes)


def once_looked(scene, act: Callable[[], object]):
    """Let something happen right after Halfpast has looked at the home, before it writes."""

    def acting():
        scene.icloud.simulator.before_answering = lambda: None
        act()

    scene.icloud.simulator.before_answering = acting


@pytest.mark.parametrize("kind", ["reset-after", "lost-after"])
def test_fault_01_a_write_that_was_stored_and_whose_answer_was_lost_is_not_sent_again(scene, kind):
    scene.breaks(kind, verb="PUT")
    scene.meet()
    assert scene.sync().outcome == "retry"
    assert scene.fired == [kind]
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_01_an_edit_that_was_stored_and_whose_answer_was_lost_is_not_sent_again(scene, meeting):
    scene.breaks("reset-after", verb="PUT")
    edited(scene, meeting, title="Launch")
    assert scene.sync().outcome == "retry"
    assert scene.fired == ["reset-after"]
    scene.holds("Dentist", "Launch")
    assert scene.writes == [("PUT", 201), ("PUT", 204)]


@pytest.mark.parametrize("kind", ["reset", "lost", "500", "502", "504"])
def test_fault_02_a_write_that_was_not_stored_is_sent_again_to_the_same_place(scene, kind):
    scene.breaks(kind, verb="PUT")
    scene.meet()
    assert scene.sync().outcome == "retry"
    assert scene.fired == [kind]
    scene.holds("Dentist", "Kick-off")
    first, second = scene.stage.writes()
    assert (first.path, first.if_none_match) == (second.path, second.if_none_match) and second.if_none_match == "*"
    assert second.status == 201
    between = scene.icloud.log[scene.icloud.log.index(first) : scene.icloud.log.index(second)]
    assert ("GET", first.path) in [(one.method, one.path) for one in between], "it is read back first (D12)"


@pytest.mark.parametrize("kind", ["reset-after", "lost-after"])
def test_fault_03_a_deletion_that_was_done_and_whose_answer_was_lost_is_done(scene, meeting, kind):
    scene.breaks(kind, verb="DELETE")
    activities.delete(scene.alice, meeting)
    assert scene.sync().outcome == "retry"
    assert scene.fired == [kind]
    scene.holds("Dentist")
    assert scene.writes == [("PUT", 201), ("DELETE", 204)]


def test_fault_03_deleting_what_is_gone_by_then_counts_as_done(scene, meeting, phone):
    once_looked(scene, lambda: phone.delete(phone.find("Kick-off")))
    activities.delete(scene.alice, meeting)
    assert scene.sync().outcome == "ok"
    scene.holds("Dentist")
    assert scene.writes == [("PUT", 201), ("DELETE", 404)]


def test_fault_04_what_was_edited_there_meanwhile_is_merged_and_never_overwritten(scene, meeting, phone):
    once_looked(scene, lambda: phone.edit(phone.find("Kick-off"), title="Launch"))
    edited(scene, meeting, location="Room 2")
    assert scene.sync().outcome == "ok"
    assert scene.writes == [("PUT", 201), ("PUT", 412), ("PUT", 204)]
    scene.holds("Dentist", "Launch")
    assert "LOCATION:Room 2" in phone.find("Launch").text and Activity.objects.get().location == "Room 2"
    assert not Conflict.objects.exists()


def test_fault_04_who_loses_a_conflict_can_have_his_words_back(scene, meeting, phone):
    once_looked(scene, lambda: phone.edit(phone.find("Kick-off"), title="Theirs"))
    edited(scene, meeting, title="Ours")
    report = scene.sync()
    assert (report.outcome, report.tally.conflicts) == ("ok", 1)
    kept = Activity.objects.get().title
    assert Conflict.objects.count() == 1 and kept in ("Ours", "Theirs")
    scene.holds("Dentist", kept)


def test_fault_04_a_server_that_refuses_a_version_and_shows_it_still_is_left_alone_for_a_while(scene, meeting, phone):
    scene.icloud.switch(**LAGGING)
    phone.edit(phone.find("Kick-off"), title="Launch")
    edited(scene, meeting, location="Room 2")
    before = scene.icloud.clock()
    report = scene.sync()
    assert report.outcome == "ok"
    assert scene.writes[1:] == [("PUT", 412)], "one try a run"
    assert scene.connection.next_sync_at.timestamp() < before + 180, "and another one soon"
    scene.holds("Dentist", "Launch")
    assert "LOCATION:Room 2" in phone.find("Launch").text
    assert scene.writes[1:] == [("PUT", 412), ("PUT", 204)]


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_fault_04_a_server_that_goes_on_refusing_gets_one_try_a_run(scene, meeting, verb):
    scene.breaks("412", verb=verb, times="forever")
    if verb == "PUT":
        edited(scene, meeting, title="Launch")
    else:
        activities.delete(scene.alice, meeting)
    for _ in range(3):
        assert scene.sync().outcome == "ok"
    assert scene.fired == ["412"] * 3
    scene.holds("Dentist", *(["Launch"] if verb == "PUT" else []))
    assert scene.writes[1:] == [(verb, 412)] * 3 + [(verb, 204)]


def test_fault_05_a_name_that_another_event_took_is_left_to_it(scene, monkeypatch):
    taken = stand_in_the_way(scene, monkeypatch)
    scene.meet()
    assert scene.sync().outcome == "ok"
    assert scene.writes == [("PUT", 412), ("PUT", 201)]
    first, second = scene.stage.writes()
    assert first.path.endswith(taken[0]) and second.path != first.path
    scene.holds("Dentist", "Kick-off", "Somebody else's", but=["Somebody else's"])
    assert scene.icloud.work.resources[taken[0]].uid == "other"


def stand_in_the_way(scene, monkeypatch):
    """Let another event be stored under the very name that Halfpast is going to take; return the name."""
    name: list[str] = []
    real = scene.icloud.world.faults.claim

    def claim(request):
        if request.method == "PUT" and not name:
            name.append(request.path.rpartition("/")[2])
            other = event("other", stamp(soon(8)), title="Somebody else's")
            scene.icloud.world.put(scene.icloud.work, name[0], other)
        return real(request)

    monkeypatch.setattr(scene.icloud.world.faults, "claim", claim)
    return name


@pytest.mark.parametrize("clash", [412, 403, 409])
def test_fault_06_a_copy_that_was_dragged_before_it_was_known_is_found_in_the_other_calendar(scene, phone, clash):
    scene.icloud.switch(uid_clash=clash)
    stored_and_dragged(scene, phone, scene.icloud.home)
    assert scene.sync().outcome == "ok"
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]
    assert scene.link_of("Kick-off").calendar.name.reveal() == "Home"


@pytest.mark.parametrize("clash", [412, 403, 409])
def test_fault_06_a_copy_in_a_calendar_that_is_not_ours_to_read_is_reported_and_not_sent_again(scene, phone, clash):
    scene.icloud.switch(uid_clash=clash)
    trips = scene.icloud.world.make_collection(scene.icloud.account, "Trips")
    stored_and_dragged(scene, phone, trips)
    reports = []
    for _ in range(6):
        scene.icloud.clock.pass_(600)
        reports.append(scene.sync())
    told = [report.reason for report in reports if report.outcome == "needs_user"]
    assert set(told) == {scene.link_of("Kick-off").reason} and len(told) <= 3
    assert clash == 403 or told == [str(EXISTS)], "a bare 403 may mean anything"
    scene.holds("Dentist", "Kick-off")
    assert set(scene.writes[1:]) == {("PUT", clash)} and len(scene.writes) <= 5


def stored_and_dragged(scene, phone, to):
    """Let a first write be stored and its answer be lost, and the phone drag the event away before the next run."""
    scene.breaks("reset-after", verb="PUT")
    scene.meet()
    assert scene.sync().outcome == "retry"
    scene.icloud.clock.pass_(120)
    phone.drag(phone.find("Kick-off"), to)


def test_fault_04_what_a_body_lags_behind_its_listing_is_read_again(scene, phone):
    scene.icloud.clock.pass_(600)
    scene.icloud.switch(lag_multiget=6.0, lag_get=4.0)
    phone.edit(phone.find("Dentist"), start=soon(3, 14), end=soon(3, 15))
    assert scene.sync().outcome == "ok"
    scene.holds("Dentist")
    assert scene.writes == []
