"""What stands around an agenda: the small month, filters, people, what is to be planned, and ways without scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from agenda.ports import CalendarMark, ConnectionStatus
from agenda.services import activities
from tests.agenda.drafts import person
from tests.agenda.fakes import FakeSync
from tests.agenda.test_pages import as_

BY_SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def calendars(sync: FakeSync) -> FakeSync:
    at = datetime.now(UTC) - timedelta(minutes=2)
    sync.connected = [ConnectionStatus(uuid4(), "Apple iCloud Calendar", "active", at, None, "", False, "3 new")]
    sync.imported = [CalendarMark(uuid4(), "Therapy", "#1badf8", "Apple iCloud Calendar")]
    return sync


def shown(viewer: User, address: str, **headers: str) -> str:
    answer = as_(viewer).get(address, headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_only_the_owner_sees_which_calendars_are_connected(alice: User, bob: User, calendars: FakeSync) -> None:
    assert "Therapy" in shown(alice, "/agenda/") and "#1badf8" in shown(alice, "/agenda/?view=list")
    for view in ("week", "list"):
        assert "Therapy" not in shown(alice, f"/agenda/?view={view}&of={bob.pk}")
    assert "Therapy" not in shown(bob, f"/agenda/more/?of={alice.pk}")


def test_the_sync_says_what_came_and_leads_to_its_health(alice: User, calendars: FakeSync) -> None:
    page = shown(alice, "/agenda/?view=list")
    assert '<a href="/manage/"><time' in page and "3 new" in page


def test_people_are_those_whose_agenda_may_be_seen(alice: User, bob: User, mallory: User) -> None:
    page = shown(alice, "/agenda/?view=month&date=2026-11-24")
    assert f"/agenda/?view=month&amp;date=2026-11-24&amp;of={bob.pk}" in page and "Mallory" not in page
    assert "Agenda of <strong>Bob Baert" in shown(alice, f"/agenda/?of={bob.pk}")
    alice.calendar_access = "own"
    alice.save()
    assert "Bob" not in shown(alice, "/agenda/")


@pytest.mark.parametrize(
    ("month", "heading", "first", "last"),
    [
        ("2026-11-24", "November 2026", "2026-10-26", "2026-12-06"),
        ("2026-02-10", "February 2026", "2026-01-26", "2026-03-08"),
        ("nonsense", "November 2026", "2026-10-26", "2026-12-06"),
    ],
)
def test_the_small_month_shows_six_whole_weeks(alice: User, month: str, heading: str, first: str, last: str) -> None:
    page = shown(alice, f"/agenda/month/?view=week&date=2026-11-24&month={month}", **BY_SCRIPT)
    assert heading in page and page.count("data-day=") == 42
    assert f'data-day="{first}"' in page and f'data-day="{last}"' in page and "<html" not in page


def test_the_small_month_marks_what_the_agenda_shows(alice: User) -> None:
    for view, count in (("day", 1), ("week", 7), ("month", 30)):
        page = shown(alice, f"/agenda/month/?view={view}&date=2026-11-24")
        assert page.count('class="is-shown"') == count, view


def test_the_small_month_is_of_nobody_one_may_not_see(alice: User, mallory: User) -> None:
    assert as_(alice).get(f"/agenda/month/?of={mallory.pk}").status_code == 404
    assert as_(alice).get(f"/agenda/more/?of={mallory.pk}").status_code == 404


def test_a_phone_finds_what_is_to_be_planned_on_a_page_too(alice: User, bob: User) -> None:
    activities.create(alice, "task", title="Offer", due=date(2026, 11, 24))
    assert "Offer" in shown(alice, "/agenda/to-plan/") and "<html" in shown(alice, "/agenda/to-plan/")
    assert "<html" not in shown(alice, "/agenda/to-plan/", **BY_SCRIPT)
    assert "Offer" not in shown(bob, "/agenda/to-plan/")


def test_without_scripts_a_message_is_read_before_the_list_is_shown(alice: User) -> None:
    client = as_(alice)
    due = {"title": "Offer", "due": "2026-11-27", "owner": str(alice.pk), "attendees": [str(alice.pk)], "priority": "B"}
    answer = client.post("/agenda/new/task/", due, follow=True)
    told = answer.content.decode()
    assert "Planned." in told and "Show the agenda as a list" in told and 'http-equiv="refresh"' not in told
    assert 'http-equiv="refresh"' in client.get("/agenda/").content.decode()


def test_a_hundred_colleagues_and_calendars_cost_no_more_queries_than_one(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(100):
        person(alice)
    client = as_(alice)
    client.get("/agenda/")
    with django_assert_max_num_queries(13):
        page = client.get("/agenda/").content.decode()
    assert page.count("data-of=") > 100 and "Find a colleague" in page
