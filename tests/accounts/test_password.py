"""Changing the password."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from accounts.models import AuditEntry
from accounts.services import guard
from tests.factories import PASSWORD

URL = "/profile/password/"
NEW = "another long phrase"


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return client


def test_it_changes_and_every_other_session_ends(page, alice):
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert page.post(URL, {"old": PASSWORD, "new": NEW}).status_code == 302
    assert authenticate(username=alice.email, password=NEW) == alice
    assert page.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert AuditEntry.objects.filter(action="password.changed", actor_id=alice.pk).count() == 1


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", NEW), (PASSWORD, "short"), ("", NEW), (PASSWORD, "alice@example.org")]
)
def test_a_wrong_or_weak_one_changes_nothing(page, alice, old, new):
    assert page.post(URL, {"old": old, "new": new}).status_code == 200
    assert authenticate(username=alice.email, password=PASSWORD) == alice


def test_guessing_through_an_open_session_is_braked(page, alice):
    for n in range(guard.PER_ACCOUNT):
        page.post(URL, {"old": f"wrong {n}", "new": NEW})
    answer = page.post(URL, {"old": PASSWORD, "new": NEW})
    assert b"Too many attempts" in answer.content
    assert authenticate(username=alice.email, password=PASSWORD) == alice


def test_the_operators_panel_leads_to_the_same_page(client, otto):
    client.force_login(otto)
    assert client.get("/admin/password_change/")["Location"] == URL
