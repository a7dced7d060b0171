"""Events with guests: kept byte for byte, and nothing that would mail them goes out before their host says so."""

from __future__ import annotations

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert, deletion
from agenda.services.contacts import find_or_make
from integrations.models import Link
from integrations.services import answers
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db

PEOPLE = "ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0:mailto:eve@elsewhere.example"


@pytest.fixture
def hosted(stage, alice):
    """Alice's own event with a guest, converted to a meeting; return the meeting and its address."""
    more = f"ORGANIZER;CN=Alice:mailto:{alice.email}\n{PEOPLE}"
    href = stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon()), title="Lunch", more=more))
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    return made, href


def waits(meeting_):
    return "guests" in Link.objects.get(activity=meeting_).reason


def test_a_conversion_and_its_undo_write_nothing(stage, alice, hosted):
    assert stage.writes() == []
    convert.make_private(alice, hosted[0])
    stage.settle(alice)
    assert stage.writes() == [] and [row.kind for row in agenda_of(alice)] == ["block"]


def test_what_is_said_of_a_customer_never_reaches_guests(stage, alice, hosted):
    made, href = hosted
    before = stage.phone(alice).read(href)
    contact = find_or_make(alice, "Dupont")
    activities.edit(alice, made, {"customer": contact, "online_link": "https://meet.example/x", "location": "Quay 7"})
    stage.settle(alice)
    assert stage.writes() == [] and waits(made) and stage.phone(alice).read(href) == before
    answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    assert "LOCATION:Quay 7" in text and PEOPLE in text
    assert "Dupont" not in text and "meet.example" not in text


@pytest.mark.parametrize("part", ["time", "title", "place"])
def test_a_change_waits_and_only_that_push_waits(stage, alice, hosted, part):
    made, href = hosted
    before = stage.phone(alice).read(href)
    changes = {"time": {"start": soon(5), "end": soon(5, 10)}, "title": {"title": "Late lunch"}}
    activities.edit(alice, made, changes.get(part, {"location": "Quay 7"}))
    meeting(alice, "Other", 4)
    stage.settle(alice)
    assert waits(made) and stage.phone(alice).read(href) == before and titles(stage, alice) == ["Other"]
    writes = len(stage.writes())
    for _run in range(3):
        assert stage.sync(alice).meter.requests == 1
    assert answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    assert len(stage.writes()) == writes + 1 and text != before
    assert PEOPLE in text and f"ORGANIZER;CN=Alice:mailto:{alice.email}" in text
    assert stage.sync(alice).meter.requests == 1


def test_a_deletion_waits_and_goes_when_its_host_says_so(stage, alice, hosted):
    made, href = hosted
    deletion.delete_activity(alice, made, also_remote=True)
    stage.settle(alice)
    assert stage.writes() == [] and waits(made)
    answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    assert [verb for verb, _etag in stage.writes()] == ["DELETE"] and stage.texts(alice, "Home") == []
    assert Activity.objects.get().deleted_at is not None


def test_what_guests_answer_on_their_side_comes_in_and_writes_nothing(stage, alice, hosted):
    made, href = hosted
    phone = stage.phone(alice)
    phone.edit(href, phone.read(href).replace("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED"))
    stage.settle(alice)
    assert stage.writes() == [] and Activity.objects.get().deleted_at is None
