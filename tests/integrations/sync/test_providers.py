"""Many accounts of one server at once: what happens to them is the server's doing, and none of theirs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from integrations.gateway.errors import Refused, Throttled
from integrations.models import Connection, ProviderAccount
from integrations.services.dispatch import claim_due
from integrations.services.providers import CREDULITY
from tests.factories import UserFactory
from tests.integrations.rows import make_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(stage, alice) -> list[User]:
    """Five colleagues at one server, whose syncs have worked, among seven more accounts of the same server."""
    everybody = [alice, *(UserFactory(company=alice.company, email=f"p{n}@example.org") for n in range(4))]
    for person in everybody:
        stage.connect(person)
        stage.sync(person)
    crowd(alice, 7)
    return everybody


def crowd(user, size):
    """Give the server so many more accounts that work."""
    provider = ProviderAccount.objects.filter(connections__user=user)[0].provider
    for _one in range(size):
        account = ProviderAccount.objects.create(key=uuid.uuid4().hex, provider=provider)
        make_connection(user, account=account, last_success_at=timezone.now())


def struck(stage, people, error):
    """Let each of these meet the error in a run, and return the outcomes."""
    for person in people:
        stage.server.faults.set("*", error, username=person.email)
    outcomes = [stage.sync(person).outcome for person in people]
    stage.server.faults.clear()
    return outcomes


def state(stage, person):
    return Connection.objects.get(pk=stage.connections[person.pk].pk)


def test_when_many_are_asked_to_wait_all_accounts_of_the_server_do(stage, people):
    struck(stage, people[:2], Throttled("429", 60))
    asked = len(stage.server.log)
    assert stage.sync(people[-1]).outcome == "ok" and len(stage.server.log) == asked + 1
    struck(stage, people[2:3], Throttled("429", 60))
    asked = len(stage.server.log)
    report = stage.sync(people[-1])
    assert (report.outcome, report.reason) == ("retry", "The server asked us to wait.")
    assert len(stage.server.log) == asked
    stage.clock.pass_(minutes=4)
    assert claim_due(stage.clock.now() + timedelta(seconds=1)) == []
    stage.clock.pass_(minutes=2)
    assert stage.sync(people[-1]).outcome == "ok"


def test_a_fifth_or_fewer_brake_nobody_but_themselves(stage, people):
    crowd(people[0], 3)
    struck(stage, people[:3], Throttled("429", 60))
    assert stage.sync(people[-1]).outcome == "ok"


def test_another_servers_accounts_are_not_braked(stage, people):
    ProviderAccount.objects.filter(connections__user=people[-1]).update(provider="another")
    struck(stage, people[:3], Throttled("429", 60))
    assert stage.sync(people[-1]).outcome == "ok"
    assert stage.sync(people[-2]).outcome == "retry"


def test_a_longer_wait_is_not_shortened_by_the_brake(stage, people):
    struck(stage, people[1:2], Throttled("429", 3600))
    struck(stage, people[2:4], Throttled("429", 60))
    account = ProviderAccount.objects.get(connections__user=people[1])
    assert account.not_before - stage.clock.now() > timedelta(minutes=50)


def test_a_wave_of_refusals_declares_nobodys_password_revoked(stage, people):
    wave = people[:4]
    for _round in range(3):
        assert set(struck(stage, wave, Refused("401"))) == {"retry"}
        stage.clock.pass_(minutes=11)
    assert {state(stage, person).state for person in wave} == {"active"}
    assert "many accounts at once" in state(stage, wave[0]).last_reason
    assert {stage.sync(person).outcome for person in people} == {"ok"}
    assert state(stage, wave[0]).refused_count == 0


def test_during_a_wave_nobody_is_asked_more_often_than_every_ten_minutes(stage, people):
    for _round in range(2):
        struck(stage, people[:4], Refused("401"))
        stage.clock.pass_(minutes=11)
    struck(stage, people[:4], Refused("401"))
    asked = len(stage.server.log)
    stage.clock.pass_(minutes=5)
    assert stage.sync(people[0]).outcome == "retry"
    assert len(stage.server.log) == asked


def test_a_wave_that_never_ends_is_believed_in_the_end(stage, people):
    wave = people[:3]
    for _round in range(2):
        struck(stage, wave, Refused("401"))
        stage.clock.pass_(minutes=31)
    Connection.objects.filter(user=wave[0]).update(refused_count=CREDULITY)
    assert struck(stage, wave[:2], Refused("401")) == ["needs_user", "retry"]


def test_a_single_revoked_password_is_found_out_among_many_accounts(stage, people):
    for _round in range(2):
        outcomes = struck(stage, people[:1], Refused("401"))
        stage.clock.pass_(minutes=11)
    assert outcomes == ["needs_user"] and state(stage, people[0]).state == "needs_user"


def test_two_colleagues_who_revoked_theirs_are_no_wave(stage, people):
    for _round in range(2):
        outcomes = struck(stage, people[:2], Refused("401"))
        stage.clock.pass_(minutes=11)
    assert outcomes == ["needs_user", "needs_user"]


def test_an_account_from_before_learns_which_provider_is_its_own(stage, alice):
    stage.connect(alice)
    named = ProviderAccount.objects.get().provider
    ProviderAccount.objects.update(provider="")
    stage.sync(alice)
    assert ProviderAccount.objects.get().provider == named != ""
