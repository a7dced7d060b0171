"""Own items that come back, what was converted, and series made on a phone."""

from __future__ import annotations

import pytest

from agenda.models import Activity, Block, BlockSpan
from agenda.services import activities, convert, deletion
from integrations.models import Link
from integrations.services import disconnect
from integrations.sync.sentences import REPEATS
from tests.integrations.sync.scenarios.acts import fill
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_again import living, remove, shown
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def test_own_items_never_come_back_as_blocks_though_the_target_is_imported(stage, alice):
    stage.connect(alice, imports=("Home", "Work"))
    meeting(alice, "Kick-off", 3)
    stage.settle(alice)
    assert Block.objects.count() == 0
    connection = stage.connections[alice.pk]
    disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)
    stage.connect(alice, imports=("Home", "Work"))
    stage.settle(alice)
    assert Block.objects.count() == 0 and len(stage.texts(alice, "Work")) == 1
    assert stage.sync(alice).meter.requests == 1


@pytest.mark.parametrize("imports", [("Home",), ("Home", "Work")])
def test_removed_and_kept_then_added_again_writes_nothing_and_brings_all_back_once(stage, alice, bob, imports):
    living(stage, alice, imports=imports)
    before, writes = shown(alice), len(stage.writes())
    seen = [(row.kind, row.title) for row in agenda_of(alice, viewer=bob)]
    texts = stage.texts(alice, "Home") + stage.texts(alice, "Work")
    remove(stage, alice)
    assert {row.kind for row in agenda_of(alice)} == {"meeting"}
    stage.connect(alice, imports=imports)
    stage.settle(alice)
    assert shown(alice) == before and len(stage.writes()) == writes
    assert stage.texts(alice, "Home") + stage.texts(alice, "Work") == texts
    assert [(row.kind, row.title) for row in agenda_of(alice, viewer=bob)] == seen
    assert Activity.objects.count() == 4 and Block.objects.count() == 3
    assert stage.sync(alice).meter.requests == 1


def test_a_converted_block_stays_where_it_is_and_is_linked(stage, alice, bob):
    href = fill(stage, alice, 1)[0]
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    before = len(stage.writes())
    stage.settle(alice)
    assert len(stage.writes()) == before and Block.objects.count() == 0
    assert stage.texts(alice, "Work") == []
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["P0"]
    activities.edit(alice, made, {"title": "Shown to all"})
    stage.settle(alice)
    assert "SUMMARY:Shown to all" in stage.phone(alice).read(href)
    convert.make_private(alice, Activity.objects.get(pk=made.pk))
    stage.settle(alice)
    assert [row.title for row in agenda_of(alice, viewer=bob)] == ["Busy"]
    assert Block.objects.count() == 1 and href in stage.phone(alice).hrefs(stage.path(alice, "Home"))


def test_an_invitation_that_was_converted_stays_hidden_after_disconnecting_and_connecting_anew(stage, alice, bob):
    guests = f"ORGANIZER:mailto:boss@elsewhere.example\nATTENDEE:mailto:{alice.email}"
    stage.phone(alice).add(stage.path(alice, "Home"), event("invited", stamp(soon()), title="Invited", more=guests))
    stage.connect(alice)
    stage.settle(alice)
    convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    connection = stage.connections[alice.pk]
    disconnect.disconnect(connection, actor=alice, remove_remote=False, world=stage.world)
    stage.connect(alice)
    stage.settle(alice)
    assert [(row.kind, row.title) for row in agenda_of(alice)] == [("meeting", "Invited")]
    assert [row.kind for row in agenda_of(alice, viewer=bob)] == ["meeting"]
    assert len(stage.texts(alice, "Home")) == len(stage.texts(alice, "Work")) == 1
    assert stage.sync(alice).meter.requests == 1


def test_a_block_in_a_read_only_calendar_becomes_a_copy_in_the_target(stage, alice, bob):
    fill(stage, alice, 1)
    stage.makes_read_only(alice, "Home")
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    assert titles(stage, alice) == ["P0"] and len(stage.texts(alice, "Home")) == 1
    assert [(row.kind, row.title) for row in agenda_of(alice, viewer=bob)] == [("meeting", "P0")]
    convert.make_private(alice, made)
    stage.settle(alice)
    assert stage.texts(alice, "Work") == [] and [row.kind for row in agenda_of(alice)] == ["block"]


@pytest.mark.parametrize("also_remote", [False, True])
def test_deleting_what_was_converted_asks_and_does_as_answered(stage, alice, also_remote):
    [href] = fill(stage, alice, 1)
    stage.connect(alice)
    stage.settle(alice)
    made = convert.convert(alice, Block.objects.get(), "meeting")
    stage.settle(alice)
    stage.may_delete |= {href} if also_remote else set()
    deletion.delete_activity(alice, made, also_remote=also_remote)
    stage.settle(alice)
    assert len(stage.texts(alice, "Home")) == len(agenda_of(alice)) == (0 if also_remote else 1)
    assert [verb for verb, _etag in stage.writes()] == (["DELETE"] if also_remote else [])


def test_what_runs_over_days_or_repeats_cannot_be_converted_and_says_why(stage, alice):
    from agenda.services.refusals import Refused

    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("days", f"{soon(3):%Y%m%d}", f"{soon(6):%Y%m%d}", title="Fair"))
    phone.add(home, event("long", stamp(soon(3)), stamp(soon(5)), title="Trip"))
    phone.add(home, event("weekly", stamp(soon(3)), title="Choir", more="RRULE:FREQ=WEEKLY"))
    stage.connect(alice)
    stage.settle(alice)
    for block in Block.objects.all():
        with pytest.raises(Refused, match=r"\w+"):
            convert.convert(alice, block, "meeting")
    assert Block.objects.count() == 3 and stage.writes() == []


def test_a_pushed_meeting_made_to_repeat_on_the_phone_stays_its_first_occurrence(stage, alice, bob):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:", "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:"))
    stage.settle(alice)
    first.refresh_from_db()
    assert first.start == soon(3) and BlockSpan.objects.filter(activity=first).count() == 3
    before = len(stage.writes())
    activities.edit(alice, first, {"start": soon(3, 12), "end": soon(3, 13)})
    stage.settle(alice)
    assert len(stage.writes()) == before and Link.objects.get().reason == str(REPEATS)
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(alice)
    assert "SUMMARY:First 2" in phone.read(href) and "RRULE:FREQ=WEEKLY;COUNT=4" in phone.read(href)
    assert Link.objects.get().reason == str(REPEATS), "the time still waits"
    activities.edit(alice, first, {"start": soon(3), "end": soon(3, 10)})
    stage.settle(alice)
    assert Link.objects.get().reason == ""
    before = len(stage.writes())
    stage.settle(alice)
    assert len(stage.writes()) == before
