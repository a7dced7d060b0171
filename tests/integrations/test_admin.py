"""The operator's panel: health and actions, and nothing of what is private."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import Connection, HeldPlan, Link, Outcome, Run

from .rows import PRIVATE, make_calendar, make_connection, make_link

CONNECTIONS = "admin:integrations_connection_changelist"


@pytest.fixture
def connection(alice) -> Connection:
    connection = make_connection(alice, last_reason="The server could not be reached.")
    calendar = make_calendar(connection)
    plan = HeldPlan.objects.create(
        connection=connection, calendar=calendar, reason=HeldPlan.Reason.DELETIONS, created_at=timezone.now()
    )
    for _ in range(3):
        make_link(calendar)
    make_link(calendar, state=Link.State.QUARANTINED, reason="Could not be read.")
    make_link(calendar, held=plan)
    Run.objects.create(
        connection=connection, started_at=timezone.now(), outcome=Outcome.HELD, requests=3, local_created=7
    )
    return connection


@pytest.fixture
def panel(client, otto):
    client.force_login(otto)
    return client


def act(panel, action: str, connection: Connection):
    return panel.post(reverse(CONNECTIONS), {"action": action, "_selected_action": [str(connection.pk)]}, follow=True)


def pages(connection: Connection) -> list[str]:
    run = connection.runs.get()
    return [
        reverse(CONNECTIONS),
        reverse(CONNECTIONS) + "?q=alice",
        reverse("admin:integrations_connection_change", args=[connection.pk]),
        reverse("admin:integrations_connection_history", args=[connection.pk]),
        reverse("admin:integrations_run_changelist"),
        reverse("admin:integrations_run_change", args=[run.pk]),
    ]


def test_no_page_shows_account_password_calendar_or_event(panel, connection):
    for page in pages(connection):
        answer = panel.get(page)
        assert answer.status_code == 200, page
        assert not [word for word in PRIVATE if word in answer.content.decode()], page


def test_connections_are_shown_with_their_health_and_counts(panel, connection):
    text = panel.get(reverse(CONNECTIONS)).content.decode()
    assert "The server could not be reached." in text
    for column, number in {"linked": 4, "quarantined": 1, "held": 1}.items():
        assert f'<td class="field-{column}">{number}</td>' in text


def test_a_connections_page_says_what_is_held_but_not_in_which_calendar(panel, connection):
    text = panel.get(reverse("admin:integrations_connection_change", args=[connection.pk])).content.decode()
    assert "Many events disappeared at once" in text
    assert "192.0.2.7" in text  # where the consent came from


def test_the_list_costs_no_query_a_row(panel, connection, bob, django_assert_max_num_queries):
    for _ in range(20):
        make_connection(bob)
    with django_assert_max_num_queries(12):
        assert panel.get(reverse(CONNECTIONS)).status_code == 200


def test_runs_are_shown_in_numbers(panel, connection):
    text = panel.get(reverse("admin:integrations_run_changelist")).content.decode()
    assert "7 · 0 · 0" in text and "Alice Anders" in text


def test_sync_now_rings(panel, connection):
    assert act(panel, "sync_now", connection).status_code == 200
    connection.refresh_from_db()
    assert connection.ring_seq == 1
    assert AuditEntry.objects.filter(action="connection.rung", target=str(connection.pk)).exists()


def test_pause_and_resume(panel, connection, otto):
    act(panel, "pause", connection)
    connection.refresh_from_db()
    assert connection.state == Connection.State.PAUSED
    act(panel, "resume", connection)
    connection.refresh_from_db()
    assert (connection.state, connection.ring_seq) == (Connection.State.ACTIVE, 1)
    assert AuditEntry.objects.get(action="connection.paused").actor_id == otto.pk


def test_revoke(panel, connection):
    act(panel, "revoke", connection)
    connection.grant.refresh_from_db()
    assert connection.grant.revoked_at
    assert "Done for 0 of 1 connection" in act(panel, "sync_now", connection).content.decode()


def test_nothing_can_be_added_changed_or_deleted(panel, connection):
    changed = panel.post(reverse("admin:integrations_connection_change", args=[connection.pk]), {"state": "paused"})
    assert changed.status_code == 403
    assert panel.get(reverse("admin:integrations_connection_add")).status_code == 403
    assert panel.post(reverse("admin:integrations_connection_delete", args=[connection.pk])).status_code == 403
    connection.refresh_from_db()
    assert connection.state == Connection.State.ACTIVE


@pytest.mark.parametrize("who", ["alice", "carol", "mallory"])
def test_only_an_operator_comes_in(client, connection, request, who):
    client.force_login(request.getfixturevalue(who))
    for page in pages(connection):
        assert client.get(page).status_code in (302, 403, 404), page
