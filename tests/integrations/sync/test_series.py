"""Series, cancelled and free events, times of all kinds, and a horizon that rolls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from agenda.models import Activity, Block, BlockSpan
from agenda.services import activities
from agenda.services import blocks as block_services
from integrations.models import Link
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_crash import href_of, meeting

pytestmark = pytest.mark.django_db


def add(stage, user, *args, **more):
    return stage.phone(user).add(stage.path(user, "Home"), event(*args, **more))


def test_a_series_changes_gets_an_override_and_goes(stage, alice):
    href = add(stage, alice, "s", stamp(soon(2)), more="RRULE:FREQ=WEEKLY;COUNT=5")
    stage.connect(alice)
    stage.settle(alice)
    assert BlockSpan.objects.count() == 5
    phone = stage.phone(alice)
    text = phone.read(href).replace("COUNT=5", "COUNT=8")
    third = soon(16)
    override = event("s", stamp(third + timedelta(hours=3)), title="Later", more=f"RECURRENCE-ID:{stamp(third)}")
    inner = override[override.index("BEGIN:VEVENT") : override.index("END:VCALENDAR")]
    phone.edit(href, text.replace("END:VCALENDAR", inner + "END:VCALENDAR"))
    stage.settle(alice)
    assert BlockSpan.objects.count() == 8
    assert [row.title for row in agenda_of(alice)].count("Later") == 1
    phone.edit(href, phone.read(href).replace("COUNT=8", f"COUNT=8\r\nEXDATE:{stamp(soon(9))}"))
    stage.settle(alice)
    assert BlockSpan.objects.count() == 7
    phone.delete(href)
    stage.settle(alice)
    assert BlockSpan.objects.count() == 0 and Link.objects.count() == 0


def test_the_horizon_rolls_over_a_meeting_made_to_repeat_on_the_phone_too(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:", "RRULE:FREQ=WEEKLY\r\nSUMMARY:"))
    stage.settle(alice)
    drawn = drawn_of(first)
    stage.clock.pass_(days=21)
    stage.settle(alice)
    weeks = [start - earlier for earlier, start in pairwise(drawn_of(first))]
    assert len(weeks) == len(drawn) + 2 and {pause.days for pause in weeks} <= {6, 7}  # wall time: an hour may differ
    assert soon(3) not in drawn_of(first), "the activity itself is its first time"
    stage.settle(alice)
    assert len(drawn_of(first)) == len(weeks) + 1


def drawn_of(activity: Activity) -> list[datetime]:
    """Return when the drawn times of an activity begin."""
    return list(BlockSpan.objects.filter(activity=activity).order_by("start").values_list("start", flat=True))


@pytest.mark.parametrize("more", ["", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=YEARLY;COUNT=3"])
def test_what_lies_beyond_the_horizon_comes_in_when_it_is_reached(stage, alice, more):
    start = soon(555)
    add(stage, alice, "far", stamp(start), title="Far", more=more)
    stage.connect(alice)
    stage.settle(alice)
    assert agenda_of(alice, days=2000) == []
    assert stage.sync(alice).meter.requests == 1
    stage.clock.pass_(days=10)
    stage.settle(alice)
    assert [row.start for row in agenda_of(alice, days=2000)] == [start]
    assert stage.sync(alice).meter.requests == 1


def test_a_rare_series_whose_next_time_is_years_away_is_not_forgotten(stage, alice):
    start = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=30)
    start = start.replace(day=min(start.day, 28))
    add(stage, alice, "rare", stamp(start), title="Rare", more="RRULE:FREQ=YEARLY;INTERVAL=3")
    stage.connect(alice)
    stage.settle(alice)
    assert agenda_of(alice, days=2000) == []
    stage.clock.pass_(days=600)
    stage.settle(alice)
    assert [row.start for row in agenda_of(alice, days=2000)] == [start.replace(year=start.year + 3)]


def test_something_far_ahead_that_is_gone_when_it_is_reached_is_forgotten(stage, alice):
    href = add(stage, alice, "far", stamp(soon(555)))
    stage.connect(alice)
    stage.settle(alice)
    stage.clock.pass_(days=10)
    calendar = stage.account(alice).calendars[stage.path(alice, "Home")]
    calendar.resources.pop(href)
    stage.settle(alice)
    assert stage.sync(alice).meter.requests == 1


def test_all_day_floating_and_zoned_times_stand_where_they_belong_when_the_zone_changes(stage, alice):
    day = soon(4).strftime("%Y%m%d")
    add(stage, alice, "day", day, (soon(5)).strftime("%Y%m%d"), title="Day")
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("float", stamp(soon(4)).rstrip("Z"), title="Float"))
    zoned = event("zone", stamp(soon(4)).rstrip("Z"), title="Zone")
    for name in ("DTSTART", "DTEND"):
        zoned = zoned.replace(f"{name}:", f"{name};TZID=America/New_York:")
    phone.add(home, zoned)
    stage.connect(alice)
    stage.settle(alice)
    before = {row.title: row.start for row in agenda_of(alice)}
    alice.timezone = "Asia/Tokyo"
    alice.save()
    block_services.recompute_spans(alice)
    stage.settle(alice)
    after = {row.title: row.start for row in agenda_of(alice)}
    assert after["Zone"] == before["Zone"]
    assert after["Float"] == soon(4) - timedelta(hours=9)
    assert Block.objects.count() == 3 and stage.writes() == []


def test_an_all_day_meeting_goes_out_and_comes_back_without_shifting(stage, alice):
    alice.timezone = "America/Los_Angeles"
    alice.save()
    stage.connect(alice)
    day = soon(4).date()
    made = activities.create(alice, "meeting", title="Fair", start=day, end=day + timedelta(days=1))
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in phone.read(href)
    phone.edit(href, phone.read(href).replace("SUMMARY:Fair", "SUMMARY:Fair 2"))
    stage.settle(alice)
    made.refresh_from_db()
    assert (made.start_date, made.title) == (day, "Fair 2")


def test_a_series_that_became_a_bomb_leaves_the_rest_alone(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), href_of(stage, alice, "Work", "First")
    phone.edit(href, phone.read(href).replace("SUMMARY:", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nSUMMARY:"))
    add(stage, alice, "u", stamp(soon(2)))
    report = stage.sync(alice)
    assert report.outcome == "ok" and Block.objects.count() == 1
    activities.edit(alice, first, {"title": "First 2"})
    stage.settle(alice)
    assert Activity.objects.get().title == "First 2"
