"""The one-time set-up link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Company, SetupLink, User
from accounts.services.setup import FirstAdmin, SetupClosed, make_setup_token, set_up
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

SAID = {
    "company": "Blue Harbour",
    "name": "Carol Claes",
    "email": "Carol@example.org",
    "password": PASSWORD,
    "timezone": "Europe/Brussels",
}


def test_it_makes_the_company_and_its_admin_and_signs_him_in(client):
    url = f"/setup/{make_setup_token()}/"
    assert client.get(url).status_code == 200
    assert client.post(url, SAID)["Location"] == "/"
    carol = User.objects.get(company__name="Blue Harbour")
    assert (carol.email, carol.role) == ("carol@example.org", "admin")
    assert carol.timezone == "Europe/Brussels"
    assert client.get("/profile/").status_code == 200
    assert AuditEntry.objects.filter(action="setup.done", actor_id=carol.pk).exists()


def test_it_works_once(client):
    url = f"/setup/{make_setup_token()}/"
    client.post(url, SAID)
    User.objects.all()._raw_delete("default")
    assert client.get(url).status_code == 404
    assert client.post(url, SAID).status_code == 404


def test_a_second_link_closes_with_the_first():
    one, two = make_setup_token(), make_setup_token()
    set_up(one, FirstAdmin("Blue Harbour", "Carol", "carol@example.org", PASSWORD))
    with pytest.raises(SetupClosed):
        set_up(two, FirstAdmin("Red Cliff", "Mallory", "mallory@example.org", PASSWORD))
    assert Company.objects.count() == 1


def test_it_ends_after_a_day(client):
    url = f"/setup/{make_setup_token()}/"
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(url).status_code == 404


def test_there_is_none_once_somebody_exists(client, alice):
    with pytest.raises(SetupClosed):
        make_setup_token()


def test_a_link_made_before_the_first_user_is_shut_by_him(client, company):
    from tests.factories import UserFactory

    url = f"/setup/{make_setup_token()}/"
    UserFactory.create(company=company)
    assert client.get(url).status_code == 404
    assert client.post(url, SAID).status_code == 404


def test_an_invented_link_is_nothing(client):
    assert client.get("/setup/invented/").status_code == 404


def test_a_weak_password_leaves_the_link_usable(client):
    url = f"/setup/{make_setup_token()}/"
    answer = client.post(url, {**SAID, "password": "short"})
    assert b"at least 12 characters" in answer.content
    assert not User.objects.exists() and not Company.objects.exists()
    assert client.post(url, SAID).status_code == 302


def test_the_database_does_not_hold_the_token():
    token = make_setup_token()
    assert token not in str(SetupLink.objects.values())


def test_the_page_tells_its_address_to_nobody(client):
    answer = client.get(f"/setup/{make_setup_token()}/")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]
