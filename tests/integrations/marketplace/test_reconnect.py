"""A refused password, and a new one: at most three calls, all data kept, everything made up for afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from agenda.models import Activity, Block
from agenda.services import activities
from integrations import grants
from integrations.models import Connection, Link, Outcome, ProviderAccount
from integrations.services.runs import DOUBT
from tests.integrations.sync.stage import PASSWORD, Stage, agenda_of, event, soon, stamp
from tests.integrations.wizard.walk import leads_to, page_of, signed_in

NEW = "qrst-uvwx-yzab-cdef"


def requests_of(stage: Stage) -> int:
    return len(stage.server.log)


def titles(user: User) -> list[str]:
    return sorted(row.title for row in agenda_of(user))


def fresh(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def renew(user: User, connection: Connection, **said: str) -> Any:
    url = reverse("connection_reconnection", args=[connection.pk])
    return signed_in(user).post(url, {"username": user.email, "password": NEW, **said})


@pytest.fixture
def synced(stage: Stage, connection: Connection, alice: User) -> Connection:
    """Return Alice's connection with one event come in and one meeting gone out."""
    activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.phone(alice).add(stage.path(alice, "Home"), event("a", stamp(soon()), title="Dentist"))
    stage.settle(alice)
    return fresh(connection)


@pytest.fixture
def refused(stage: Stage, synced: Connection, alice: User) -> Connection:
    """Return it after its password was changed at Apple's, and the refusals that this took to be believed."""
    stage.server.accounts[alice.email].password = NEW
    stage.sync(alice)
    stage.clock.pass_(minutes=11)
    stage.sync(alice)
    return fresh(synced)


# the rule


def test_after_the_first_refusal_there_is_a_banner_and_nobody_calls_the_password_dead(stage, synced, alice):
    stage.server.accounts[alice.email].locked = True
    assert stage.sync(alice).outcome == Outcome.RETRY
    now = fresh(synced)
    assert (now.state, now.refused_count) == (Connection.State.ACTIVE, 1)
    assert now.refused_at and now.next_sync_at == now.refused_at + DOUBT
    page = page_of(signed_in(alice).get(reverse("agenda")))
    assert "refused" in page
    assert "new app-specific password is needed" not in page


def test_only_a_second_refusal_ten_minutes_later_needs_a_new_password(stage, synced, alice):
    stage.server.accounts[alice.email].locked = True
    before = requests_of(stage)
    stage.sync(alice)
    stage.clock.pass_(minutes=9)
    stage.sync(alice)
    assert fresh(synced).state == Connection.State.ACTIVE
    stage.clock.pass_(minutes=2)
    assert stage.sync(alice).outcome == Outcome.NEEDS_USER
    assert fresh(synced).state == Connection.State.NEEDS_USER
    assert requests_of(stage) - before == 3
    assert "new app-specific password is needed" in page_of(signed_in(alice).get(reverse("agenda")))


def test_whatever_is_pressed_no_more_than_three_calls_are_made(stage, synced, alice):
    stage.server.accounts[alice.email].locked = True
    before = requests_of(stage)
    for _minute in range(60):
        for _press in range(3):
            stage.sync(alice)
        stage.clock.pass_(minutes=1)
    assert requests_of(stage) - before == 3
    stage.clock.pass_(days=3)
    stage.sync(alice)
    assert requests_of(stage) - before == 3


def test_a_false_wave_passes_and_leaves_nothing_behind(stage, synced, alice):
    account = stage.server.accounts[alice.email]
    account.locked = True
    stage.sync(alice)
    account.locked = False
    stage.clock.pass_(minutes=11)
    assert stage.sync(alice).outcome == Outcome.OK
    now = fresh(synced)
    assert (now.state, now.refused_count, now.refused_at, now.last_reason) == ("active", 0, None, "")


def test_all_data_is_kept_while_the_password_is_refused(refused, alice):
    assert titles(alice) == ["Dentist", "Kick-off"]
    assert Link.objects.count() == 2
    assert fresh(refused).state == Connection.State.NEEDS_USER


# the way back


def test_manage_and_the_banner_lead_to_a_new_password(refused, alice):
    for name in ("connections", "agenda"):
        page = page_of(signed_in(alice).get(reverse(name)))
        assert f'href="{reverse("connection_reconnection", args=[refused.pk])}"' in page
        assert "Reconnect" in page
    form = page_of(signed_in(alice).get(reverse("connection_reconnection", args=[refused.pk])))
    assert 'value="alice@example.org"' in form and "Test credentials" in form
    assert PASSWORD not in form and 'name="server"' not in form


def test_after_repair_it_catches_up_in_both_directions_with_all_links(stage, refused, alice):
    links = set(Link.objects.values_list("pk", "href_hash"))
    blocks = set(Block.objects.values_list("pk", flat=True))
    phone, home = stage.phone(alice), stage.path(alice, "Home")
    phone.add(home, event("b", stamp(soon(4)), title="While away"))
    phone.edit(stage.the_href(alice, "Work"), stage.the_text(alice, "Work").replace("Kick-off", "Renamed there"))
    activities.create(alice, "meeting", title="Made meanwhile", start=soon(5), end=soon(5, 10))
    assert leads_to(renew(alice, refused), "connections")
    assert fresh(refused).state == Connection.State.ACTIVE
    report = stage.sync(alice)
    assert report.outcome == Outcome.OK
    assert titles(alice) == ["Dentist", "Made meanwhile", "Renamed there", "While away"]
    assert links <= set(Link.objects.values_list("pk", "href_hash"))
    assert blocks <= set(Block.objects.values_list("pk", flat=True))
    assert Block.objects.count() == 2
    assert len(stage.texts(alice, "Work")) == 2  # what was there, and what was made meanwhile: nothing twice
    stage.settle(alice)
    assert len(stage.texts(alice, "Work")) == 2


def test_it_catches_up_even_where_the_server_has_forgotten_or_lost_its_cursor(stage, refused, alice):
    """A token's life is not known (docs/icloud.md, F): whatever it says, everything is compared once."""
    stage.phone(alice).add(stage.path(alice, "Home"), event("b", stamp(soon(4)), title="While away"))
    calendar = stage.server.accounts[alice.email].calendars[stage.path(alice, "Home")]
    row = refused.calendars.get(path_hash=refused.calendars.get(imported=True).path_hash)
    row.sync_token = row.cursor = calendar.token(calendar.serial)  # as if it had all been told already
    row.save()
    renew(alice, refused)
    stage.sync(alice)
    assert "While away" in titles(alice)


def test_an_event_deleted_meanwhile_goes_and_an_edit_made_here_meanwhile_goes_out(stage, refused, alice):
    stage.phone(alice).delete(stage.the_href(alice, "Home"))
    activities.edit(alice, Activity.objects.get(), {"title": "Renamed here"})
    renew(alice, refused)
    stage.sync(alice)
    assert titles(alice) == ["Renamed here"]
    assert "SUMMARY:Renamed here" in stage.the_text(alice, "Work")


def test_the_new_password_replaces_the_old_one(refused, alice):
    renew(alice, refused)
    assert fresh(refused).password.reveal() == NEW
    assert AuditEntry.objects.filter(action="connection.reconnected", actor_id=alice.pk).count() == 1
    trail = repr(list(AuditEntry.objects.values()))
    assert NEW not in trail and "alice@example.org" not in trail


def test_another_accounts_password_is_refused_with_a_sentence(stage, refused, alice, bob):
    stage.account(bob)
    page = page_of(renew(alice, refused, username="bob@example.org", password=PASSWORD))
    assert "password of another account" in page
    now = fresh(refused)
    assert now.state == Connection.State.NEEDS_USER
    assert (now.username.reveal(), now.password.reveal()) == ("alice@example.org", PASSWORD)


def test_a_password_that_is_refused_again_changes_nothing_and_says_what_to_do(stage, refused, alice):
    before = requests_of(stage)
    page = page_of(renew(alice, refused, password="wxyz-wxyz-wxyz-wxyz"))
    assert "refused this user name and password" in page
    assert requests_of(stage) == before + 1
    assert fresh(refused).state == Connection.State.NEEDS_USER


def test_a_healthy_connection_may_be_given_a_new_password_too(stage, synced, alice):
    stage.server.accounts[alice.email].password = NEW
    assert leads_to(renew(alice, synced), "connections")
    assert stage.sync(alice).outcome == Outcome.OK
    assert titles(alice) == ["Dentist", "Kick-off"]


def test_a_paused_connection_stays_paused(stage, synced, alice):
    Connection.objects.update(state=Connection.State.PAUSED)
    stage.server.accounts[alice.email].password = NEW
    renew(alice, synced)
    assert fresh(synced).state == Connection.State.PAUSED
    assert fresh(synced).password.reveal() == NEW


def test_a_run_that_still_has_the_old_password_says_nothing_of_the_new_one(stage, synced, alice, monkeypatch):
    """The owner is quicker than a run that was under way: its refusal is old news."""
    account = stage.server.accounts[alice.email]
    account.password = NEW
    opened = stage.open

    def slow(*args: Any, **more: Any) -> Any:
        line = opened(*args, **more)
        if args[2].password == PASSWORD:
            renew(alice, synced)
        return line

    monkeypatch.setattr(stage, "open", slow)
    stage.sync(alice)
    now = fresh(synced)
    assert (now.state, now.refused_count, now.last_reason) == ("active", 0, "")
    assert stage.sync(alice).outcome == Outcome.OK


def test_the_account_keeps_one_row_however_its_owner_signs_in(stage, refused, alice):
    renew(alice, refused)
    assert ProviderAccount.objects.count() == 1


def test_a_taken_back_consent_is_not_repaired_by_a_password(refused, alice):
    grants.revoke(refused.grant, alice)
    assert renew(alice, refused).status_code == 404


@pytest.mark.parametrize("who", ["bob", "carol", "mallory", "otto"])
def test_nobody_else_may_renew_it(refused, request, who):
    other = request.getfixturevalue(who)
    url = reverse("connection_reconnection", args=[refused.pk])
    assert signed_in(other).get(url).status_code == 404
    assert signed_in(other).post(url, {"username": "x", "password": NEW}).status_code == 404


def test_too_many_refusals_in_a_row_are_stopped_here_before_apple_locks_the_account(stage, refused, alice):
    for _ in range(5):
        renew(alice, refused, password="wxyz-wxyz-wxyz-wxyz")
    before = requests_of(stage)
    assert "Wait ten minutes" in page_of(renew(alice, refused))
    assert requests_of(stage) == before


def test_the_ten_minutes_are_the_laws():
    assert timedelta(minutes=10) == DOUBT
