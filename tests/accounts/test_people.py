"""Companies and users: how they are made, and what the database refuses."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Company, User
from accounts.services import deactivate, make_company, make_user
from tests.factories import PASSWORD, TeamFactory

pytestmark = pytest.mark.django_db


def test_a_company_is_made_once_by_name():
    assert make_company("Blue Harbour") == make_company("Blue Harbour")
    assert make_company("blue harbour") != make_company("Blue Harbour")
    assert Company.objects.count() == 2


def test_each_user_gets_a_key_of_his_own(alice, bob):
    assert alice.data_key_id and alice.data_key_id != bob.data_key_id != alice.company.data_key_id


def test_an_address_is_stored_in_lower_case_and_found_however_it_is_typed(company):
    user = make_user(company=company, email=" Anna.Adams@Example.ORG ", password=PASSWORD)
    assert user.email == "anna.adams@example.org"
    assert User.objects.get_by_natural_key("ANNA.adams@example.org") == user


def test_an_address_is_taken_only_once(alice, mallory):
    with pytest.raises(ValidationError, match="already exists"):
        make_user(company=mallory.company, email="ALICE@example.org", password=PASSWORD)


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("short", False),
        ("elevenchars", False),
        ("passwordpassword", True),
        ("123456789012345", False),
        ("anna.adams@example.org", False),
        ("correct horse battery staple", True),
        ("twelve chars", True),
        ("x" * 12, True),
        ("é" * 64, True),
        ("a b c d e f g h i j k l m n o p q r s t u v w x y z " * 4, True),
    ],
)
def test_passwords_need_twelve_characters_and_nothing_else_but_sense(company, password, accepted):
    def make() -> User:
        return make_user(company=company, email="anna.adams@example.org", password=password)

    if accepted:
        assert make().check_password(password)
    else:
        with pytest.raises(ValidationError):
            make()
        assert not User.objects.exists()


def test_common_passwords_are_refused(company):
    with pytest.raises(ValidationError, match="too common"):
        make_user(company=company, email="anna@example.org", password="q1w2e3r4t5y6")


def test_an_unknown_zone_is_refused(company):
    with pytest.raises(ValidationError, match="time zone"):
        make_user(company=company, email="anna@example.org", password=PASSWORD, timezone="Mars/Olympus")


def test_a_user_knows_his_zone(alice):
    assert alice.zone == ZoneInfo("Europe/Brussels")


def test_an_operator_has_no_company_and_everybody_else_has_one(company):
    for role, where in (("operator", company), ("user", None), ("admin", None)):
        with pytest.raises(ValidationError):
            make_user(company=where, email="anna@example.org", password=PASSWORD, role=role)


def test_the_database_refuses_them_too(alice, otto):
    for change in (
        {"pk": alice.pk, "company": None},
        {"pk": alice.pk, "role": "operator"},
        {"pk": alice.pk, "role": "root"},
        {"pk": alice.pk, "email": "Alice@example.org"},
        {"pk": otto.pk, "role": "admin"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=change.pop("pk")).update(**change)


def test_only_the_operator_has_rights_in_the_panel(alice, carol, otto):
    assert [user.has_perm("accounts.view_user") for user in (alice, carol, otto)] == [False, False, True]
    assert [user.is_staff for user in (alice, carol, otto)] == [False, False, True]


def test_a_team_of_another_company_is_refused(alice, mallory):
    alice.team = TeamFactory.create(company=mallory.company)
    with pytest.raises(ValidationError, match="own company"):
        alice.full_clean()


def test_deactivating_ends_sessions_and_erases_the_password(client, alice, carol):
    client.force_login(alice)
    deactivate(alice, actor=carol)
    assert client.get("/profile/").status_code == 302
    assert authenticate(username=alice.email, password=PASSWORD) is None
    assert not User.objects.get(pk=alice.pk).has_usable_password()


def test_passwords_are_kept_as_argon2(settings, company):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = make_user(company=company, email="anna@example.org", password=PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password(PASSWORD)
