"""Moving and changing one's own private events in the page: what can be dragged, and what the dialog asks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agenda.models import Block
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.wizard.walk import page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def block(stage, alice) -> Block:
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("u", stamp(soon()), more="LOCATION:Clinic\nDESCRIPTION:Line 1\\nLine 2"))
    stage.connect(alice)
    stage.settle(alice)
    return Block.objects.get()


def rows(user):
    window = {"start": soon(0).isoformat(), "end": soon(30).isoformat()}
    return signed_in(user).get(reverse("agenda_rows"), window).json()["rows"]


def drag(user, block, start, end, revision=None):
    said = {"start": start.isoformat(), "end": end.isoformat(), "revision": revision or block.revision}
    return signed_in(user).post(reverse("block_time", args=[block.pk]), said)


def test_a_single_event_in_a_writable_calendar_can_be_dragged_and_put_back(stage, alice, block):
    [row] = rows(alice)
    assert row["movable"] and row["revision"] == block.revision
    said = drag(alice, block, soon(5, 14), soon(5, 15)).json()
    assert said["sentence"] == "Moved. Your calendar follows."
    stage.settle(alice)
    assert f"DTSTART:{stamp(soon(5, 14))}" in stage.the_text(alice, "Home")
    undone = signed_in(alice).post(said["undo"]["url"], said["undo"]["fields"]).json()
    assert "refused" not in undone
    stage.settle(alice)
    assert f"DTSTART:{stamp(soon())}" in stage.the_text(alice, "Home")


def test_what_cannot_be_dragged_says_so(stage, alice, bob, block):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("w", stamp(soon(4)), title="Weekly", more="RRULE:FREQ=WEEKLY;COUNT=2"))
    stage.settle(alice)
    assert [row.get("movable", False) for row in rows(alice)] == [True, False, False]
    weekly = Block.objects.get(recurring=True)
    assert "repeats" in drag(alice, weekly, soon(5), soon(5, 10)).json()["refused"]
    assert "changed this meanwhile" in drag(alice, block, soon(5), soon(5, 10), revision=99).json()["refused"]
    assert drag(bob, block, soon(5), soon(5, 10)).status_code == 404
    stage.account(alice).calendars[home].writable = False
    stage.settle(alice)
    assert not any(row.get("movable") for row in rows(alice))
    assert "read-only" in drag(alice, block, soon(5), soon(5, 10)).json()["refused"]


def test_the_dialog_changes_only_what_was_touched(stage, alice, bob, block):
    client, address = signed_in(alice), reverse("block_changes", args=[block.pk])
    page = page_of(client.get(address))
    assert 'value="Dentist"' in page and 'value="Clinic"' in page
    assert "Change" in page_of(client.get(reverse("block", args=[block.pk])))
    day, before = f"{soon():%Y-%m-%d}", stage.the_text(alice, "Home")
    start = soon().astimezone(alice.zone)
    words = {"title": "Dentist, new", "place": "Clinic", "notes": "Line 1\r\nLine 2", "revision": str(block.revision)}
    times = {"start_time": f"{start:%H:%M}", "end_time": f"{start.replace(hour=start.hour + 1):%H:%M}"}
    said = {**words, **times, "start_date": day, "end_date": day}
    assert client.post(address, said).status_code == 302
    stage.settle(alice)
    text = stage.the_text(alice, "Home")
    changed = [line for line in text.split("\r\n") if line not in before.split("\r\n")]
    assert [line.split(":")[0] for line in changed if not line.startswith(("DTSTAMP", "LAST-MOD"))] == ["SUMMARY"]
    assert [row.title for row in agenda_of(alice)] == ["Dentist, new"]
    assert "changed this meanwhile" in page_of(client.post(address, said | {"title": "Again"}))
    assert signed_in(bob).get(address).status_code == 404
