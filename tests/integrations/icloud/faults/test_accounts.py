"""Rows 7 to 10: passwords and rights that are refused."""

from __future__ import annotations

import pytest

from agenda.models import Block
from agenda.services import activities
from integrations.gateway.base import Credentials
from integrations.icloud.simulator.account import AppPassword
from integrations.models import Connection
from integrations.services.reconnect import reconnect
from notices.models import Notice
from tests.integrations.icloud.simulators import APPLE_ID
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def test_fault_07_a_password_that_is_refused_once_is_believed_to_be_good(scene):
    scene.breaks("401")
    scene.meet()
    report = scene.sync()
    assert (report.outcome, report.meter.requests) == ("retry", 1) and "once more" in report.reason
    assert scene.fired == ["401"]
    assert scene.connection.state == Connection.State.ACTIVE and not told_of("password")
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_08_a_password_that_was_revoked_is_tried_three_times_at_most_and_then_asked_for(scene):
    scene.icloud.account.app_passwords[0].revoked = True
    scene.meet()
    before, outcomes = len(scene.stage.sent()), []
    for _ in range(6):
        outcomes.append(scene.sync().outcome)
        scene.icloud.clock.pass_(11 * 60)
    assert outcomes[0] == "retry" and set(outcomes[2:]) == {"needs_user"}
    asked = scene.stage.sent()[before:]
    assert 2 <= len(asked) <= 3 and {one.status for one in asked} == {401}
    assert scene.connection.state == Connection.State.NEEDS_USER
    assert Block.objects.count() == 1 and scene.writes == []
    scene.is_private()
    scene.keeps_the_password()

    scene.icloud.account.app_passwords.append(AppPassword("bcde-fghi-jklm-nopq"))
    reconnect(scene.connection, Credentials(APPLE_ID, "bcde-fghi-jklm-nopq"), world=scene.stage.world)
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def test_fault_09_a_calendar_that_refuses_a_write_stops_nothing_else(scene):
    scene.breaks("403", verb="PUT", path="/work/")
    scene.icloud.add(scene.icloud.home, event("run-1", stamp(soon(6)), title="Run"))
    scene.meet()
    report = scene.sync()
    assert (report.outcome, report.tally.imported) == ("needs_user", 1)
    assert scene.fired == ["403"]
    assert scene.link_of("Kick-off").reason == report.reason and "read-only" in report.reason
    scene.holds("Dentist", "Kick-off", "Run")
    assert scene.writes == [("PUT", 403), ("PUT", 201)]


def test_fault_09_a_calendar_that_goes_on_refusing_is_not_asked_for_ever(scene):
    scene.breaks("403", verb="PUT", times="forever")
    scene.meet()
    for _ in range(8):
        scene.icloud.clock.pass_(1800)
        scene.sync()
    assert scene.writes == [("PUT", 403)] * 3
    assert "read-only" in scene.link_of("Kick-off").reason
    activities.edit(scene.alice, scene.link_of("Kick-off").activity, {"title": "Launch"})
    scene.holds("Dentist", "Launch")


def test_fault_09_a_share_that_became_read_only_is_imported_only_until_it_is_writable_again(scene):
    scene.icloud.work.access = "read"
    scene.icloud.work.contents.touch(scene.icloud.clock())
    scene.icloud.add(scene.icloud.home, event("run-1", stamp(soon(6)), title="Run"))
    scene.meet()
    report = scene.sync()
    assert report.tally.imported == 1 and scene.writes == []
    assert "read-only" in scene.link_of("Kick-off").reason
    scene.icloud.work.access = "write"
    scene.holds("Dentist", "Kick-off", "Run")
    assert scene.writes == [("PUT", 201)]


def test_fault_10_an_account_that_may_not_be_read_any_more_is_told_of_in_words_of_its_own(scene):
    scene.breaks("403", times="forever")
    scene.meet()
    report = scene.sync()
    assert report.outcome == "needs_user" and "no longer lets us read this account" in report.reason
    assert scene.fired == ["403"], "one request, then it is left alone"
    assert scene.connection.state == Connection.State.ACTIVE
    assert scene.connection.next_sync_at.timestamp() > scene.icloud.clock() + 3600
    assert Block.objects.count() == 1
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]


def told_of(kind):
    return Notice.objects.filter(kind__contains=kind).exists()
