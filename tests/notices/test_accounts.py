"""What users are mailed about their own account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from notices.models import OutgoingMail
from notices.models.outgoing_mail import Letter
from tests.factories import PASSWORD

NEW = "another long phrase entirely"


def letters() -> list[Letter]:
    return [one.opened for one in OutgoingMail.objects.order_by("created_at")]


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_changed_password_is_mailed_to_its_owner_without_the_password(alice):
    client_of(alice).post(reverse("password"), {"old": PASSWORD, "new": NEW})
    [letter] = letters()
    assert letter.address == alice.email
    assert letter.subject == "Your password was changed"
    assert NEW not in letter.text + letter.html


def test_a_password_that_stays_is_not_told(alice):
    client_of(alice).post(reverse("password"), {"old": "wrong", "new": NEW})
    assert letters() == []


@pytest.fixture
def form(alice) -> dict[str, str]:
    said = {name: getattr(alice, name) for name in ("email", "name", "role", "calendar_access", "timezone")}
    return {**said, "company": str(alice.company_id), "team": "", "leader_agenda_visible": "on", "new_password": ""}


def changed_by_operator(alice, otto, form) -> None:
    answer = client_of(otto).post(reverse("admin:accounts_user_change", args=[alice.pk]), form)
    assert answer.status_code == 302, answer.content


def test_an_address_that_an_operator_changed_is_told_to_both_addresses(alice, otto, form):
    changed_by_operator(alice, otto, {**form, "email": "alice@new.example.org"})
    assert {one.address for one in letters()} == {"alice@example.org", "alice@new.example.org"}
    assert all("alice@new.example.org instead of alice@example.org" in one.text for one in letters())


def test_a_password_that_an_operator_set_is_told(alice, otto, form):
    changed_by_operator(alice, otto, {**form, "new_password": NEW})
    assert [one.subject for one in letters()] == ["Your password was changed"]
    assert NEW not in letters()[0].text


def test_other_changes_are_no_reason_for_mail(alice, otto, form):
    changed_by_operator(alice, otto, {**form, "name": "Alice A."})
    assert letters() == []
