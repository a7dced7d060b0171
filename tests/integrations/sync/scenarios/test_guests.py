"""Guests in iCloud: kept byte for byte, and mailed only when the owner says so."""

from __future__ import annotations

import pytest

from agenda.models import Block
from agenda.services import activities, convert
from integrations.models import Link
from integrations.services import answers
from tests.integrations.sync.stage import event, soon, stamp
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


EVE = "ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0:mailto:eve@elsewhere.example"


def test_a_change_that_would_mail_guests_waits_and_only_that_push_waits(stage, alice):
    more = f"ORGANIZER;CN=Alice:mailto:{alice.email}\n{EVE}"
    href = stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon()), title="Lunch", more=more))
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    before = stage.phone(alice).read(href)
    activities.edit(alice, made, {"location": "Quay 7"})
    meeting(alice, "Other", 4)
    stage.settle(alice)
    assert stage.phone(alice).read(href) == before and titles(stage, alice) == ["Other"]
    assert stage.mailed() == [] and [verb for verb, _condition in stage.writes()] == ["PUT"]
    assert answers.send(Link.objects.get(activity=made), alice)
    stage.settle(alice)
    unfolded = stage.phone(alice).read(href).replace("\r\n ", "")
    assert "LOCATION:Quay 7" in unfolded and "CN=Eve;PARTSTAT=ACCEPTED;X-NUM-GUESTS=0" in unfolded
    assert len(stage.writes()) == 2 and set(stage.mailed()) <= {"mailto:eve@elsewhere.example"}
    stage.answered_send()
