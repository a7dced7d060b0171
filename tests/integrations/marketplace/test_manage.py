"""Manage: health, and what can be done; each by whoever may do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from agenda.models import Activity, Block
from agenda.services import activities
from integrations.gateway.errors import Unreachable
from integrations.models import Connection, Grant, Run
from integrations.services.runs import sync_connection
from tests.integrations.sync.stage import event, soon, stamp
from tests.integrations.wizard.walk import Walk, leads_to, page_of, signed_in

ACTS = ["connection_sync", "connection_pause", "connection_resumption", "connection_revocation"]


def manage(user: User) -> str:
    return page_of(signed_in(user).get(reverse("connections")))


def act(user: User, name: str, connection: Connection, **said: str) -> Any:
    return signed_in(user).post(reverse(name, args=[connection.pk]), said, follow=False)


def fresh(connection: Connection) -> Connection:
    return Connection.objects.select_related("grant").get(pk=connection.pk)


@pytest.fixture
def synced(stage, connection, alice) -> Connection:
    """Return Alice's connection with one event come in and one meeting gone out."""
    activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.phone(alice).add(stage.path(alice, "Home"), event("a", stamp(soon()), title="Dentist"))
    stage.settle(alice)
    return fresh(connection)


def test_it_says_how_things_are_in_peoples_words(synced, alice):
    page = manage(alice)
    for words in ("Other CalDAV calendar", "alice@example.org", "In step.", "just now", "in ", "Work", "Home"):
        assert words in page
    assert "1 event came in, 1 activity went out" in page
    assert f'datetime="{timezone.localtime(synced.last_success_at, alice.zone):%Y-%m-%dT%H:%M}' in page


def test_without_a_connection_it_leads_to_explore(alice):
    assert "Nothing is connected yet." in manage(alice)


def test_colleagues_see_nothing_of_it(synced, bob, carol, mallory):
    for other in (bob, carol, mallory):
        assert "alice@example.org" not in manage(other)


def test_a_set_up_half_way_can_be_gone_on_with_or_cancelled(stage, alice):
    stage.account(alice)
    grant = Walk(alice).allow()
    page = manage(alice)
    assert "is not finished" in page
    assert reverse("wizard", args=[grant.pk]) in page
    assert reverse("wizard_cancellation", args=[grant.pk]) in page


def test_trouble_is_told_with_its_reason(stage, connection, alice):
    stage.server.faults.set("*", Unreachable("silence"), times=9)
    stage.sync(alice)
    page = manage(alice)
    assert "The first sync has not succeeded yet." in page
    assert "The server could not be reached." in page


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": "paused"}, "Paused: nothing is read or written"),
        ({"state": "needs_user"}, "a new one is needed"),
        ({"last_success_at": timezone.now() - timedelta(hours=3)}, "The last syncs did not succeed"),
        ({"ring_seq": 5}, "Syncing now."),
    ],
)
def test_each_state_has_its_sentence(synced, alice, facts, said):
    Connection.objects.filter(pk=synced.pk).update(**facts)
    assert said in manage(alice)


def test_sync_now_rings(synced, alice):
    assert leads_to(act(alice, "connection_sync", synced), "connections")
    assert fresh(synced).ring_seq == synced.ring_seq + 1


def test_pause_and_resume(synced, alice):
    act(alice, "connection_pause", synced)
    assert fresh(synced).state == "paused"
    assert "Resume" in manage(alice)
    act(alice, "connection_sync", synced)
    assert fresh(synced).ring_seq == synced.ring_seq
    act(alice, "connection_resumption", synced)
    assert fresh(synced).state == "active"
    assert fresh(synced).ring_seq == synced.ring_seq + 1


def test_revoking_asks_first_then_stops_everything_and_keeps_what_is_there(synced, stage, alice):
    page = page_of(signed_in(alice).get(reverse("connection_revocation", args=[synced.pk])))
    assert "Everything stops at once" in page
    assert fresh(synced).grant.revoked_at is None
    act(alice, "connection_revocation", synced)
    assert fresh(synced).grant.revoked_at
    before = len(stage.server.log)
    sync_connection(synced.pk, world=stage.world)
    assert len(stage.server.log) == before
    assert Block.objects.count() == 1
    assert "The access was taken back" in manage(alice)


def test_removing_tells_what_goes_and_what_stays(synced, alice):
    page = page_of(signed_in(alice).get(reverse("connection_removal", args=[synced.pk])))
    assert "1 grey block goes" in page
    assert "The 1 event that was pushed" in page
    assert Connection.objects.exists()


def test_removing_can_keep_the_pushed_events(synced, stage, alice):
    assert leads_to(act(alice, "connection_removal", synced, copies="keep"), "connections")
    assert not Connection.objects.exists()
    assert not Block.objects.exists()
    assert Activity.objects.count() == 1
    assert len(stage.texts(alice, "Work")) == 1
    assert Grant.objects.get().revoked_at


def test_removing_can_delete_the_pushed_events(synced, stage, alice):
    client = signed_in(alice)
    said = client.post(reverse("connection_removal", args=[synced.pk]), {"copies": "delete"}, follow=True)
    assert "1 event was deleted there." in page_of(said)
    assert stage.texts(alice, "Work") == []
    assert len(stage.texts(alice, "Home")) == 1


def test_if_the_server_is_away_nothing_is_removed_and_the_page_says_so(synced, stage, alice):
    stage.server.faults.set("*", Unreachable("silence"), times=9)
    page = page_of(act(alice, "connection_removal", synced, copies="delete"))
    assert "could not be reached" in page
    assert Connection.objects.exists()


def test_removing_icloud_names_what_is_left_to_do_at_apple(stage, alice):
    stage.account(alice)
    walk = Walk(alice)
    connection = walk.set_up()
    walk.choose(connection, "Work")
    said = walk.client.post(reverse("connection_removal", args=[connection.pk]), {"copies": "keep"}, follow=True)
    assert "revoke the password “Halfpast”" in page_of(said)


def test_an_answer_that_is_none_removes_nothing(synced, alice):
    assert act(alice, "connection_removal", synced, copies="both").status_code == 200
    assert Connection.objects.exists()


def test_the_history_tells_each_run_in_numbers(synced, alice):
    page = page_of(signed_in(alice).get(reverse("connection_runs", args=[synced.pk])))
    assert page.count("In step") == Run.objects.count()
    assert "+1" in page


def test_before_the_first_run_the_history_is_empty(connection, alice):
    page = page_of(signed_in(alice).get(reverse("connection_runs", args=[connection.pk])))
    assert "Nothing was synced yet." in page


@pytest.mark.parametrize("name", [*ACTS, "connection_removal", "connection_runs"])
@pytest.mark.parametrize("who", ["bob", "mallory", "otto"])
def test_for_others_a_connection_does_not_exist(synced, request, who, name):
    client = signed_in(request.getfixturevalue(who))
    address = reverse(name, args=[synced.pk])
    assert client.post(address, {"copies": "keep"}).status_code in (404, 405)
    assert client.get(address).status_code in (404, 405)
    assert fresh(synced).state == "active"
    assert fresh(synced).grant.revoked_at is None


@pytest.mark.parametrize("name", [*ACTS, "connection_removal", "connection_runs"])
def test_who_is_not_signed_in_is_asked_to(synced, name):
    assert Client().post(reverse(name, args=[synced.pk]))["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ["connection_sync", "connection_pause", "connection_resumption"])
def test_nothing_is_done_by_a_link(synced, alice, name):
    assert signed_in(alice).get(reverse(name, args=[synced.pk])).status_code == 405


# --- the admin of the company


def test_an_admin_sees_state_and_never_account_calendars_or_content(synced, alice, carol):
    page = page_of(signed_in(carol).get(reverse("colleagues")))
    assert "Alice Anders" in page
    assert "In step." in page
    for private in ("alice@example.org", "Home", "Work", "Dentist", "dav.example.org"):
        assert private not in page


def test_the_reason_of_trouble_is_the_owners_alone(synced, carol):
    Connection.objects.filter(pk=synced.pk).update(last_reason="“Therapy” is gone.")
    assert "Therapy" not in page_of(signed_in(carol).get(reverse("colleagues")))


def test_an_admin_may_sync_pause_resume_and_revoke(synced, carol):
    assert leads_to(act(carol, "connection_sync", synced), "colleagues")
    act(carol, "connection_pause", synced)
    assert fresh(synced).state == "paused"
    act(carol, "connection_resumption", synced)
    assert fresh(synced).state == "active"
    assert leads_to(act(carol, "connection_revocation", synced), "colleagues")
    assert fresh(synced).grant.revoked_at
    entry = AuditEntry.objects.get(action="grant.revoked")
    assert (entry.actor_id, entry.address) == (carol.pk, "127.0.0.1")


@pytest.mark.parametrize("name", ["connection_removal", "connection_runs"])
def test_an_admin_may_not_remove_it_or_read_its_history(synced, carol, name):
    assert act(carol, name, synced, copies="keep").status_code in (404, 405)
    assert signed_in(carol).get(reverse(name, args=[synced.pk])).status_code == 404


def test_the_page_of_a_revocation_names_no_account_to_an_admin(synced, carol):
    page = page_of(signed_in(carol).get(reverse("connection_revocation", args=[synced.pk])))
    assert "Alice Anders" in page
    assert "alice@example.org" not in page


def test_an_admin_sees_nothing_that_is_half_way(stage, alice, carol):
    stage.account(alice)
    connection = Walk(alice).set_up()
    assert "Alice Anders" not in page_of(signed_in(carol).get(reverse("colleagues")))
    assert act(carol, "connection_revocation", connection).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_colleagues_is_for_admins(synced, request, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("colleagues")).status_code == 404
    assert reverse("colleagues") not in page_of(client.get(reverse("marketplace")))


def test_an_admin_of_another_company_sees_nothing(synced, mallory):
    User.objects.filter(pk=mallory.pk).update(role=User.Role.ADMIN)
    admin = User.objects.get(pk=mallory.pk)
    assert "Alice" not in page_of(signed_in(admin).get(reverse("colleagues")))
    assert act(admin, "connection_pause", synced).status_code == 404


def test_manage_takes_the_same_queries_for_one_connection_and_for_three(
    synced, stage, alice, bob, django_assert_max_num_queries
):
    client = signed_in(alice)
    for other in (bob,):
        stage.account(other)
        walk = Walk(alice)
        grant = walk.allow()
        walk.account(grant, username=other.email)
        walk.choose(Connection.objects.get(grant=grant), "Work", "Home")
    with django_assert_max_num_queries(12):
        client.get(reverse("connections"))
