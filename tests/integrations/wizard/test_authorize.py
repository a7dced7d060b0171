"""The authorize page: one request, one user, one session, ten minutes, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import Grant, Scope

from .walk import leads_to, page_of, request_in, signed_in

URL = "/integrations/authorize/"


def answer(client: Client, text: str, said: str = "authorize"):
    return client.post(URL, {"request": text, "answer": said})


def refused(response) -> bool:
    return response.status_code == 403 and "Start again" in page_of(response) and not Grant.objects.exists()


@pytest.fixture
def asked(icloud) -> str:
    """Return a request that Alice may answer."""
    return request_in(icloud.client.get(icloud.ask()))


def test_it_says_who_asks_whom_and_for_what_line_by_line(icloud):
    page = page_of(icloud.client.get(icloud.ask()))
    assert "Apple iCloud Calendar asks for your consent" in page
    assert "alice@example.org" in page
    for scope in Scope:
        assert f"<strong>{scope.label}</strong>" in page


def test_authorize_writes_the_consent_down_with_where_it_came_from(icloud, asked, alice):
    response = answer(icloud.client, asked)
    grant = Grant.objects.get()
    assert leads_to(response, "wizard_account", grant.pk)
    assert (grant.user, grant.entry, grant.granted_from) == (alice, "icloud", "127.0.0.1")
    assert set(grant.scopes) == {scope.value for scope in Scope}
    assert AuditEntry.objects.filter(action="grant.given", actor_id=alice.pk).count() == 1


def test_cancel_goes_back_to_the_card_and_stores_nothing(icloud, asked):
    response = answer(icloud.client, asked, "cancel")
    assert response.url == "/integrations/#icloud"
    assert not Grant.objects.exists()
    assert refused(answer(icloud.client, asked))


def test_a_request_is_answered_once(icloud, asked):
    assert answer(icloud.client, asked).status_code == 302
    replayed = answer(icloud.client, asked)
    assert replayed.status_code == 403
    assert Grant.objects.count() == 1


def test_the_database_admits_a_request_once_even_where_the_session_says_otherwise(icloud, asked):
    answer(icloud.client, asked)
    session = icloud.client.session
    session["asking"] = Grant.objects.get().pk.hex
    session.save()
    assert answer(icloud.client, asked).status_code == 403
    assert Grant.objects.count() == 1


def test_after_ten_minutes_it_is_over(icloud, asked, monkeypatch):
    monkeypatch.setattr("time.time", lambda: (timezone.now() + timedelta(minutes=10, seconds=1)).timestamp())
    assert refused(answer(icloud.client, asked))


def test_another_session_of_the_same_user_cannot_answer_it(asked, alice):
    assert refused(answer(signed_in(alice), asked))


@pytest.mark.parametrize("who", ["bob", "carol", "mallory"])
def test_nobody_else_can_answer_it(asked, request, who):
    assert refused(answer(signed_in(request.getfixturevalue(who)), asked))


def test_nobody_else_can_answer_it_with_the_nonce_in_his_own_session(icloud, asked, bob):
    client = signed_in(bob)
    session = client.session
    session["asking"] = icloud.client.session["asking"]
    session.save()
    assert refused(answer(client, asked))


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "a:b:c", signing.dumps(["icloud", "x", "y"], salt="another")],
    ids=["empty", "nonsense", "colons", "another salt"],
)
def test_an_altered_request_is_refused(icloud, text):
    assert refused(answer(icloud.client, text))
    assert icloud.client.get(URL, {"request": text}).status_code == 403


def test_a_second_add_voids_the_first(icloud, asked):
    icloud.ask()
    assert refused(answer(icloud.client, asked))


def test_a_form_from_another_site_is_refused(icloud, asked, alice):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = icloud.client.cookies
    assert answer(strict, asked).status_code == 403
    assert strict.post(reverse("ask", args=["icloud"])).status_code == 403
    assert not Grant.objects.exists()


def test_looking_at_it_allows_nothing(icloud):
    address = icloud.ask()
    icloud.client.get(address)
    icloud.client.head(address)
    assert not Grant.objects.exists()
    assert icloud.client.get(reverse("ask", args=["icloud"])).status_code == 405


def test_who_is_not_signed_in_is_asked_to(asked):
    response = Client().get(URL, {"request": asked})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_who_runs_the_server_has_no_marketplace(otto):
    client = signed_in(otto)
    assert client.get("/integrations/").status_code == 404
    assert client.post(reverse("ask", args=["icloud"])).status_code == 404


def test_an_unknown_entry_is_not_there(icloud):
    assert icloud.client.post(reverse("ask", args=["nothing"])).status_code == 404


def test_add_goes_on_where_something_is_half_way(icloud):
    grant = icloud.allow()
    response = icloud.client.post(reverse("ask", args=["icloud"]))
    assert leads_to(response, "wizard_account", grant.pk)
    assert Grant.objects.count() == 1
