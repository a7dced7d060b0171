"""The operator's panel."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import authenticate

from accounts.models import AuditEntry, Company, User
from tests.factories import PASSWORD
from vault.fields import SealedField


@pytest.fixture
def panel(client, otto):
    client.force_login(otto)
    return client


def test_visitors_are_led_to_the_one_sign_in_page(client, db):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/?next=/admin/")


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_nobody_but_the_operator_enters(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


@pytest.mark.parametrize("page", ["", "accounts/user/", "accounts/team/", "accounts/company/", "accounts/auditentry/"])
def test_the_pages_open(panel, alice, page):
    assert panel.get(f"/admin/{page}").status_code == 200


def test_a_company_and_a_user_are_made_here(panel):
    panel.post("/admin/accounts/company/add/", {"name": "Blue Harbour"})
    company = Company.objects.get(name="Blue Harbour")
    said = {
        "email": "Dave@example.org",
        "name": "Dave",
        "company": company.pk,
        "role": "user",
        "calendar_access": "all",
        "leader_agenda_visible": "on",
        "timezone": "Europe/Brussels",
        "new_password": PASSWORD,
    }
    assert panel.post("/admin/accounts/user/add/", said).status_code == 302
    dave = User.objects.get(email="dave@example.org")
    assert dave.data_key_id and company.data_key_id
    assert authenticate(username="dave@example.org", password=PASSWORD) == dave
    assert AuditEntry.objects.filter(action="user.created", target=str(dave.pk)).exists()


def test_a_new_user_needs_a_password(panel, company):
    answer = panel.post("/admin/accounts/user/add/", {"email": "d@example.org", "company": company.pk, "role": "user"})
    assert answer.status_code == 200
    assert "new_password" in answer.context["adminform"].form.errors


def test_an_operator_with_a_company_is_refused_with_a_sentence(panel, alice):
    said = {
        "email": alice.email,
        "name": "A",
        "company": alice.company_id,
        "role": "operator",
        "calendar_access": "all",
    }
    answer = panel.post(f"/admin/accounts/user/{alice.pk}/change/", {**said, "timezone": "UTC"})
    assert "An operator has no company" in answer.content.decode()


def test_a_user_page_shows_no_password_and_no_key(panel, alice):
    page = panel.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert alice.password not in page
    assert str(alice.data_key_id) not in page


def test_deactivating_by_action(panel, alice, otto):
    ids = [str(alice.pk), str(otto.pk)]
    panel.post("/admin/accounts/user/", {"action": "deactivate_users", "_selected_action": ids})
    assert not User.objects.get(pk=alice.pk).is_active
    assert User.objects.get(pk=otto.pk).is_active


def test_users_and_companies_are_not_deleted_here(panel, alice):
    assert panel.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert panel.post(f"/admin/accounts/company/{alice.company_id}/delete/", {"post": "yes"}).status_code == 403


def test_the_audit_trail_is_read_only_here(panel, alice):
    entry = AuditEntry.objects.latest("id")
    assert panel.get(f"/admin/accounts/auditentry/{entry.pk}/change/").status_code == 200
    assert panel.post(f"/admin/accounts/auditentry/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert panel.get("/admin/accounts/auditentry/add/").status_code == 403


def test_no_block_and_no_sealed_field_is_shown(panel, otto, rf):
    request = rf.get("/")
    request.user = otto
    for model, shown in admin.site._registry.items():
        assert model.__name__ not in {"Block", "BlockSpan", "DataKey"}
        sealed = {field.name for field in model._meta.get_fields() if isinstance(field, SealedField)}
        assert not sealed & {*shown.get_fields(request), *map(str, shown.get_list_display(request))}
