"""The audit trail: whole, linked, and closed to changes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from accounts import audit
from accounts.migrations import _audit_guard
from accounts.models import AuditEntry
from accounts.models.audit import GENESIS


@pytest.fixture
def unguarded(db):
    """Take the database's guard away, as somebody with the database's password could."""
    _audit_guard.remove(None, connection.schema_editor())


@pytest.fixture
def guarded(unguarded):
    _audit_guard.install(None, connection.schema_editor())


def test_an_entry_says_who_did_what_from_where(alice):
    entry = audit.record(alice, "profile.changed", target="x", address="192.0.2.1", details={"fields": ["name"]})
    kept = AuditEntry.objects.get(pk=entry.pk)
    assert (kept.actor_id, kept.company_id, kept.action) == (alice.pk, alice.company_id, "profile.changed")
    assert (kept.target, kept.outcome, kept.address) == ("x", "ok", "192.0.2.1")


def test_each_entry_holds_the_digest_of_the_one_before(db):
    AuditEntry.objects.all()._raw_delete("default")
    one, two, three = (audit.record(None, f"test.{n}") for n in range(3))
    assert (one.previous, two.previous, three.previous) == (GENESIS, one.digest, two.digest)
    assert audit.first_broken() is None


@pytest.mark.parametrize("field", ["action", "target", "outcome", "address"])
def test_an_altered_entry_breaks_the_chain(unguarded, field):
    _, middle, _ = (audit.record(None, f"test.{n}", details={"n": n}) for n in range(3))
    AuditEntry.objects.filter(pk=middle.pk).update(**{field: "forged"})
    assert audit.first_broken() == middle


def test_a_missing_entry_breaks_the_chain(unguarded):
    _, middle, last = (audit.record(None, f"test.{n}") for n in range(3))
    AuditEntry.objects.filter(pk=middle.pk)._raw_delete("default")
    assert audit.first_broken() == last


def test_the_model_refuses_to_change_or_delete(db):
    entry = audit.record(None, "test.done")
    entry.outcome = "forged"
    with pytest.raises(TypeError, match="append-only"):
        entry.save()
    with pytest.raises(TypeError, match="append-only"):
        entry.delete()


def test_the_database_refuses_too(guarded):
    entry = audit.record(None, "test.done")
    for change in (
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(outcome="forged"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda: AuditEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert AuditEntry.objects.get(pk=entry.pk).outcome == "ok"


def test_entries_past_their_thirteen_months_may_go(guarded):
    then = timezone.now() - timedelta(days=400)
    old = AuditEntry(action="test.old", outcome="ok", previous="a", digest="b", at=then)
    old.save()
    AuditEntry.objects.filter(pk=old.pk).delete()
    assert not AuditEntry.objects.filter(pk=old.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_the_same_time_make_one_chain():
    def write() -> None:
        for _ in range(5):
            audit.record(None, "test.raced")
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.objects.filter(action="test.raced").count() == 20
    assert audit.first_broken() is None
