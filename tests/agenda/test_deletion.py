"""Deleting what also stands in somebody's own calendar."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import User
from agenda.models import Activity, Block
from agenda.services import activities, deletion
from agenda.services.convert import convert
from agenda.services.refusals import Refused
from agenda.visibility import open_block
from tests.agenda.drafts import SECRETS, block, weekly
from tests.agenda.fakes import FakeSync


@pytest.fixture
def converted(alice: User, sync: FakeSync) -> Activity:
    made = convert(alice, block(alice), "meeting")
    sync.in_place = {made.pk}
    return made


def test_an_admin_deletes_it_here_and_the_owner_keeps_her_event(
    alice: User, carol: User, converted: Activity, sync: FakeSync
) -> None:
    private = deletion.delete_activity(carol, converted, also_remote=False)
    assert private and private.owner == alice and open_block(alice, private).title == SECRETS[0]
    assert open_block(carol, private).title == "Busy"
    assert not Activity.objects.exists() and sync.marked == []


def test_only_the_owner_deletes_the_event_itself(alice: User, carol: User, converted: Activity, sync: FakeSync) -> None:
    with pytest.raises(Refused):
        deletion.delete_activity(carol, converted, also_remote=True)
    assert deletion.delete_activity(alice, converted, also_remote=True) is None
    assert sync.marked == [converted] and Activity.objects.get().deleted_at


def test_a_colleague_deletes_nothing(bob: User, converted: Activity) -> None:
    for also_remote in (True, False):
        with pytest.raises(Refused):
            deletion.delete_activity(bob, converted, also_remote=also_remote)
    assert not Block.objects.exists()


def test_what_was_planned_here_goes_to_the_trash_and_its_copies_with_it(alice: User, sync: FakeSync) -> None:
    start, end = datetime(2026, 11, 24, 10), datetime(2026, 11, 24, 11)
    meeting = activities.create(alice, "meeting", title="Kick-off", start=start, end=end)
    assert deletion.delete_activity(alice, meeting, also_remote=True) is None
    assert sync.marked == [] and Activity.objects.get().deleted_at


def test_a_private_event_is_deleted_by_its_owner_and_one_at_a_time(alice: User, carol: User, sync: FakeSync) -> None:
    single = block(alice)
    with pytest.raises(Refused):
        deletion.delete_block(carol, single)
    with pytest.raises(Refused, match="repeats"):
        deletion.delete_block(alice, weekly(alice))
    deletion.delete_block(alice, single)
    assert sync.marked == [single]
