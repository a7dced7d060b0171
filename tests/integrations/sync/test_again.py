"""Removed and added again; dragged, split and duplicated on a phone: nothing is doubled, and nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from agenda.models import Activity, Block
from agenda.services import activities, convert
from integrations.models import Conflict, Link, OwnerAct
from integrations.services import disconnect
from notices.models import Notice
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.sync.test_choices import choose
from tests.integrations.sync.test_crash import meeting
from tests.integrations.sync.test_races import titles

pytestmark = pytest.mark.django_db


def remove(stage, user, *, remove_remote=False):
    connection = stage.connections[user.pk]
    return disconnect.disconnect(connection, actor=user, remove_remote=remove_remote, world=stage.world)


def living(stage, user, **more):
    """A connection with all that can be there: blocks, copies, a conversion, and copies that came from here."""
    phone, home = stage.phone(user), stage.path(user, "Home")
    for n in range(3):
        phone.add(home, event(f"u{n}", stamp(soon(n + 2)), title=f"P{n}", more="DESCRIPTION:Secret"))
    phone.add(home, event("w", stamp(soon(2, 14)), title="Weekly", more="RRULE:FREQ=WEEKLY;COUNT=4"))
    stage.connect(user, **more)
    stage.settle(user)
    converted = convert.convert(user, Block.objects.filter(recurring=False)[0], "meeting", title="Shown")
    for n in range(3):
        meeting(user, f"M{n}", n + 5)
    stage.settle(user)
    return converted


def shown(user):
    return sorted((row.kind, row.title, row.notes) for row in agenda_of(user))


def test_removed_with_its_copies_and_added_again_pushes_them_once(stage, alice):
    living(stage, alice)
    before = shown(alice)
    assert remove(stage, alice, remove_remote=True) == 3
    assert stage.texts(alice, "Work") == [] and len(stage.texts(alice, "Home")) == 4
    stage.connect(alice)
    stage.settle(alice)
    assert shown(alice) == before and titles(stage, alice) == ["M0", "M1", "M2"]
    assert len(stage.texts(alice, "Home")) == 4 and stage.sync(alice).meter.requests == 1


def test_a_converted_event_whose_calendar_is_not_chosen_again_gets_no_second_copy(stage, alice):
    converted = living(stage, alice)
    remove(stage, alice)
    writes = len(stage.writes())
    stage.connect(alice, imports=())
    stage.settle(alice)
    activities.edit(alice, converted, {"location": "Quay 7"})
    stage.settle(alice)
    assert len(stage.writes()) == writes and titles(stage, alice) == ["M0", "M1", "M2"]
    link = Link.objects.get(activity=converted)
    assert link.owner_act == OwnerAct.ORIGINAL and "not chosen" in link.reason
    choose(stage, alice)
    stage.settle(alice)
    link.refresh_from_db()
    assert (link.owner_act, link.origin, link.calendar.name.reveal()) == ("", "theirs", "Home")
    assert len(stage.texts(alice, "Home")) == 4 and titles(stage, alice) == ["M0", "M1", "M2"]
    activities.edit(alice, converted, {"location": "Quay 8"})
    stage.settle(alice)
    assert sum("LOCATION:Quay 8" in text for text in stage.texts(alice, "Home")) == 1


def test_private_words_of_a_converted_event_stay_private_after_a_new_connection(stage, alice, bob):
    converted = living(stage, alice)
    uid = Link.objects.get(activity=converted).opened_uid
    remove(stage, alice)
    stage.clock.pass_(minutes=5)
    phone = stage.phone(alice)
    [href] = [one for one in phone.hrefs(stage.path(alice, "Home")) if f"UID:{uid}" in phone.read(one)]
    late = stamp(stage.clock.now())
    phone.edit(
        href, phone.read(href).replace("DESCRIPTION:Secret", f"DESCRIPTION:Secret, worse\r\nLAST-MODIFIED:{late}")
    )
    text = phone.read(href)
    stage.connect(alice)
    stage.settle(alice)
    converted.refresh_from_db()
    assert (converted.title, converted.description) == ("Shown", "")
    assert phone.read(href) == text
    assert not any("Secret" in row.notes for row in agenda_of(alice, viewer=bob))


@pytest.mark.parametrize("account_wide", [False, True])
def test_a_pushed_meeting_dragged_to_another_calendar_and_back_is_followed(stage, alice, account_wide):
    stage.server.habits.account_wide_uids = account_wide
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    phone = stage.phone(alice)
    for calendar in ("Home", "Work"):
        href = phone.move(Link.objects.get().href.reveal(), stage.path(alice, calendar))
        writes = len(stage.writes())
        stage.settle(alice)
        assert Link.objects.get().href.reveal() == href and len(stage.writes()) == writes
        activities.edit(alice, first, {"title": f"In {calendar}"})
        stage.settle(alice)
        assert f"SUMMARY:In {calendar}" in phone.read(href)
    assert Block.objects.count() == 0 and Activity.objects.get().deleted_at is None


def test_this_and_future_split_on_the_phone_loses_nothing(stage, alice):
    stage.connect(alice, imports=("Home", "Work"))
    meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SEQUENCE:", "RRULE:FREQ=WEEKLY;COUNT=6\r\nSEQUENCE:"))
    stage.settle(alice)
    assert len(agenda_of(alice)) == 6
    writes, uid = len(stage.writes()), Link.objects.get().opened_uid
    later = soon(3) + timedelta(weeks=3)
    until = stamp(later - timedelta(seconds=1))
    phone.edit(href, phone.read(href).replace("FREQ=WEEKLY;COUNT=6", f"FREQ=WEEKLY;UNTIL={until}"))
    more = f"RRULE:FREQ=WEEKLY;COUNT=3\nRELATED-TO;RELTYPE=X-CALENDARSERVER-RECURRENCE-SET:{uid}"
    phone.add(stage.path(alice, "Work"), event("rest", stamp(later + timedelta(hours=1)), title="First", more=more))
    stage.settle(alice)
    rows = sorted((row.start, row.kind) for row in agenda_of(alice))
    assert [kind for _start, kind in rows] == ["meeting"] * 3 + ["block"] * 3
    assert len(stage.writes()) == writes and len(stage.texts(alice, "Work")) == 2
    assert stage.sync(alice).meter.requests == 1


def test_a_series_on_the_phone_that_is_single_again_is_one_meeting(stage, alice):
    stage.connect(alice)
    first = meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SEQUENCE:", "RRULE:FREQ=DAILY;COUNT=3\r\nSEQUENCE:"))
    stage.settle(alice)
    activities.edit(alice, first, {"location": "Quay 7"})
    stage.settle(alice)
    assert "RRULE:FREQ=DAILY;COUNT=3" in phone.read(href) and "LOCATION:Quay 7" in phone.read(href)
    phone.edit(href, phone.read(href).replace("RRULE:FREQ=DAILY;COUNT=3\r\n", ""))
    stage.settle(alice)
    assert len(agenda_of(alice)) == 1 and Activity.objects.get().title == "First"


def test_a_duplicate_made_on_the_phone_is_an_event_of_its_own(stage, alice):
    stage.connect(alice, imports=("Home", "Work"))
    meeting(alice, "First", 3)
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    text = re.sub("UID:[^\r]*", "UID:duplicate", phone.read(href))
    copy = phone.add(stage.path(alice, "Work"), text, "duplicate")
    writes = len(stage.writes())
    stage.settle(alice)
    assert sorted(row.kind for row in agenda_of(alice)) == ["block", "meeting"]
    phone.edit(copy, phone.read(copy).replace("SUMMARY:First", "SUMMARY:Copy"))
    stage.settle(alice)
    assert Activity.objects.get().title == "First"
    phone.delete(copy)
    stage.settle(alice)
    assert Activity.objects.get().deleted_at is None and len(stage.writes()) == writes
    assert titles(stage, alice) == ["First"]


def test_what_is_private_again_leaves_no_lost_version_and_no_notice_with_a_colleague(stage, alice, bob):
    stage.phone(alice).add(stage.path(alice, "Home"), event("u", stamp(soon(3)), title="Therapy"))
    stage.connect(alice)
    stage.connect(bob)
    stage.settle(alice, bob)
    made = convert.convert(alice, Block.objects.get(owner=alice), "meeting")
    made = activities.edit(alice, made, {"attendees": [alice, bob]})
    stage.settle(alice, bob)
    phone, href = stage.phone(bob), stage.the_href(bob, "Work")
    activities.edit(alice, made, {"title": "Therapy at nine"})
    phone.edit(href, phone.read(href).replace("SUMMARY:Therapy", "SUMMARY:Therapy, no"))
    stage.settle(bob, alice)
    assert Conflict.objects.filter(connection__user=bob).exists()
    assert Notice.objects.filter(recipient=bob, kind="conflict").exists()
    convert.make_private(alice, Activity.objects.get(pk=made.pk))
    stage.settle(alice, bob)
    assert not Conflict.objects.filter(connection__user=bob).exists()
    assert not Notice.objects.filter(recipient=bob).exists()
