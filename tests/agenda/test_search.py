"""Finding things by their words, and what nobody may find."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from agenda.models import Activity
from agenda.selectors import search
from agenda.services import activities, blocks
from agenda.services.contacts import find_or_make
from tests.agenda.drafts import SECRETS, block, draft, weekly, zoned
from tests.agenda.fakes import FakeSync

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)


def meeting(actor: User, title: str = "Kick-off", day: int = 24, **fields: Any) -> Activity:
    start = datetime(2026, 11, day, 10)
    return activities.create(actor, "meeting", title=title, start=start, end=start + timedelta(hours=1), **fields)


def titles(viewer: User, text: str) -> list[str]:
    return [hit.row.title for hit in search(viewer, text, now=NOW).hits]


def test_things_are_found_by_title_place_and_customer(alice: User) -> None:
    meeting(alice, location="Haute 4", customer=find_or_make(alice, "Bakery Peeters"))
    activities.create(alice, "call", customer=find_or_make(alice, "Garage Willems"), start=datetime(2026, 11, 24, 9))
    assert titles(alice, "kick") == titles(alice, "HAUTE") == titles(alice, "peeters off") == ["Kick-off"]
    assert titles(alice, "willems") == ["Call with Garage Willems"]
    assert titles(alice, "kick willems") == titles(alice, "nothing of the kind") == titles(alice, "k") == []


def test_alice_finds_her_private_events_by_title_and_place(alice: User) -> None:
    block(alice)
    (hit,) = search(alice, "oncolog", now=NOW).hits
    assert (hit.row.kind, hit.row.place, hit.day, hit.who) == ("block", SECRETS[1], date(2026, 11, 24), "")
    assert titles(alice, "cachée") == [SECRETS[0]]


@pytest.mark.parametrize("secret", [*SECRETS, "busy"])
def test_nobody_else_finds_a_private_event_by_anything_it_says(
    alice: User, bob: User, carol: User, mallory: User, otto: User, secret: str
) -> None:
    block(alice)
    weekly(alice)
    for other in (bob, carol, mallory, otto):
        assert titles(other, secret) == []


def test_colleagues_find_what_they_may_see_and_whose_it_is(alice: User, bob: User, carol: User, mallory: User) -> None:
    meeting(alice)
    (hit,) = search(bob, "kick", now=NOW).hits
    assert hit.who == "Alice Anders" and not hit.row.mine
    assert titles(carol, "kick") == ["Kick-off"] and titles(mallory, "kick") == []
    bob.calendar_access = "own"
    bob.save()
    assert titles(bob, "kick") == []


def test_what_is_deleted_is_not_found_and_what_waits_for_a_time_is(alice: User) -> None:
    activities.delete(alice, meeting(alice))
    activities.create(alice, "task", title="Kick the habit", due=date(2026, 11, 30))
    (hit,) = search(alice, "kick", now=NOW).hits
    assert hit.row.title == "Kick the habit" and hit.day is None


def test_the_nearest_comes_first_and_the_past_last(alice: User) -> None:
    for day in (20, 23, 24, 26, 30):
        meeting(alice, f"Stand-up {day}", day)
    activities.create(alice, "meeting", title="Stand-up today", start=date(2026, 11, 24), end=date(2026, 11, 25))
    assert titles(alice, "stand") == [f"Stand-up {day}" for day in ("today", 24, 26, 30, 23, 20)]


def test_a_series_is_found_once_at_its_nearest_time_and_by_its_own_words_too(alice: User) -> None:
    weekly(alice)
    (hit,) = search(alice, "oncologist", now=NOW).hits
    assert hit.day == date(2026, 11, 23)
    (other,) = search(alice, "second opinion", now=NOW).hits
    assert other.day == date(2026, 11, 30)


def test_a_thousand_events_cost_no_more_queries_than_one(alice: User, django_assert_num_queries: Any) -> None:
    blocks.create_many([draft(alice, zoned("2026-11-24T10:00", "2026-11-24T11:00")) for _ in range(1000)])
    for _ in range(30):
        meeting(alice)
    alice = User.objects.get(pk=alice.pk)
    with django_assert_num_queries(3):
        found = search(alice, "oncologist", now=NOW)
    assert len(found.hits) == 20 and found.more


def test_a_deactivated_viewer_finds_nothing(alice: User) -> None:
    block(alice)
    meeting(alice)
    alice.is_active = False
    assert titles(alice, "kick") == titles(alice, SECRETS[0]) == []


def test_the_page_leads_to_what_it_found(alice: User, bob: User, sync: FakeSync) -> None:
    start = datetime.now(UTC) + timedelta(days=1)
    made = activities.create(alice, "meeting", title="Kick-off", start=start, end=start + timedelta(hours=1))
    private = block(alice, zoned(f"{start:%Y-%m-%d}T10:00", f"{start:%Y-%m-%d}T11:00"))
    client = Client()
    client.force_login(alice)
    shown = client.get("/agenda/search/?q=kick").content.decode()
    assert f"/agenda/activities/{made.pk}/?back=" in shown and SECRETS[0] not in shown
    shown = client.get("/agenda/search/?q=onco", headers={"HX-Request": "true"}).content.decode()
    assert f"/agenda/blocks/{private.pk}/?back=" in shown and "<html" not in shown
    assert "Nothing found for “zebra”" in client.get("/agenda/search/?q=zebra").content.decode()
    client.force_login(bob)
    shown = client.get("/agenda/search/?q=onco").content.decode()
    assert SECRETS[0] not in shown and "Nothing found" in shown and "Alice" not in shown.split("<main")[1]


@pytest.mark.parametrize(
    ("title", "text"), [("École Ducale", "École"), ("Übung am See", "Übung"), ("Straße 4", "Straße")]
)
def test_a_title_is_found_by_the_very_letters_it_is_written_with(alice: User, title: str, text: str) -> None:
    meeting(alice, title)
    assert titles(alice, text) == [title]


def test_a_meeting_with_somebody_whose_agenda_one_may_not_see_leads_to_ones_own(alice: User, bob: User) -> None:
    meeting(alice, attendees=[alice, bob])
    bob.calendar_access = "own"
    bob.save()
    (hit,) = search(bob, "kick", now=NOW).hits
    assert hit.row.mine and hit.who == "Alice Anders"
    client = Client()
    client.force_login(bob)
    shown = client.get("/agenda/search/?q=kick").content.decode()
    assert f"of={alice.pk}" not in shown and str(alice.pk) not in shown
