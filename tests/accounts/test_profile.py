"""The profile."""

from __future__ import annotations

import pytest

from accounts import ports
from accounts.models import AuditEntry, User
from tests.factories import TeamFactory

SAID = {"name": "Alice A.", "timezone": "America/New_York", "single_keys": "on"}


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return client


def test_what_is_said_is_saved_and_recorded_by_field_name(page, alice):
    assert page.post("/profile/", SAID).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.timezone) == ("Alice A.", "America/New_York")
    entry = AuditEntry.objects.get(action="profile.changed")
    assert entry.details == {"fields": ["name", "timezone"]}


def test_saving_without_a_change_records_nothing(page, alice):
    page.post("/profile/", {**SAID, "name": alice.name, "timezone": alice.timezone})
    assert not AuditEntry.objects.filter(action="profile.changed").exists()


def test_a_new_zone_is_told_and_a_new_name_is_not(page, alice, monkeypatch):
    told: list[User] = []
    monkeypatch.setattr(ports, "_on_zone_change", [told.append])
    page.post("/profile/", {**SAID, "timezone": alice.timezone})
    assert told == []
    page.post("/profile/", SAID)
    assert told == [alice]


def test_an_unknown_zone_is_refused(page, alice):
    assert page.post("/profile/", {**SAID, "timezone": "Mars/Olympus"}).status_code == 200
    alice.refresh_from_db()
    assert alice.timezone == "Europe/Brussels"


def test_further_fields_are_ignored(page, alice, mallory):
    page.post("/profile/", {**SAID, "role": "admin", "company": mallory.company_id, "email": "x@example.org"})
    before = (alice.role, alice.company_id, alice.email)
    alice.refresh_from_db()
    assert (alice.role, alice.company_id, alice.email) == before


def test_the_switch_of_a_leader_is_offered_to_leaders_alone(page, alice):
    assert "Team members can see" not in page.get("/profile/").content.decode()
    page.post("/profile/", SAID)
    alice.refresh_from_db()
    assert alice.leader_agenda_visible
    TeamFactory.create(company=alice.company, leader=alice)
    assert "Team members can see" in page.get("/profile/").content.decode()
    page.post("/profile/", SAID)
    alice.refresh_from_db()
    assert not alice.leader_agenda_visible


def test_a_language_is_offered_once_there_is_another(page, settings):
    assert "Language" not in page.get("/profile/").content.decode()
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
    assert "Nederlands" in page.get("/profile/").content.decode()


def test_single_letters_are_switched_off_on_every_page(page):
    assert "data-keys" not in page.get("/profile/").content.decode()
    page.post("/profile/", {name: value for name, value in SAID.items() if name != "single_keys"})
    assert 'data-keys="off"' in page.get("/agenda/").content.decode()


def test_a_theme_is_chosen_from_the_menu_and_kept(page, alice):
    assert "data-theme=" not in page.get("/profile/").content.decode()
    answer = page.post("/profile/theme/", {"theme": "dark", "back": "/agenda/?view=day"})
    assert answer.headers["Location"] == "/agenda/?view=day"
    assert 'data-theme="dark"' in page.get("/profile/").content.decode()
    assert page.post("/profile/theme/", {"theme": "light"}, headers={"HX-Request": "true"}).status_code == 204
    for wrong in ({"theme": "puce"}, {}):
        assert page.post("/profile/theme/", wrong).status_code == 400
    alice.refresh_from_db()
    assert alice.theme == "light"
    assert page.post("/profile/theme/", {"theme": "dark", "back": "//evil.example/"}).headers["Location"] == "/"
    assert page.post("/profile/theme/", {"theme": "dark", "back": "nowhere"}).status_code == 302
    assert page.get("/profile/theme/").status_code == 405


def test_a_name_is_inert_on_the_page(page, alice):
    page.post("/profile/", {**SAID, "name": "<script>alert(1)</script>"})
    assert b"<script>alert" not in page.get("/profile/").content
