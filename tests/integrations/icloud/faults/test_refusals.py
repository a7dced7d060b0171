"""Writes that the server does not take as they are: told to the owner, and no other item's affair."""

from __future__ import annotations

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, block_edits
from integrations.icloud.simulator.phone import Phone
from integrations.models import Link
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def test_an_edit_that_icloud_does_not_accept_is_told_and_keeps_nothing_else_waiting(scene):
    long = "x" * 80  # a UID that Apple's own server stores and refuses to have changed (A56)
    scene.icloud.add(scene.icloud.home, event(long, stamp(soon(6)), title="Swim"), "swim.ics")
    assert scene.sync().tally.imported == 1
    block_edits.edit(scene.alice, Block.objects.get(pk=block_of(scene, "Swim")), {"place": "Pool"})
    scene.meet()
    report = scene.sync()
    assert report.outcome == "needs_user" and "does not accept this event" in report.reason
    assert Link.objects.exclude(reason="").get().reason == report.reason
    assert scene.writes in ([("PUT", 404), ("PUT", 201)], [("PUT", 201), ("PUT", 404)])
    scene.holds("Dentist", "Swim", "Kick-off")
    assert len(scene.writes) == 2, "it is not sent again as it is"


def block_of(scene, title):
    from tests.integrations.sync.stage import agenda_of

    return next(row.thing_id for row in agenda_of(scene.alice) if row.title == title)


def test_an_event_that_is_refused_keeps_the_others_of_its_calendar_waiting_for_one_run_at_most(scene):
    good, bad = scene.meet("Good", 4), scene.meet("Bad", 5)
    scene.stage.settle(scene.alice)
    for one in (good, bad):
        activities.edit(scene.alice, Activity.objects.get(pk=one.pk), {"location": "Room 2"})
    scene.breaks("403", verb="PUT", path=scene.link_of("Bad").href.reveal(), times="forever")
    outcomes = []
    for _ in range(3):
        scene.icloud.clock.pass_(1800)
        outcomes.append(scene.sync().outcome)
    sent = [(one.status, "Good" in one.body.decode()) for one in scene.stage.writes()[2:]]
    assert sent == [(403, False), (204, True), (403, False), (403, False)]
    assert outcomes == ["needs_user"] * 3
    scene.holds("Dentist", "Good", "Bad")


def test_a_zone_that_only_icloud_knows_is_read_and_written_though_its_reports_leave_it_out(scene):
    phone = Phone(scene.icloud.world, scene.icloud.account)
    scene.icloud.switch(report_zones=False)
    scene.meet()
    scene.stage.settle(scene.alice)
    kick_off = phone.find("Kick-off")
    scene.icloud.add(scene.icloud.work, in_a_private_zone(kick_off.text), kick_off.name)
    scene.stage.settle(scene.alice)
    assert Activity.objects.get().start == soon(4, 6), "nine o'clock, three hours ahead of UTC"
    activities.edit(scene.alice, Activity.objects.get(), {"location": "Room 2"})
    assert scene.sync().outcome == "ok"
    text = phone.find("Kick-off").text
    assert "LOCATION:Room 2" in text and "BEGIN:VTIMEZONE" in text and "TZID:Our own" in text


def in_a_private_zone(text):
    """Return a text whose times stand in a zone that is described in it and known nowhere else."""
    wall = f"{soon(4):%Y%m%dT%H%M%S}"
    zone = [
        *("BEGIN:VTIMEZONE", "TZID:Our own", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300"),
        *("TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT"),
    ]
    lines = [line for line in text.split("\r\n") if not line.startswith(("DTSTART", "DTEND"))]
    text = "\r\n".join(lines).replace("UID:", f"DTSTART;TZID=Our own:{wall}\r\nDURATION:PT1H\r\nUID:", 1)
    return text.replace("BEGIN:VEVENT", "\r\n".join(zone), 1)
