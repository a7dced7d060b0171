"""Explore: the shelf and its search."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.integrations.wizard.walk import page_of, signed_in

URL = "/integrations/"


def shelf(user, **query: str) -> str:
    return page_of(signed_in(user).get(URL, query))


def test_the_user_menu_leads_here(alice):
    assert f'href="{URL}">Integrations / Marketplace</a>' in page_of(signed_in(alice).get("/profile/"))


def test_who_runs_the_server_finds_no_such_entry(otto):
    assert "Integrations / Marketplace" not in page_of(signed_in(otto).get("/profile/"))


def test_all_entries_are_on_the_shelf(alice):
    page = shelf(alice)
    assert ">Apple iCloud Calendar</a>" in page
    assert ">Other CalDAV calendar</a>" in page


@pytest.mark.parametrize("words", ["apple", "APPLE iphone", "iCloud Calendar"])
def test_a_search_finds_by_name_and_pitch(alice, words):
    page = shelf(alice, q=words)
    assert ">Apple iCloud Calendar</a>" in page
    assert ">Other CalDAV calendar</a>" not in page


def test_a_search_that_finds_nothing_says_where_to_look(alice):
    page = shelf(alice, q="<b>Trello</b>")
    assert "Show all" in page
    assert 'value="<b>' not in signed_in(alice).get(URL, {"q": "<b>"}).content.decode()


def test_the_search_box_has_its_name(alice):
    assert '<label class="visually-hidden" for="search-integrations">Search integrations</label>' in shelf(alice)


def test_a_connected_entry_says_so_and_leads_to_manage(connection, alice, bob):
    assert "Connected" in shelf(alice)
    assert f'<a href="{reverse("connections")}">Other CalDAV calendar</a>' in shelf(alice)
    assert "Connected" not in shelf(bob)


def test_an_entry_tells_what_it_asks_for_before_it_is_added(alice):
    page = page_of(signed_in(alice).get(reverse("entry", args=["icloud"])))
    for words in ("ADD", "See your agenda", "Do so while you are away", "appear to others only as a grey"):
        assert words in page


def test_a_stand_in_for_the_provider_is_named(alice, settings):
    settings.HALFPAST_ICLOUD_URL = "http://127.0.0.1:5232/"
    shown = page_of(signed_in(alice).get(reverse("entry", args=["icloud"])))
    assert "never your own password" in shown and "127.0.0.1" not in shown


def test_an_unknown_entry_is_not_there(alice):
    assert signed_in(alice).get(reverse("entry", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("name", ["marketplace", "connections", "colleagues", "attention"])
def test_who_is_not_signed_in_is_asked_to(db, name):
    assert Client().get(reverse(name))["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ["marketplace", "connections", "colleagues", "attention"])
def test_who_runs_the_server_has_none_of_it(otto, name):
    assert signed_in(otto).get(reverse(name)).status_code == 404
