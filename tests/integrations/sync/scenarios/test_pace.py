"""A backlog goes out at iCloud's pace, never faster, and what was edited last overtakes it (B7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agenda.models import Activity
from agenda.services import activities
from integrations.gateway.limiter import Limiters
from tests.integrations.sync.scenarios.cloud import CloudStage, a_cloud_stage
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import outside

pytestmark = pytest.mark.django_db

EDITS = 200


@pytest.fixture
def stage(db: None) -> Iterator[CloudStage]:
    """iCloud with its real limits; who waits only moves the clock."""
    with a_cloud_stage() as stage:
        yield stage


def _keep_pace(stage: CloudStage, at: int, act: Callable[[], Any]) -> None:
    """Set the real limits, and let somebody act once while the request of this number, from now on, waits its turn."""
    clock, before, done = stage.icloud.clock, len(stage.sent()), list[bool]()

    def wait(seconds: float) -> None:
        clock.pass_(seconds)
        if len(stage.sent()) - before >= at and not done:
            done.append(True)
            outside(act)

    stage.habits, stage.limiters = {}, Limiters(clock, wait)
    timeless = stage.open
    stage.open = lambda *args, **more: timeless(*args, **more | {"deadline": None})  # type: ignore[method-assign]


def test_two_hundred_edits_go_out_at_the_limiters_pace_and_a_fresh_one_overtakes(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 2)
    stage.settle(alice)
    for n in range(EDITS):
        meeting(alice, f"Backlog {n}", 3 + n % 20)
    _keep_pace(stage, 60, lambda: activities.edit(alice, first, {"title": "Fresh"}))
    before, started = len(stage.sent()), stage.icloud.clock()
    outcomes = [stage.sync(alice).outcome for _run in range(3)]
    sent = stage.sent()[before:]
    puts = [one for one in sent if one.method == "PUT"]
    seconds = puts[-1].at - started
    minutes = [sum(one.at <= other.at < one.at + 60 for other in sent) for one in sent]
    [fresh] = [n for n, one in enumerate(sent) if one.method == "PUT" and one.if_match]
    allowed = (len(sent) - 20) / 2  # a burst of twenty, then two a second
    print(
        f"B7: {len(puts)} PUTs in {seconds:.0f} s of iCloud's time ({allowed / seconds:.0%} of the limiter's pace), "
        f"at most {max(minutes)} requests a minute; an edit made after request 60 was request {fresh + 1}"
    )
    assert outcomes[-1] == "ok" and len(puts) == EDITS + 1 and max(minutes) <= 240
    assert seconds <= allowed / 0.95 + 2 and fresh < 90
    assert Activity.objects.get(pk=first.pk).title == "Fresh"
