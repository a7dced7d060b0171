"""The profile."""

from __future__ import annotations

import pytest

from accounts import ports
from accounts.models import AuditEntry, User
from tests.factories import TeamFactory

SAID = {"name": "Alice A.", "timezone": "America/New_York", "language": "en"}


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
    page.post("/profile/", {"name": alice.name, "timezone": alice.timezone, "language": "en"})
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


def test_a_name_is_inert_on_the_page(page, alice):
    page.post("/profile/", {**SAID, "name": "<script>alert(1)</script>"})
    assert b"<script>alert" not in page.get("/profile/").content
