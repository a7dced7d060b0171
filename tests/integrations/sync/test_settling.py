"""After our own writes: what a server makes of them is accepted, and nobody writes again (I2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.gateway.memory import Phone
from integrations.models import Link
from tests.integrations.sync.stage import soon, stamp

pytestmark = pytest.mark.django_db


def a_meeting(user, title="Kick-off", **more):
    start = more.pop("start", soon())
    return activities.create(user, "meeting", title=title, start=start, end=start + timedelta(hours=1), **more)


def shouting(text):
    return re.sub(r"SUMMARY:(.*)\r", lambda found: f"SUMMARY:{found[1].upper()}!\r", text)


def whispering(text):
    return re.sub(r"SUMMARY:(.*)\r", lambda found: f"SUMMARY:{found[1].lower()}?\r", text)


def modified(text, moment):
    return re.sub(r"LAST-MODIFIED:.*\r", f"LAST-MODIFIED:{stamp(moment)}\r", text)


HABITS = {
    "rewrites": {"rewrite": shouting},
    "no etag": {"etag_on_put": False},
    "rewrites, no etag": {"rewrite": shouting, "etag_on_put": False},
    "weak etags": {"etag": lambda text, n: f'W/"{n}"'},
    "drops the time stamps": {"rewrite": lambda text: re.sub(r"LAST-MODIFIED:.*\r\n", "", shouting(text))},
}


@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
def test_what_a_server_makes_of_our_write_is_accepted_and_never_corrected(stage, alice, habits):
    for name, value in habits.items():
        setattr(stage.server.habits, name, value)
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    activities.edit(alice, meeting, {"location": "Quay 7"})
    stage.settle(alice)
    assert [verb for verb, _ in stage.writes()] == ["PUT", "PUT"]
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("Kick-off", "Quay 7")
    assert "LOCATION:Quay 7" in stage.the_text(alice, "Work")
    for _cycle in range(3):
        assert stage.sync(alice).meter.requests == 1


def test_two_servers_that_rewrite_differently_never_play_ping_pong(stage, alice, bob):
    stage.server.habits.etag_on_put = False
    stage.server.habits.rewrite = lambda text: shouting(text) if int(re.search(r"SUMMARY:", text) is not None) else text
    stage.connect(alice)
    stage.connect(bob)
    meeting = a_meeting(alice, attendees=[alice, bob])
    stage.settle(alice)
    stage.server.habits.rewrite = whispering
    stage.settle(bob)
    meeting = activities.edit(alice, meeting, {"title": "Kick-off 2"})
    stage.settle(bob, alice)
    before = len(stage.writes())
    for _cycle in range(5):
        stage.settle(alice, bob)
    assert len(stage.writes()) == before
    assert Activity.objects.get().title == "Kick-off 2"


def test_an_edit_on_the_phone_between_our_write_and_the_settle_is_taken(stage, alice, monkeypatch):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    stage.clock.pass_(minutes=5)
    activities.edit(alice, meeting, {"location": "Quay 7"})
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    store = stage.server.store
    done: list[bool] = []

    def then_the_phone(account, calendar, where, text):
        stored = store(account, calendar, where, text)
        if not done:
            done.append(True)
            stage.clock.pass_(seconds=2)
            Phone.edit(phone, where, modified(text.replace("Kick-off", "From the phone"), stage.clock.now()))
        return stored

    monkeypatch.setattr(stage.server, "store", then_the_phone)
    stage.sync(alice)
    monkeypatch.undo()
    stage.settle(alice)
    meeting.refresh_from_db()
    assert (meeting.title, meeting.location) == ("From the phone", "Quay 7")
    assert "SUMMARY:From the phone" in phone.read(href)


def test_a_write_that_would_change_nothing_is_not_sent(stage, alice):
    stage.connect(alice)
    meeting = a_meeting(alice)
    stage.settle(alice)
    activities.edit(alice, meeting, {"title": "Other"})
    activities.edit(alice, meeting, {"title": "Kick-off"})
    stage.settle(alice)
    assert [verb for verb, _ in stage.writes()] == ["PUT"]
    assert not Link.objects.filter(needs_push=True).exists()


def test_the_fence_is_accepted_as_a_server_keeps_it(stage, alice, bob):
    """A server that trims what it stores must not make us write the fence again and again."""
    stage.server.habits.rewrite = lambda text: text.replace("\\n\\n", "\\n")
    stage.connect(alice)
    a_meeting(alice, attendees=[alice, bob], description="Line one\n\nLine two")
    stage.settle(alice)
    assert [verb for verb, _ in stage.writes()] == ["PUT"]
    assert Activity.objects.get().description == "Line one\n\nLine two"
