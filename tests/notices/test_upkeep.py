"""Reminders while nothing was done, and the end of what is past its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notices import selectors
from notices.models import Notice, OutgoingMail
from notices.services import mark_read, resolve, tell, upkeep

ONE_DAY = timedelta(days=1)


@pytest.fixture
def notice(alice, kind) -> Notice:
    told = tell(alice, kind, subject="a-row", facts={"title": "It", "at": timezone.now()}, mail=True)
    assert told
    return told


def subjects() -> list[str]:
    return [one.opened.subject for one in OutgoingMail.objects.order_by("created_at")]


def test_reminders_come_on_days_1_3_7_and_14_and_then_no_more(notice, alice):
    days = []
    for hours in range(0, 24 * 40, 6):
        if upkeep.remind(notice.created_at + timedelta(hours=hours)):
            days.append(hours / 24)
    assert days == [1, 3, 7, 14]
    assert subjects()[1:] == ["Reminder: “It” is broken"] * 4


def test_a_reminder_makes_the_notice_unread_anew(notice, alice):
    mark_read(alice)
    upkeep.remind(notice.created_at + ONE_DAY)
    assert selectors.unread(alice) == 1
    assert Notice.objects.count() == 1


def test_two_beats_at_once_remind_once(notice):
    late = list(Notice.objects.select_related("recipient"))
    assert upkeep.remind(notice.created_at + ONE_DAY) == 1
    assert not upkeep._remind(late[0], notice.created_at + ONE_DAY)
    assert len(subjects()) == 2


def test_after_a_long_pause_one_reminder_stands_for_those_that_were_missed(notice):
    assert upkeep.remind(notice.created_at + timedelta(days=8)) == 1
    assert upkeep.remind(notice.created_at + timedelta(days=9)) == 0
    assert upkeep.remind(notice.created_at + timedelta(days=14)) == 1


def test_what_is_settled_is_not_reminded_of(notice, alice, kind):
    resolve(alice, kind, "a-row")
    assert upkeep.remind(notice.created_at + timedelta(days=30)) == 0


def test_old_notices_and_sent_mails_go_and_unsent_ones_stay(notice, alice):
    mail = OutgoingMail.objects.get()
    later = notice.created_at + timedelta(days=100)
    upkeep.purge(later)
    assert Notice.objects.exists(), "it is still so, and reminded of"
    assert OutgoingMail.objects.exists()
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    Notice.objects.update(closed_at=timezone.now())
    upkeep.purge(later)
    assert not Notice.objects.exists()
    assert not OutgoingMail.objects.exists()
