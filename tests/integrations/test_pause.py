"""Pausing and resuming a connection."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from integrations.models import Connection
from integrations.services.dispatch import claim_due
from integrations.services.pause import pause, resume

from .rows import make_connection


def test_a_paused_connection_is_not_due_and_comes_back_when_it_is_resumed(alice):
    connection = make_connection(alice)
    assert pause(connection, alice)
    assert claim_due(connection.created_at) == []
    assert resume(connection, alice)
    assert claim_due(connection.created_at) == [connection.pk]


@pytest.mark.parametrize("turn", [pause, resume])
def test_a_connection_that_needs_a_password_stays_so(alice, turn):
    connection = make_connection(alice, state=Connection.State.NEEDS_USER)
    assert not turn(connection, alice)
    connection.refresh_from_db()
    assert connection.state == Connection.State.NEEDS_USER


def test_pausing_twice_is_recorded_once(alice):
    connection = make_connection(alice)
    assert pause(connection, alice, address="192.0.2.7")
    assert not pause(connection, alice)
    [entry] = AuditEntry.objects.filter(target=str(connection.pk))
    assert (entry.action, entry.actor_id, entry.address) == ("connection.paused", alice.pk, "192.0.2.7")
