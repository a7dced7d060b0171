"""What moves to another calendar, and gets guests on the way: it stays where it is, and nobody is mailed (I13)."""

from __future__ import annotations

import pytest

from integrations.models import Link
from tests.integrations.sync.stage import agenda_of
from tests.integrations.sync.test_choices import choose
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def test_what_gets_guests_before_it_moves_stays_where_it_is(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    meeting(alice, "Second", 4)
    stage.settle(alice)
    phone, href = stage.phone(alice), Link.objects.get(activity=first).href.reveal()
    choose(stage, alice, push_to="Home", move=True)
    guests = f"ORGANIZER:mailto:{alice.email}\r\nATTENDEE:mailto:eve@example.org\r\nSEQUENCE:"
    phone.edit(href, phone.read(href).replace("SEQUENCE:", guests))
    before = phone.read(href)
    stage.settle(alice)
    assert not any("ATTENDEE" in text for text in stage.texts(alice, "Home"))
    assert phone.read(href) == before and titles(stage, alice, "Home") == ["Second"]
    assert Link.objects.get(activity=first).owner_act == "" and len(agenda_of(alice)) == 2
    assert stage.sync(alice).meter.requests == 1
