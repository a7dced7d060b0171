"""Consent: given, checked, taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import AuditEntry
from integrations import catalog, grants
from integrations.models import Scope
from integrations.services.dispatch import claim_due, unheard
from integrations.services.rings import ring
from integrations.sync import lease

from .rows import make_connection

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ICLOUD = catalog.entry("icloud")


def test_a_grant_says_what_was_allowed_when_and_from_where(alice):
    grant = grants.give(alice, ICLOUD, address="192.0.2.7", now=NOON)
    grant.refresh_from_db()
    assert (grant.user, grant.entry, grant.granted_at, grant.granted_from) == (alice, "icloud", NOON, "192.0.2.7")
    assert all(grant.allows(scope) for scope in Scope)


def test_scopes_are_allowed_one_by_one(alice):
    grant = grants.give(alice, ICLOUD, address="", now=NOON, scopes=[Scope.WRITE_AGENDA, Scope.OFFLINE])
    assert grant.allows(Scope.WRITE_AGENDA)
    assert not grant.allows(Scope.WRITE_CALENDAR)
    with pytest.raises(grants.ScopeMissing, match="Write your activities to your calendar"):
        grants.require(grant, Scope.WRITE_CALENDAR)


def test_what_is_allowed_is_not_refused(alice):
    grants.require(grants.give(alice, ICLOUD, address="", now=NOON), Scope.WRITE_CALENDAR)


def test_giving_and_revoking_leave_a_trace_without_secrets(alice, otto):
    grant = grants.give(alice, ICLOUD, address="192.0.2.7", now=NOON)
    grants.revoke(grant, otto, address="192.0.2.9")
    given, revoked = AuditEntry.objects.filter(target=str(grant.pk)).order_by("id")
    assert (given.action, given.actor_id, given.address) == ("grant.given", alice.pk, "192.0.2.7")
    assert (revoked.action, revoked.actor_id, revoked.address) == ("grant.revoked", otto.pk, "192.0.2.9")
    assert given.details == {"entry": "icloud", "scopes": [scope.value for scope in Scope]}


def test_a_revoked_grant_allows_nothing(alice):
    grant = grants.give(alice, ICLOUD, address="", now=NOON)
    assert grants.revoke(grant, alice)
    assert not any(grant.allows(scope) for scope in Scope)
    with pytest.raises(grants.ScopeMissing):
        grants.require(grant, Scope.READ_AGENDA)


def test_revoking_twice_keeps_the_first_time(alice):
    grant = grants.give(alice, ICLOUD, address="", now=NOON)
    grants.revoke(grant, alice)
    first = grant.revoked_at
    assert not grants.revoke(grant, alice)
    grant.refresh_from_db()
    assert grant.revoked_at == first
    assert AuditEntry.objects.filter(action="grant.revoked").count() == 1


def test_revoking_stops_schedule_rings_and_a_run_under_way(alice):
    connection = make_connection(alice)
    now = connection.created_at
    held = lease.claim(connection, lambda: now)
    assert held and list(ring([connection.pk])) == [connection.pk]
    grants.revoke(connection.grant, alice)
    assert not ring([connection.pk])
    assert claim_due(now) == [] and unheard(now) == []
    with pytest.raises(lease.LeaseLost), held.writing():
        pytest.fail("a run wrote after the consent was taken back")
