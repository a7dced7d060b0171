"""The whole way: resume, cancel, steps out of order, other people's set-ups, and the first sync to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from agenda.services import activities
from integrations.gateway.errors import Throttled, Unreachable
from integrations.models import Connection, Grant, RemoteCalendar
from integrations.services.housekeeping import purge
from integrations.services.runs import sync_connection
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from vault.models import DataKey

from .walk import Walk, leads_to, page_of, signed_in

STEPS = ["wizard", "wizard_account", "wizard_calendars", "wizard_first_sync", "wizard_progress", "wizard_arrival"]


def status(walk: Walk, connection: Connection) -> Any:
    return walk.client.get(reverse("wizard_progress", args=[connection.grant_id])).json()


def start(walk: Walk) -> Connection:
    connection = walk.set_up()
    walk.choose(connection, "Work", "Home")
    connection.refresh_from_db()
    return connection


def test_from_the_card_to_blocks_in_the_agenda(walk, stage, alice):
    activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.phone(alice).add(stage.path(alice, "Home"), event("a", stamp(soon()), title="Dentist"))
    connection = start(walk)
    assert status(walk, connection)["state"] == "waiting"
    assert "Reaching your calendar" in walk.page("wizard_first_sync", connection.grant_id)
    sync_connection(connection.pk, world=stage.world)
    assert status(walk, connection) == {
        "state": "done",
        "seen": 2,
        "done": 2,
        "words": "1 event came in, 1 went out…",
    }
    arrived = walk.client.get(reverse("wizard_arrival", args=[connection.grant_id]), follow=True)
    assert "is connected: 1 event came in, 1 went out." in page_of(arrived)
    assert "Dentist" in [row.title for row in agenda_of(alice)]
    assert "SUMMARY:Kick-off" in stage.the_text(alice, "Work")


def test_opening_the_entry_again_leads_to_where_it_stands(walk):
    client, entry = walk.client, reverse("entry", args=[walk.entry])
    grant = walk.allow()
    assert leads_to(client.get(entry), "wizard_account", grant.pk)
    assert "Set-up not finished" in walk.page("marketplace")
    walk.account(grant)
    assert leads_to(client.get(entry), "wizard_calendars", grant.pk)
    walk.choose(Connection.objects.get(), "Work", "Home")
    assert leads_to(client.get(reverse("wizard", args=[grant.pk])), "wizard_first_sync", grant.pk)
    assert "Connected" in walk.page("entry", walk.entry)


def test_cancel_after_the_consent_takes_it_back(walk):
    grant = walk.allow()
    answer = walk.client.post(reverse("wizard_cancellation", args=[grant.pk]))
    assert answer.url == f"/integrations/#{walk.entry}"
    grant.refresh_from_db()
    assert grant.revoked_at


def test_cancel_after_the_test_erases_account_password_and_key(walk, alice):
    DataKey.objects.shared()  # the installation's own stays, and may not have been made yet
    keys = set(DataKey.objects.values_list("pk", flat=True))
    connection = walk.set_up()
    walk.client.post(reverse("wizard_cancellation", args=[connection.grant_id]))
    assert not Connection.objects.exists()
    assert not RemoteCalendar.objects.exists()
    assert set(DataKey.objects.values_list("pk", flat=True)) == keys
    assert leads_to(walk.client.get(reverse("wizard_account", args=[connection.grant_id])), "entry", walk.entry)


def test_cancel_does_nothing_once_the_sync_has_begun(walk):
    connection = start(walk)
    answer = walk.client.post(reverse("wizard_cancellation", args=[connection.grant_id]))
    assert leads_to(answer, "wizard_first_sync", connection.grant_id)
    assert Connection.objects.get().state == "active"


def test_what_is_unfinished_is_erased_after_a_day_password_and_consent_included(walk):
    connection = walk.set_up()
    purge(timezone.now() + timedelta(hours=23))
    assert Connection.objects.exists()
    purge(timezone.now() + timedelta(hours=25))
    assert not Connection.objects.exists()
    assert Grant.objects.get().revoked_at
    assert leads_to(walk.client.get(reverse("wizard", args=[connection.grant_id])), "entry", walk.entry)


def test_a_consent_alone_ends_after_a_day_and_one_in_use_does_not(walk):
    connection = start(walk)
    other = walk.allow()
    purge(timezone.now() + timedelta(hours=25))
    assert Grant.objects.get(pk=other.pk).revoked_at
    assert not Grant.objects.get(pk=connection.grant_id).revoked_at


def test_calendars_before_the_account_leads_back_and_stores_nothing(walk):
    grant = walk.allow()
    answer = walk.client.post(reverse("wizard_calendars", args=[grant.pk]), {"push_to": "none", "imports": ["x"]})
    assert leads_to(answer, "wizard_account", grant.pk)
    for name in ("wizard_first_sync", "wizard_arrival"):
        assert leads_to(walk.client.get(reverse(name, args=[grant.pk])), "wizard_account", grant.pk)
    assert not Connection.objects.exists()


def test_the_account_after_the_start_leads_on_and_changes_nothing(walk):
    connection = start(walk)
    answer = walk.account(connection.grant, username="other@example.org")
    assert leads_to(answer, "wizard_first_sync", connection.grant_id)
    assert Connection.objects.get().username.reveal() == "alice@example.org"
    before = connection.push_to_id
    walk.choose(connection, "Home")
    assert Connection.objects.get().push_to_id == before


def test_after_revocation_no_step_goes_on(walk):
    grant = walk.allow()
    Grant.objects.update(revoked_at=timezone.now())
    assert leads_to(walk.account(grant), "entry", walk.entry)
    assert not Connection.objects.exists()


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("who", ["bob", "carol", "mallory", "otto"])
def test_a_set_up_is_its_owners_alone(icloud, request, who, name):
    connection = icloud.set_up()
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse(name, args=[connection.grant_id])).status_code == 404
    assert client.post(reverse("wizard_cancellation", args=[connection.grant_id])).status_code == 404
    assert client.post(reverse("wizard_account", args=[connection.grant_id]), {}).status_code == 404
    assert client.post(reverse("wizard_calendars", args=[connection.grant_id]), {}).status_code == 404
    assert Connection.objects.get().state == "setup"


@pytest.mark.parametrize("name", STEPS)
def test_who_is_not_signed_in_is_asked_to(icloud, name):
    grant = icloud.allow()
    assert Client().get(reverse(name, args=[grant.pk]))["Location"].startswith("/sign-in/")


def test_a_first_sync_that_fails_says_what_happened_and_can_be_tried_again(walk, stage):
    connection = start(walk)
    stage.server.faults.set("*", Unreachable("silence"), times=9)
    sync_connection(connection.pk, world=stage.world)
    page = walk.page("wizard_first_sync", connection.grant_id)
    assert "The server could not be reached." in page
    assert "is kept" in page
    assert "It is tried again by itself" in page
    stage.server.faults.clear()
    answer = walk.client.post(reverse("wizard_first_sync", args=[connection.grant_id]))
    assert leads_to(answer, "wizard_first_sync", connection.grant_id)
    assert status(walk, connection)["state"] == "running"
    sync_connection(connection.pk, world=stage.world)
    assert status(walk, connection)["state"] == "done"


def test_while_the_server_wants_us_to_wait_the_page_says_so(walk, stage):
    connection = start(walk)
    stage.server.faults.set("*", Throttled("wait", 600), times=9)
    sync_connection(connection.pk, world=stage.world)
    walk.client.post(reverse("wizard_first_sync", args=[connection.grant_id]))
    assert status(walk, connection)["state"] == "trouble"
    assert "asked us to wait" in walk.page("wizard_first_sync", connection.grant_id)


def test_the_trail_tells_of_consent_and_connection_without_the_account(walk, alice):
    start(walk)
    entries = AuditEntry.objects.filter(actor_id=alice.pk)
    assert {"grant.given", "connection.made"} <= set(entries.values_list("action", flat=True))
    assert "alice@example.org" not in repr(list(entries.values()))
