"""Who may see whose agenda."""

from __future__ import annotations

import pytest

from accounts.selectors import may_see_agenda, visible_owners
from tests.factories import TeamFactory, UserFactory


@pytest.fixture
def team(company, bob):
    """Bob leads; Alice and Dave are members; Carol (admin) and Erin are in no team."""
    return TeamFactory.create(company=company, name="Sales", leader=bob)


@pytest.fixture
def people(company, alice, bob, carol, team, mallory):
    dave = UserFactory.create(company=company, name="Dave")
    for member in (alice, dave):
        member.team = team
        member.save()
    return {
        "alice": alice,
        "bob": bob,
        "carol": carol,
        "dave": dave,
        "erin": UserFactory.create(company=company, name="Erin"),
    }


def names(viewer) -> list[str]:
    return [owner.name.split()[0].lower() for owner in visible_owners(viewer)]


def given(user, access: str):
    user.calendar_access = access
    user.save()
    return user


def test_by_default_everybody_of_the_company_is_visible_himself_first(people):
    assert names(people["erin"]) == ["erin", "alice", "bob", "carol", "dave"]


def test_own_shows_nobody_else(people):
    assert names(given(people["alice"], "own")) == ["alice"]


def test_team_shows_its_members_and_its_leader(people):
    assert names(given(people["alice"], "team")) == ["alice", "bob", "dave"]


def test_team_without_a_team_shows_nobody_else(people):
    assert names(given(people["erin"], "team")) == ["erin"]


def test_admins_see_all_whatever_their_setting(people):
    assert names(given(people["carol"], "own")) == ["carol", "alice", "bob", "dave", "erin"]


@pytest.mark.parametrize("access", ["team", "all"])
def test_a_leader_can_hide_from_his_team(people, access):
    people["bob"].leader_agenda_visible = False
    people["bob"].save()
    assert "bob" not in names(given(people["alice"], access))
    assert not may_see_agenda(people["alice"], people["bob"])
    assert "bob" in names(people["erin"])
    assert "bob" in names(people["carol"])
    assert names(people["bob"])[0] == "bob"


def test_another_company_sees_nothing(people, mallory):
    assert names(mallory) == ["mallory"]
    assert not may_see_agenda(mallory, people["alice"])
    assert not may_see_agenda(people["carol"], mallory)


def test_an_operator_has_no_agenda_to_see(people, otto):
    assert names(otto) == []
    assert not may_see_agenda(people["carol"], otto)


def test_who_is_deactivated_sees_and_shows_nothing(people):
    people["dave"].is_active = False
    people["dave"].save()
    assert "dave" not in names(people["carol"])
    assert names(people["dave"]) == []


def test_a_right_that_is_taken_away_is_gone_at_once(people):
    assert may_see_agenda(people["erin"], people["alice"])
    assert not may_see_agenda(given(people["erin"], "own"), people["alice"])
