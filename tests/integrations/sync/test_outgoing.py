"""What goes out: names and texts as iCloud takes them, and never anything that would mail somebody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from agenda.services import activities
from tests.integrations.sync.stage import soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(stage, alice, bob):
    """Everything that Alice's calendar got: one meeting with a colleague, one over a whole day, a task."""
    stage.connect(alice, push_tasks=True, push_calls=True)
    start = soon()
    hour = timedelta(hours=1)
    activities.create(alice, "meeting", title="With Bob", start=start, end=start + hour, attendees=[alice, bob])
    day = start.date()
    activities.create(alice, "meeting", title="Fair", all_day=True, start_date=day, end_date=day + timedelta(days=1))
    activities.create(alice, "task", title="Offer", due=day, start=start, end=start + hour)
    stage.settle(alice)
    return stage.texts(alice, "Work")


def test_names_are_short_random_and_plain(stage, alice, texts):
    hrefs = stage.phone(alice).hrefs(stage.path(alice, "Work"))
    uids = re.findall(r"^UID:(.*)\r$", "".join(texts), re.M)
    assert len(set(uids)) == len(hrefs) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9-]{1,64}", uid) for uid in uids)
    assert {href.rpartition("/")[2] for href in hrefs} == {f"{uid}.ics" for uid in uids}


def test_every_event_has_an_end_and_nobody_is_invited(texts):
    for text in texts:
        assert re.search(r"^DTEND[:;]", text, re.M)
        for word in ("ATTENDEE", "ORGANIZER", "METHOD", "DURATION", "THISANDFUTURE"):
            assert word not in text
        assert re.search(r"^DTSTAMP:\d{8}T\d{6}Z\r$", text, re.M)
        assert "\r\n" in text and "\n" not in text.replace("\r\n", "")
        assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_every_zone_that_is_used_is_explained(texts):
    for text in texts:
        named = set(re.findall(r"TZID=([^:;]+)", text))
        assert named <= set(re.findall(r"^TZID:(.*)\r$", text, re.M))
