"""Too much at once waits for its owner, stays so until he answers, and lets everything else go on (I6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert
from integrations.models import HeldPlan, Link
from integrations.services import disconnect, held
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

pytestmark = pytest.mark.django_db


def fill(stage, user, count, calendar="Home", start=0, name="uid"):
    phone = stage.phone(user)
    return [
        phone.add(stage.path(user, calendar), event(f"{name}-{n}", stamp(soon(2 + n % 20, 8 + n % 10)), title=f"P{n}"))
        for n in range(start, start + count)
    ]


def shift(stage, user, hrefs, hours=1):
    """Move events as a phone with a wrong zone would."""
    phone = stage.phone(user)
    for n, href in enumerate(hrefs):
        old, new = soon(2 + n % 20, 8 + n % 10), soon(2 + n % 20, 8 + n % 10) + timedelta(hours=hours)
        text = phone.read(href).replace(f"DTEND:{stamp(old + timedelta(hours=1))}", "DTEND:END")
        text = text.replace(f"DTSTART:{stamp(old)}", f"DTSTART:{stamp(new)}")
        phone.edit(href, text.replace("DTEND:END", f"DTEND:{stamp(new + timedelta(hours=1))}"))


def starts(user):
    return sorted(row.start for row in agenda_of(user))


def test_a_listing_that_lost_everything_stays_held_until_it_is_answered(stage, alice):
    hrefs = fill(stage, alice, 3)
    stage.connect(alice)
    stage.settle(alice)
    for href in hrefs:
        stage.phone(alice).delete(href)
    stage.server.forget_tokens()
    for _run in range(3):
        assert stage.sync(alice).outcome == "held"
        stage.clock.pass_(hours=13)
    assert Block.objects.count() == 3
    held.apply(HeldPlan.objects.get(closed_at=None), alice)
    stage.sync(alice)
    assert Block.objects.count() == 0
    assert HeldPlan.objects.get().closed_at is not None


def test_deletions_are_added_up_over_24_hours(stage, alice):
    hrefs = fill(stage, alice, 20)
    stage.connect(alice)
    stage.settle(alice)
    phone = stage.phone(alice)
    for href in hrefs[:4]:
        phone.delete(href)
    assert stage.sync(alice).tally.local_deleted == 4
    for href in hrefs[4:6]:
        phone.delete(href)
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, report.tally.local_deleted) == ("held", 2, 0)
    stage.clock.pass_(hours=25)
    assert stage.sync(alice).tally.held == 2, "what is held waits for an answer, however long"
    phone.delete(hrefs[6])
    assert stage.sync(alice).tally.local_deleted == 1


def test_held_items_that_come_back_leave_the_plan_and_it_closes(stage, alice):
    hrefs = fill(stage, alice, 10)
    stage.connect(alice)
    stage.settle(alice)
    phone = stage.phone(alice)
    texts = {href: phone.read(href) for href in hrefs}
    for href in hrefs[:6]:
        phone.delete(href)
    assert stage.sync(alice).tally.held == 6
    for href in hrefs[:6]:
        phone.add(stage.path(alice, "Home"), texts[href])
    report = stage.sync(alice)
    assert (report.outcome, report.tally.held, report.tally.local_deleted) == ("ok", 0, 0)
    assert HeldPlan.objects.get().closed_at is not None and Block.objects.count() == 10
    assert not Link.objects.exclude(reason="").exists()
    assert stage.sync(alice).meter.requests == 1


def test_a_wave_of_moves_is_put_back_in_the_calendar(stage, alice):
    hrefs = fill(stage, alice, 8)
    stage.connect(alice)
    made = [
        activities.create(
            alice, "meeting", title=f"M{n}", start=soon(2 + n, 8 + n), end=soon(2 + n, 8 + n) + timedelta(hours=1)
        )
        for n in range(8)
    ]
    stage.settle(alice)
    before, texts = starts(alice), stage.texts(alice, "Home")
    shift(stage, alice, hrefs)
    phone = stage.phone(alice)
    phone.edit(hrefs[0], phone.read(hrefs[0]).replace("SUMMARY:P0", "SUMMARY:Renamed too"))
    for one in made:
        [href] = [h for h in phone.hrefs(stage.path(alice, "Work")) if f"SUMMARY:{one.title}\r" in phone.read(h)]
        text = phone.read(href)
        lines = [line for line in text.split("\r\n") if not line.startswith(("DTSTART", "DTEND"))]
        at = lines.index(next(line for line in lines if line.startswith("UID")))
        later = one.start + timedelta(hours=3) if one.start else soon()
        lines[at:at] = [f"DTSTART:{stamp(later)}", f"DTEND:{stamp(later + timedelta(hours=1))}"]
        phone.edit(href, "\r\n".join(lines))
    assert stage.sync(alice).tally.held == 16
    for plan in HeldPlan.objects.filter(closed_at=None):
        assert plan.reason == "moves"
        held.put_back(plan, alice)
    report = stage.sync(alice)
    assert (report.tally.remote_updated, report.tally.held) == (16, 0)
    stage.settle(alice)
    assert starts(alice) == before
    assert sorted(line for text in texts for line in text.split("\r\n") if line.startswith("DTSTART")) == sorted(
        line for text in stage.texts(alice, "Home") for line in text.split("\r\n") if line.startswith("DTSTART")
    )
    assert "Renamed too" in [row.title for row in agenda_of(alice)]
    assert HeldPlan.objects.filter(closed_at=None).count() == 0
    assert stage.sync(alice).meter.requests == 1


def test_a_series_that_disappeared_in_a_wave_is_put_back_whole(stage, alice):
    hrefs = fill(stage, alice, 6)
    phone = stage.phone(alice)
    hrefs.append(phone.add(stage.path(alice, "Home"), event("s", stamp(soon(1)), more="RRULE:FREQ=WEEKLY;COUNT=5")))
    stage.connect(alice)
    stage.settle(alice)
    for href in hrefs:
        phone.delete(href)
    assert stage.sync(alice).tally.held == 7
    held.put_back(HeldPlan.objects.get(closed_at=None), alice)
    stage.settle(alice)
    texts = stage.texts(alice, "Home")
    assert len(texts) == 7 and sum("RRULE:FREQ=WEEKLY;COUNT=5" in text for text in texts) == 1
    assert Block.objects.count() == 7 and Block.objects.get(recurring=True).spans.count() == 5


def test_a_held_item_may_be_converted_or_go_with_its_connection(stage, alice):
    hrefs = fill(stage, alice, 10)
    stage.connect(alice)
    stage.settle(alice)
    for href in hrefs[:6]:
        stage.phone(alice).delete(href)
    assert stage.sync(alice).tally.held == 6
    block = Block.objects.exclude(link__held=None).earliest("pk")
    meeting = convert.convert(alice, block, "meeting")
    assert stage.sync(alice).tally.held == 6
    assert Activity.objects.get(pk=meeting.pk).deleted_at is None
    disconnect.disconnect(stage.connections[alice.pk], actor=alice, remove_remote=False, world=stage.world)
    assert Block.objects.count() == 0 and HeldPlan.objects.count() == 0


def test_what_somebody_deletes_here_is_never_held(stage, alice, bob):
    stage.connect(bob)
    made = [
        activities.create(alice, "meeting", title=f"M{n}", start=soon(3, n), end=soon(3, n + 1), attendees=[alice, bob])
        for n in range(9)
    ]
    stage.settle(bob)
    for one in made:
        activities.delete(alice, one)
    report = stage.sync(bob)
    assert (report.outcome, report.tally.remote_deleted) == ("ok", 9)


def test_a_wave_of_deletions_on_alices_phone_does_not_sweep_bobs_calendar(stage, alice, bob):
    stage.connect(alice)
    stage.connect(bob)
    for n in range(9):
        activities.create(alice, "meeting", title=f"M{n}", start=soon(3, n), end=soon(3, n + 1), attendees=[alice, bob])
    stage.settle(alice, bob)
    for href in stage.phone(alice).hrefs(stage.path(alice, "Work")):
        stage.phone(alice).delete(href)
    assert stage.sync(alice).tally.held == 9
    held.apply(HeldPlan.objects.get(closed_at=None), alice)
    assert stage.sync(alice).tally.local_deleted == 9
    report = stage.sync(bob)
    assert (report.outcome, report.tally.held, len(stage.texts(bob, "Work"))) == ("held", 9, 9)
    held.apply(HeldPlan.objects.get(closed_at=None, connection__user=bob), bob)
    assert stage.sync(bob).tally.remote_deleted == 9
