"""How long the trash keeps what was deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agenda.models import Activity
from agenda.services import activities, trash
from tests.integrations.sync.stage import a_stage

pytestmark = pytest.mark.django_db


def a_meeting(user):
    start = datetime.now(UTC) + timedelta(days=1)
    return activities.create(user, "meeting", title="Kick-off", start=start, end=start + timedelta(hours=1))


def test_after_thirty_days_in_the_trash_an_activity_is_gone_for_good(alice):
    kept, dropped = a_meeting(alice), a_meeting(alice)
    activities.delete(alice, dropped)
    now = datetime.now(UTC)
    assert trash.purge(now + timedelta(days=29)) == 0
    assert trash.purge(now + timedelta(days=31)) == 1
    assert [one.pk for one in Activity.objects.all()] == [kept.pk]


def test_what_a_copy_in_a_calendar_still_hangs_on_waits(alice):
    with a_stage() as stage:
        stage.connect(alice)
        activities.delete(alice, a_meeting(alice))
        assert trash.purge(datetime.now(UTC) + timedelta(days=31)) == 0
        stage.settle(alice)
        assert trash.purge(datetime.now(UTC) + timedelta(days=31)) == 1
