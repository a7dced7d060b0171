"""An owner changes his own private events here, and they change in his calendar: those, and nothing else of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Block
from agenda.services import block_edits, convert
from agenda.services.refusals import Overtaken, Refused
from integrations.gateway.errors import OutcomeUnknown
from integrations.models import Conflict, Link
from integrations.services import answers
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import recovers, retitle, sweep

pytestmark = pytest.mark.django_db

RICH = (
    "LOCATION:Clinic\nDESCRIPTION:Secret\nX-APPLE-TRAVEL-DURATION:PT10M\nCATEGORIES:Health\n"
    "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nDESCRIPTION:Alarm\nEND:VALARM"
)


def one_block(stage, user, *, more="", start=None, **parts):
    href = stage.phone(user).add(
        stage.path(user, "Home"), event("u", start or stamp(soon()), title=parts.pop("title", "Dentist"), more=more)
    )
    stage.connect(user)
    stage.settle(user)
    return href, Block.objects.get()


def edit(user, changes, **more):
    return block_edits.edit(user, Block.objects.get(), changes, **more)


def late(stage, text, seconds=60):
    """Return the text as a phone would store it after this moment."""
    at = stamp(stage.clock.now() + timedelta(seconds=seconds))
    return text.replace("SUMMARY:", f"LAST-MODIFIED:{at}\r\nSUMMARY:", 1)


@pytest.mark.parametrize(
    "changes", [{"place": "Quay 7"}, {"notes": "Bring the form"}, {"title": ""}, {"start_date": soon(6).date()}]
)
def test_each_part_goes_out_alone(stage, alice, changes):
    start = f"{soon(5):%Y%m%d}" if "start_date" in changes else None
    href, block = one_block(stage, alice, more="LOCATION:Clinic", start=start)
    writes = len(stage.writes())
    edit(alice, changes)
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    said = {"place": "LOCATION:Quay 7", "notes": "DESCRIPTION:Bring the form"}
    said["start_date"] = f"DTSTART;VALUE=DATE:{soon(6):%Y%m%d}"
    [name] = changes
    assert said.get(name, "") in text and ("SUMMARY" in text) is (name != "title")
    assert len(stage.writes()) == writes + 1 and stage.sync(alice).meter.requests == 1
    assert len(agenda_of(alice)) == 1


def test_a_wall_time_stays_one_and_a_zone_is_kept(stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    floating = phone.add(home, event("f", f"{soon(3, 9):%Y%m%dT%H%M%S}"))
    stage.connect(alice)
    stage.settle(alice)
    start = Block.objects.get().spans.get().start + timedelta(hours=2)
    edit(alice, {"start": start})
    stage.settle(alice)
    assert f"DTSTART:{soon(3, 11):%Y%m%dT%H%M%S}\r\n" in phone.read(floating)


def test_an_edit_that_says_the_same_writes_nothing(stage, alice):
    href, block = one_block(stage, alice)
    writes = len(stage.writes())
    edit(alice, {"title": "Dentist", "start": soon(), "end": soon() + timedelta(hours=1)})
    edit(alice, {"title": "Other"})
    edit(alice, {"title": "Dentist"})
    stage.settle(alice)
    assert len(stage.writes()) == writes


def test_both_sides_change_a_block_and_both_stay(stage, alice):
    href, block = one_block(stage, alice, more="LOCATION:Clinic")
    edit(alice, {"place": "Quay 7"})
    retitle(stage, alice, "Home", "Dentist", "Dentist, by phone")
    stage.settle(alice)
    text = stage.phone(alice).read(href)
    assert "SUMMARY:Dentist\\, by phone" in text or "SUMMARY:Dentist, by phone" in text
    assert "LOCATION:Quay 7" in text
    [row] = agenda_of(alice)
    assert (row.title, row.place, Conflict.objects.count()) == ("Dentist, by phone", "Quay 7", 0)


@pytest.mark.parametrize("later", ["here", "there"])
def test_the_same_part_changed_on_both_sides_goes_to_the_later_and_the_loser_is_kept(stage, alice, later):
    href, block = one_block(stage, alice)
    phone = stage.phone(alice)
    stage.clock.pass_(minutes=2)
    edit(alice, {"title": "Here"}, now=stage.clock.now())
    moment = -90 if later == "here" else 60
    stage.clock.pass_(minutes=2)
    phone.edit(href, late(stage, phone.read(href).replace("SUMMARY:Dentist", "SUMMARY:There"), moment - 120))
    stage.settle(alice)
    winner, loser = ("Here", "There") if later == "here" else ("There", "Here")
    assert f"SUMMARY:{winner}" in phone.read(href) and [row.title for row in agenda_of(alice)] == [winner]
    assert loser in Conflict.objects.get().version.reveal()
    assert stage.sync(alice).meter.requests == 1


def test_a_block_edited_here_outlives_its_deletion_on_the_phone(stage, alice):
    href, block = one_block(stage, alice)
    edit(alice, {"title": "Still on"})
    stage.phone(alice).delete(href)
    stage.settle(alice)
    assert "SUMMARY:Still on" in stage.the_text(alice, "Home") and [r.title for r in agenda_of(alice)] == ["Still on"]


def test_what_the_phone_makes_repeat_meanwhile_is_as_the_phone_says(stage, alice):
    href, block = one_block(stage, alice)
    phone = stage.phone(alice)
    edit(alice, {"title": "Here"})
    phone.edit(href, phone.read(href).replace("END:VEVENT", "RRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT"))
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice)] == ["Dentist"] * 3
    assert "Here" in Conflict.objects.get().version.reveal()
    assert stage.sync(alice).meter.requests == 1


def test_what_cannot_be_changed_is_refused_with_the_reason(stage, alice, bob):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    invited = f"ORGANIZER:mailto:boss@elsewhere.example\nATTENDEE:mailto:{alice.email}"
    for uid, more in (("invited", invited), ("weekly", "RRULE:FREQ=WEEKLY"), ("bad", "RRULE:FREQ=SECONDLY;INTERVAL=0")):
        phone.add(home, event(uid, stamp(soon()), more=more))
    phone.add(stage.path(alice, "Work"), event("ro", stamp(soon())))
    stage.account(alice).calendars[stage.path(alice, "Work")].writable = False
    stage.connect(alice, push_to="", imports=("Home", "Work"))
    stage.settle(alice)
    words = {}
    for block in Block.objects.all():
        with pytest.raises(Refused) as refusal:
            block_edits.edit(alice, block, {"title": "Mine"})
        words[block.link.opened_uid] = str(refusal.value)
        with pytest.raises(Refused):
            block_edits.edit(bob, block, {"title": "Bob was here"})
    found = [words[uid].split(":")[0].split(".")[0] for uid in ("invited", "weekly", "ro")]
    assert found == ["Somebody else organises this event", "This event repeats", "This calendar is read-only"]
    assert stage.writes() == []


def test_a_converted_block_is_edited_as_what_it_became(stage, alice):
    guests = f"ORGANIZER:mailto:boss@elsewhere.example\nATTENDEE:mailto:{alice.email}"
    one_block(stage, alice, more=guests)
    convert.convert(alice, Block.objects.get(), "meeting")
    with pytest.raises(Refused, match="converted already"):
        edit(alice, {"title": "Mine"})


def test_a_change_based_on_an_old_look_is_refused(stage, alice):
    href, block = one_block(stage, alice)
    edit(alice, {"title": "One"}, expected_revision=block.revision)
    with pytest.raises(Overtaken):
        edit(alice, {"title": "Two"}, expected_revision=block.revision)


def test_guests_are_kept_byte_for_byte_and_a_move_waits_for_its_owners_answer(stage, alice):
    more = f"ORGANIZER;CN=Alice:mailto:{alice.email}\nATTENDEE;CN=Eve;PARTSTAT=ACCEPTED:mailto:eve@elsewhere.example"
    phone = stage.phone(alice)
    href, block = one_block(stage, alice, more=more)
    phone.add(stage.path(alice, "Home"), event("v", stamp(soon(5)), title="Other"))
    stage.settle(alice)
    writes = len(stage.writes())
    edited = Block.objects.get(guests=True)
    block_edits.edit(alice, edited, {"start": soon(3, 15), "end": soon(3, 16)})
    block_edits.edit(alice, Block.objects.get(guests=False), {"title": "Other, too"})
    stage.settle(alice)
    assert len(stage.writes()) == writes + 1, "only the push that would mail people waits"
    assert "guests" in edited.link.reason or "guests" in Link.objects.get(block=edited).reason
    assert answers.send(Link.objects.get(block=edited), alice)
    stage.settle(alice)
    text = phone.read(href)
    assert all(line in text for line in more.split("\n")) and f"DTSTART:{stamp(soon(3, 15))}" in text
    assert len(stage.writes()) == writes + 2 and stage.sync(alice).meter.requests == 1


def test_an_answer_that_was_lost_doubles_nothing(stage, alice):
    href, block = one_block(stage, alice)
    for done in (True, False):
        edit(alice, {"title": f"Edited {done}"})
        stage.server.faults.set("PUT", OutcomeUnknown("reset"), done=done)
        stage.sync(alice)
        stage.server.faults.clear()
        stage.clock.pass_(minutes=3)
        assert recovers(stage, alice)
        assert f"SUMMARY:Edited {done}" in stage.the_text(alice, "Home")
        assert [row.title for row in agenda_of(alice)] == [f"Edited {done}"]


def test_edits_of_blocks_survive_a_kill_anywhere(stage, alice, monkeypatch):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for n in range(2):
        phone.add(home, event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}"))
    stage.connect(alice)
    stage.settle(alice)
    blocks = {block.link.opened_uid: block for block in Block.objects.all()}
    stage.clock.pass_(minutes=10)
    block_edits.edit(alice, blocks["u0"], {"title": "P0 here"}, now=stage.clock.now())
    block_edits.edit(alice, blocks["u1"], {"place": "Quay 7"}, now=stage.clock.now())
    retitle(stage, alice, "Home", "P1", "P1 there")
    stage.clock.pass_(minutes=1)
    assert sweep(stage, monkeypatch, alice) > 15


def test_a_block_that_was_made_again_is_a_block_after_a_new_connection_too(stage, alice):
    from integrations.services import disconnect

    href, block = one_block(stage, alice)
    edit(alice, {"title": "Still on"})
    stage.phone(alice).delete(href)
    stage.settle(alice)
    disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=True, world=stage.world)
    assert len(stage.texts(alice, "Home")) == 1
    stage.connect(alice)
    stage.settle(alice)
    assert [(row.kind, row.title) for row in agenda_of(alice)] == [("block", "Still on")]
