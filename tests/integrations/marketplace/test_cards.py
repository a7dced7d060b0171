"""The sync card on each thing, the count on the sync's symbol, a run in words: what an owner can read of his sync."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agenda.models import Activity, Block
from agenda.services import activities
from integrations.models import HeldPlan, Link, Run
from integrations.selectors import cards, status
from integrations.services import answers
from tests.integrations.sync.stage import Stage, event, soon, stamp
from tests.integrations.wizard.walk import page_of, signed_in

GUESTS = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE;CN=Guest:mailto:guest@example.net\r\nEND:VEVENT"


@pytest.fixture
def meeting(connection, stage: Stage, alice, bob) -> Activity:
    return activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10), attendees=[alice, bob])


@pytest.fixture
def block(connection, stage: Stage, alice) -> Block:
    stage.phone(alice).add(stage.path(alice, "Home"), event("e", stamp(soon(3)), title="Therapy"))
    stage.settle(alice)
    return Block.objects.get()


def shown(user, thing) -> str:
    name = "block" if isinstance(thing, Block) else "activity"
    return page_of(signed_in(user).get(reverse(name, args=[thing.pk])))


def test_a_card_tells_where_a_meeting_stands_and_where_its_last_change_was_made(meeting, stage, alice):
    assert "waits to be written there" in shown(alice, meeting)
    stage.settle(alice)
    page = shown(alice, meeting)
    assert "calendar <strong>Work</strong>" in page
    assert "agreed just now" in page
    assert "last change came from Halfpast" in page
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("SUMMARY:Kick-off", "SUMMARY:Moved"))
    stage.settle(alice)
    assert "last change came from your calendar" in shown(alice, meeting)


def test_a_private_event_has_its_card_too(block, alice):
    page = shown(alice, block)
    assert "calendar <strong>Home</strong>" in page
    assert "last change came from your calendar" in page


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_nobody_else_sees_an_owners_card(meeting, stage, alice, who, request):
    stage.settle(alice)
    other = request.getfixturevalue(who)
    assert list(cards.cards(other, meeting)) == []
    assert "Work" not in shown(other, meeting)
    assert "Work" not in repr(cards.cards(alice, meeting))


@pytest.fixture
def stuck(meeting, stage: Stage, alice) -> Link:
    stage.settle(alice)
    Link.objects.update(reason="Your calendar's server does not accept this event.", failures=1)
    return Link.objects.get(activity=meeting)


def test_what_is_stuck_says_why_and_can_be_tried_again(stuck, meeting, stage, alice):
    assert "does not accept this event" in shown(alice, meeting)
    assert reverse("link_again", args=[stuck.pk]) in shown(alice, meeting)
    answer = signed_in(alice).post(reverse("link_again", args=[stuck.pk]), {"back": "/agenda/?view=list"})
    assert answer["Location"] == "/agenda/?view=list"
    stage.settle(alice)
    assert [card.state for card in cards.cards(alice, meeting)] == ["linked"]


def test_a_second_try_of_what_is_in_step_does_nothing(stuck, alice):
    assert answers.try_again(stuck, alice)
    assert not answers.try_again(stuck, alice)


@pytest.mark.parametrize("who", ["bob", "carol", "mallory", "otto"])
def test_nobody_else_tries_it_again(stuck, who, request):
    other = signed_in(request.getfixturevalue(who))
    assert other.post(reverse("link_again", args=[stuck.pk])).status_code == 404
    assert Link.objects.get(pk=stuck.pk).reason


def test_a_question_about_guests_leads_to_its_answer(meeting, stage, alice):
    stage.settle(alice)
    phone, href = stage.phone(alice), stage.the_href(alice, "Work")
    phone.edit(href, phone.read(href).replace("END:VEVENT", GUESTS))
    stage.settle(alice)
    activities.edit(alice, meeting, {"start": soon(2, 14)})
    stage.sync(alice)
    [card] = cards.cards(alice, meeting)
    assert (card.state, card.attention_url) == ("stuck", f"{reverse('attention')}#waiting")


# --- the count


def waits(user) -> int:
    return sum(one.waits for one in status.connections(user))


def test_the_symbol_counts_what_waits_and_leads_there(stuck, alice, bob):
    assert waits(alice) == 1
    page = page_of(signed_in(alice).get(reverse("agenda")))
    assert "1 needs your attention" in page
    assert f'href="{reverse("attention")}"' in page
    assert "needs your attention" not in page_of(signed_in(bob).get(reverse("agenda")))


def test_a_held_wave_counts_as_one(block, stage, alice):
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    for number in range(10):
        phone.add(home, event(f"e{number}", stamp(soon(4 + number)), title=f"Therapy {number}"))
    stage.settle(alice)
    assert waits(alice) == 0
    for href in phone.hrefs(home):
        phone.delete(href)
    stage.sync(alice)
    assert HeldPlan.objects.count() == 1
    assert waits(alice) == 1


# --- one page for all of it


def test_the_trash_is_restored_from_the_same_page(meeting, stage, alice, bob):
    stage.settle(alice)
    activities.delete(alice, meeting)
    page = page_of(signed_in(alice).get(reverse("attention")))
    assert "In the trash" in page
    assert reverse("restoration", args=[meeting.pk]) in page
    assert "Kick-off" not in page_of(signed_in(bob).get(reverse("attention")))


# --- a run in words


def test_the_history_says_in_words_what_each_run_did(block, meeting, stage, connection, alice):
    stage.settle(alice)
    page = page_of(signed_in(alice).get(reverse("connection_runs", args=[connection.pk])))
    assert "1 event came in." in page
    assert "1 was written there." in page
    assert "Nothing had changed." in page


def test_a_run_that_failed_does_not_say_that_nothing_had_changed(connection, stage, alice):
    stage.account(alice).locked = True
    stage.sync(alice)
    assert Run.objects.count() == 1
    page = page_of(signed_in(alice).get(reverse("connection_runs", args=[connection.pk])))
    assert "Nothing had changed." not in page
    assert "The server refused this user name and password." in page
