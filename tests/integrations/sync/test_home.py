"""The calendar home: found again when its server has moved it, and never asked for twice in vain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Block
from agenda.services import activities
from integrations.gateway.errors import (
    AddressRefused,
    HostUnconfirmed,
    NotUnderstood,
    RedirectLoop,
    TimedOut,
    Unreachable,
)
from integrations.gateway.memory import MemoryGateway
from integrations.gateway.memory.calendar import MemoryAccount
from integrations.models import Connection, Link
from tests.integrations.sync.stage import event, soon, stamp

pytestmark = pytest.mark.django_db


def move_home(stage, user, monkeypatch, new="/dav/calendars/alice/"):
    """Let the server keep the account, and its calendars under another path, as after an upgrade."""
    account = stage.account(user)
    old = account.home
    for path in list(account.calendars):
        calendar = account.calendars.pop(path)
        calendar.path = path.replace(old, new, 1)
        calendar.resources = {href.replace(old, new, 1): one for href, one in calendar.resources.items()}
        calendar.uids = {uid: href.replace(old, new, 1) for uid, href in calendar.uids.items()}
        account.calendars[calendar.path] = calendar
    monkeypatch.setattr(MemoryAccount, "home", property(lambda self: new))


@pytest.fixture
def in_step(stage, alice):
    """Alice with one event and one pushed meeting, both in step."""
    stage.phone(alice).add(stage.path(alice, "Home"), event("dentist", stamp(soon(4))))
    stage.connect(alice)
    meeting = activities.create(alice, "meeting", title="Kick-off", start=soon(), end=soon() + timedelta(hours=1))
    stage.settle(alice)
    return meeting


def test_a_home_moved_to_another_path_is_found_again_with_all_that_lay_in_it(stage, alice, in_step, monkeypatch):
    before = {(link.pk, link.uid_hash) for link in Link.objects.all()}
    block = Block.objects.get()
    move_home(stage, alice, monkeypatch)
    report = stage.sync(alice)
    assert (report.outcome, report.tally.imported, report.tally.local_deleted, report.meter.writes) == ("ok", 0, 0, 0)
    assert {(link.pk, link.uid_hash) for link in Link.objects.all()} == before
    assert all(link.href.reveal().startswith("/dav/calendars/alice/") for link in Link.objects.all())
    assert Block.objects.get() == block
    assert stage.sync(alice).meter.requests == 1
    activities.edit(alice, in_step, {"title": "Moved along"})
    stage.settle(alice)
    assert "SUMMARY:Moved along" in stage.the_text(alice, "Work")


def test_a_deletion_after_the_move_is_seen_as_ever(stage, alice, in_step, monkeypatch):
    move_home(stage, alice, monkeypatch)
    stage.sync(alice)
    [href] = stage.phone(alice).hrefs(stage.path(alice, "Home"))
    stage.phone(alice).delete(href)
    stage.settle(alice)
    assert not Block.objects.exists()


def test_another_accounts_home_is_never_taken_for_the_same(stage, alice, in_step, monkeypatch):
    move_home(stage, alice, monkeypatch)
    discover = MemoryGateway.discover

    def another(self):
        found = discover(self)
        return type(found)("/principals/mallory/", found.principal, found.home)

    monkeypatch.setattr(MemoryGateway, "discover", another)
    report = stage.sync(alice)
    assert report.outcome == "needs_user"
    assert Block.objects.count() == 1 and stage.connections[alice.pk].account_path.reveal() != "/principals/mallory/"
    assert Connection.objects.get().home.reveal().endswith("/alice@example.org/")


def asked_of(stage, error):
    asked = len(stage.server.log)
    stage.server.faults.set("PROPFIND", error, times=1)
    return lambda: len(stage.server.log) - asked


@pytest.fixture
def elsewhere(stage, alice, in_step):
    """Alice's home lies on another host than the entry address, as iCloud's shards do."""
    assert stage.connections[alice.pk].server.reveal() != stage.connections[alice.pk].home.reveal()


def test_a_shard_that_answers_too_late_is_not_looked_for(stage, alice, elsewhere):
    requests = asked_of(stage, TimedOut("the server did not answer in time"))
    assert stage.sync(alice).outcome == "retry"
    assert requests() == 1


@pytest.mark.parametrize(
    "error", [Unreachable("refused"), NotUnderstood("html"), RedirectLoop("in circles"), AddressRefused("outside")]
)
def test_a_shard_that_fails_at_once_is_looked_for_once(stage, alice, elsewhere, error):
    requests = asked_of(stage, error)
    stage.sync(alice)
    assert requests() == 1 + 3  # the home, and the discovery


def test_a_home_left_out_of_the_answer_is_trouble_that_passes(stage, alice, elsewhere):
    """The home-set is missing off and on in otherwise good answers (docs/icloud.md A77)."""
    stage.server.faults.set("PROPFIND", NotUnderstood("the server did not say where the calendars are"), times=2)
    report = stage.sync(alice)
    assert (report.outcome, Block.objects.count()) == ("retry", 1)
    stage.clock.pass_(minutes=5)
    assert stage.sync(alice).outcome == "ok"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (AddressRefused("Nobody may go to 10.0.0.1.", "https://10.0.0.1"), "failed"),
        (HostUnconfirmed("Not confirmed.", "https://dav.example.com", "dav.example.com:443"), "needs_user"),
    ],
)
def test_an_address_refused_in_a_run_is_on_record_and_told(stage, alice, elsewhere, error, outcome):
    from accounts.models import AuditEntry

    stage.server.faults.set("PROPFIND", error, times=9)
    report = stage.sync(alice)
    assert report.outcome == outcome and str(error) in report.reason
    entry = AuditEntry.objects.get(action="address.refused")
    assert (entry.actor_id, entry.target, entry.outcome) == (alice.pk, str(stage.connections[alice.pk].pk), "refused")
    assert entry.details == {"entry": "caldav", "where": error.where}
