"""An owner edits his private event while a run has it in hand: the last word is his, here and in his calendar (I3)."""

from __future__ import annotations

import pytest

from agenda.models import Block
from agenda.services import block_edits
from integrations.gateway.errors import OutcomeUnknown
from tests.integrations.sync.stage import agenda_of, soon, stamp
from tests.integrations.sync.test_block_edits import edit, late, one_block
from tests.integrations.sync.test_crash import recovers
from tests.integrations.sync.test_races import every_point

pytestmark = pytest.mark.django_db

AGAIN = [{"title": "Second"}, {"title": "Second", "place": "Quay 7"}, {"start": soon(4, 14), "end": soon(4, 15)}]


def same_on_both_sides(stage, user, href, changes):
    [row] = agenda_of(user)
    text = stage.phone(user).read(href)
    title = changes.get("title", "First")
    assert row.title == title and f"SUMMARY:{title}" in text
    if "place" in changes:
        assert row.place == changes["place"] and f"LOCATION:{changes['place']}" in text
    if "start" in changes:
        assert row.start == changes["start"] and f"DTSTART:{stamp(changes['start'])}" in text


@pytest.mark.parametrize("again", AGAIN)
def test_a_second_edit_during_the_push_of_the_first_goes_out_too(stage, alice, monkeypatch, again):
    href, block = one_block(stage, alice)
    edit(alice, {"title": "First"})
    act = lambda: edit(alice, again)  # noqa: E731
    every_point(stage, monkeypatch, alice, act, lambda: same_on_both_sides(stage, alice, href, again))


@pytest.mark.parametrize("again", AGAIN)
def test_a_second_edit_during_a_merge_is_not_overwritten(stage, alice, monkeypatch, again):
    href, block = one_block(stage, alice, more="DESCRIPTION:Old words")
    edit(alice, {"title": "First"})
    phone = stage.phone(alice)
    phone.edit(href, late(stage, phone.read(href).replace("Old words", "New words")))

    def check():
        same_on_both_sides(stage, alice, href, again)
        assert "DESCRIPTION:New words" in phone.read(href) and agenda_of(alice)[0].notes == "New words"

    every_point(stage, monkeypatch, alice, lambda: edit(alice, again), check)


def test_an_edit_during_a_change_from_the_phone_is_not_overwritten(stage, alice, monkeypatch):
    href, block = one_block(stage, alice, more="DESCRIPTION:Old words")
    phone = stage.phone(alice)
    phone.edit(href, late(stage, phone.read(href).replace("Old words", "New words")))

    def check():
        same_on_both_sides(stage, alice, href, {"title": "Mine"})
        assert "DESCRIPTION:New words" in phone.read(href)

    every_point(stage, monkeypatch, alice, lambda: edit(alice, {"title": "Mine"}), check)


@pytest.mark.parametrize("done", [True, False])
def test_an_edit_after_a_push_whose_answer_was_lost_goes_out_too(stage, alice, done):
    href, block = one_block(stage, alice)
    edit(alice, {"title": "First"})
    stage.server.faults.set("PUT", OutcomeUnknown("reset"), done=done)
    stage.sync(alice)
    stage.server.faults.clear()
    edit(alice, {"title": "Second"})
    stage.clock.pass_(minutes=3)
    assert recovers(stage, alice)
    same_on_both_sides(stage, alice, href, {"title": "Second"})


def test_an_edit_at_the_moment_of_drawing_is_not_overwritten(stage, alice, monkeypatch):
    """Between planning and doing other items take their time; a row that was loaded before an edit is not saved."""
    from integrations.sync import blending

    href, block = one_block(stage, alice, more="DESCRIPTION:Old words")
    edit(alice, {"title": "First"})
    phone = stage.phone(alice)
    phone.edit(href, late(stage, phone.read(href).replace("Old words", "New words")))
    blend, edits = blending.blend, iter(["Second"])

    def late_blend(session, link, action):
        for title in edits:
            block_edits.edit(alice, Block.objects.get(), {"title": title})
        blend(session, link, action)

    monkeypatch.setattr("integrations.sync.apply.blending.blend", late_blend)
    stage.settle(alice)
    same_on_both_sides(stage, alice, href, {"title": "Second"})
    assert "DESCRIPTION:New words" in phone.read(href)
