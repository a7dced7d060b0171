"""Choosing calendars, and the start of the sync."""

from __future__ import annotations

import pytest
from django.urls import reverse

from integrations.gateway.errors import Rejected
from integrations.models import Connection, Scope
from integrations.wizard.forms import ChoiceForm

from .walk import Walk, leads_to, page_of


@pytest.fixture
def connection(icloud: Walk) -> Connection:
    return icloud.set_up()


@pytest.fixture
def rich(icloud: Walk, stage, alice) -> Connection:
    """Return a set-up whose account has a shared and a read-only calendar too."""
    account = stage.account(alice)
    stage.server.add_calendar(account, "Family", shared=True)
    stage.server.add_calendar(account, "Holidays", writable=False)
    return icloud.set_up()


def fresh(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def test_one_target_two_imports_and_both_switches_are_stored_and_the_sync_is_rung(icloud, connection):
    response = icloud.choose(connection, "Work", "Home", "Work", push_tasks="on", push_calls="on")
    assert leads_to(response, "wizard_first_sync", connection.grant_id)
    started = fresh(connection)
    assert (started.state, started.push_tasks, started.push_calls) == ("active", True, True)
    assert started.push_to and started.push_to.name.reveal() == "Work"
    assert started.calendars.filter(imported=True).count() == 2
    assert started.ring_seq == 1


def test_the_controls_carry_their_fixed_names(icloud, connection):
    page = icloud.page("wizard_calendars", connection.grant_id)
    assert 'role="radiogroup" aria-labelledby="push-to"' in page
    assert '<legend id="push-to">Push meetings to</legend>' in page
    assert '<legend id="imports">Import from</legend>' in page
    assert page.count('role="switch"') == 2
    assert "Start syncing" in page


def test_what_is_read_only_cannot_be_a_target_and_says_why(icloud, rich):
    page = icloud.page("wizard_calendars", rich.grant_id)
    assert "Read-only: nothing can be written to it." in page
    response = icloud.choose(rich, "Holidays", "Home")
    assert response.status_code == 200
    assert fresh(rich).state == "setup"


def test_a_shared_calendar_carries_a_warning(icloud, rich):
    assert "Others who share it will see your meetings" in icloud.page("wizard_calendars", rich.grant_id)


def test_a_shared_calendar_that_is_read_only_says_that_alone(icloud, rich):
    rich.calendars.filter(shared=True).update(writable=False)
    assert "Others who share it" not in icloud.page("wizard_calendars", rich.grant_id)


def test_at_first_a_calendar_of_our_name_is_suggested_and_the_owners_own_are_ticked(rich):
    form = ChoiceForm(connection=rich)
    assert [option.name for option in form.targets if option.checked] == ["A new calendar “Halfpast”"]
    assert [option.name for option in form.sources if option.checked] == ["Home", "Work"]


def test_where_a_calendar_of_our_name_is_there_it_is_the_suggestion(icloud, stage, alice):
    stage.server.add_calendar(stage.account(alice), "Halfpast")
    form = ChoiceForm(connection=icloud.set_up())
    assert form.targets[0].name == "Halfpast" and form.targets[0].checked
    assert not form.offers_new
    assert "Halfpast" not in [option.name for option in form.sources if option.checked]


def test_a_new_calendar_is_made_in_the_account_and_becomes_the_target(icloud, connection, stage, alice):
    icloud.choose(connection, "new", "Home")
    target = fresh(connection).push_to
    assert target and target.name.reveal() == "Halfpast"
    assert stage.account(alice).calendars[target.path.reveal()].name == "Halfpast"


def test_where_no_calendar_can_be_made_nothing_starts_and_another_can_be_chosen(icloud, connection, stage):
    stage.server.faults.set("MKCALENDAR", Rejected("no"))
    page = page_of(icloud.choose(connection, "new", "Home"))
    assert "could not be made" in page
    assert fresh(connection).state == "setup"
    assert leads_to(icloud.choose(connection, "Work", "Home"), "wizard_first_sync", connection.grant_id)


@pytest.mark.parametrize(("push_to", "said"), [("none", "at least one to import from"), ("", "Choose where")])
def test_a_choice_of_nothing_is_refused(icloud, connection, push_to, said):
    assert said in page_of(icloud.choose(connection, push_to))
    assert fresh(connection).state == "setup"


def test_import_alone_is_a_choice(icloud, connection):
    icloud.choose(connection, "none", "Home")
    assert fresh(connection).push_to is None
    assert fresh(connection).state == "active"


def test_without_leave_to_write_it_is_import_only(connection):
    connection.grant.scopes = [Scope.READ_AGENDA, Scope.WRITE_AGENDA, Scope.OFFLINE]
    form = ChoiceForm(connection=connection)
    assert [option.name for option in form.targets if not option.barrier] == ["Do not push"]


def test_a_calendar_of_somebody_else_cannot_be_chosen(icloud, connection, stage, bob):
    stage.account(bob)
    other = Walk(bob)
    theirs = Connection.objects.get(pk=_set_up(other, "bob@example.org").pk).calendars.all()
    form = {"push_to": str(theirs[0].pk), "imports": [str(theirs[1].pk)]}
    response = icloud.client.post(reverse("wizard_calendars", args=[connection.grant_id]), form)
    assert response.status_code == 200
    assert fresh(connection).state == "setup"


def _set_up(walk: Walk, username: str) -> Connection:
    grant = walk.allow()
    walk.account(grant, username=username)
    return Connection.objects.get(grant=grant)
