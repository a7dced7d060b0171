"""The wizard asks for an address, and for nothing that a calendar by link does not have."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from integrations.models import Connection, Scope
from integrations.services.runs import sync_connection
from tests.integrations.gateway.feeds import SECRET, FeedFile, inside
from tests.integrations.gateway.puppet import Act, answer, hang_up
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.wizard.walk import Walk, leads_to, page_of


@pytest.fixture
def walk(feed: FeedFile, alice: User) -> Walk:
    return Walk(alice, "feed")


def connected(walk: Walk, feed: FeedFile) -> Connection:
    grant = walk.allow()
    assert leads_to(walk.account(grant, server=feed.url), "wizard_calendars", grant.pk)
    connection = Connection.objects.get()
    assert leads_to(walk.choose(connection, "none", "Holidays"), "wizard_first_sync", grant.pk)
    return connection


def test_it_asks_to_read_and_never_to_write(walk: Walk) -> None:
    page = page_of(walk.client.get(walk.ask()))
    assert str(Scope.WRITE_AGENDA.label) in page and str(Scope.OFFLINE.label) in page
    assert str(Scope.WRITE_CALENDAR.label) not in page and str(Scope.READ_AGENDA.label) not in page
    assert "Nothing is written to the calendar" in page
    assert set(walk.allow().scopes) == {"write_agenda", "offline"}


def test_it_is_asked_with_its_own_words_and_says_where_the_address_is_found(walk: Walk) -> None:
    page = walk.page("wizard_account", walk.allow().pk)
    for words in ("Calendar address", "Test credentials", "Secret address in iCal format", "Outlook", "Fetching the"):
        assert words in page
    assert "User name" not in page and 'name="password"' not in page and "Signing in" not in page


def test_from_the_address_to_blocks_in_the_agenda(walk: Walk, feed: FeedFile, alice: User) -> None:
    feed.put(feed.path, event("one", stamp(soon()), title="Therapy"))
    connection = connected(walk, feed)
    sync_connection(connection.pk)
    assert [row.title for row in agenda_of(alice)] == ["Therapy"]
    arrived = page_of(walk.client.get(reverse("wizard_arrival", args=[connection.grant_id]), follow=True))
    assert "Calendar by link is connected: 1 event came in." in arrived


def test_the_choice_has_no_target_and_the_calendar_is_ticked(walk: Walk, feed: FeedFile) -> None:
    grant = walk.allow()
    walk.account(grant, server=feed.url)
    page = walk.page("wizard_calendars", grant.pk)
    assert "Holidays" in page and "127.0.0.1" in page
    assert "Push meetings to" not in page and "Push tasks" not in page
    assert "checked" in page
    assert SECRET not in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(404), "nothing at this address"),
        (answer(403), "does not give the calendar to those who have this address"),
        (answer(200, "<html>"), "is not a calendar"),
        (answer(429), "asks us to wait"),
        (hang_up, "did not answer"),
        (answer(302, "", "Location: https://10.0.0.1/"), "private network"),
    ],
    ids=["404", "403", "html", "429", "silence", "private"],
)
def test_each_failure_has_its_own_next_step_and_stores_nothing(
    walk: Walk, feed: FeedFile, said: bytes | Act, words: str
) -> None:
    feed.turns = [said] * 3
    page = page_of(walk.account(walk.allow(), server=feed.url))
    assert words in page and "Nothing was stored" in page
    assert SECRET not in page
    assert not Connection.objects.exists()


def test_the_address_is_not_shown_again_on_the_way_back_nor_under_manage(walk: Walk, feed: FeedFile) -> None:
    connection = connected(walk, feed)
    pages = [walk.page("connections"), walk.page("connection_removal", connection.pk), walk.page("marketplace")]
    assert "127.0.0.1" in pages[0] and "Pushes to" not in pages[0]
    assert "The address is erased here." in pages[1]
    assert all(SECRET not in page for page in pages)


def test_back_from_the_choice_the_address_is_asked_for_again(walk: Walk, feed: FeedFile) -> None:
    grant = walk.allow()
    walk.account(grant, server=feed.url)
    assert SECRET not in walk.page("wizard_account", grant.pk)
    feed.put(feed.path, inside(event("x", stamp(soon()))) + "END:VCALENDAR")
    assert leads_to(walk.account(grant, server=feed.url), "wizard_calendars", grant.pk)
    assert Connection.objects.count() == 1
