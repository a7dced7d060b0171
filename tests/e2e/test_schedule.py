"""When connections are looked at, and what the messages say about them: real Valkey, no worker."""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from accounts.models import User
from agenda.services import activities
from integrations import tasks
from integrations.models import Connection
from integrations.services import dispatch
from integrations.services.schedule import PERIOD, next_slot
from tests.integrations.rows import PRIVATE, make_calendar, make_connection

Queues = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def queues() -> Iterator[Queues]:
    """Return what lies in a queue of the broker, whole: headers, properties, and the body as it was sent."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        broker.delete("sync", "interactive")

        def look(queue: str) -> list[dict[str, Any]]:
            found = [json.loads(message) for message in broker.lrange(queue, 0, -1)]
            return [{**message, "body": json.loads(base64.b64decode(message["body"]))} for message in found]

        yield look
        broker.delete("sync", "interactive")


def asked_for(messages: list[dict[str, Any]]) -> list[str]:
    """Return the connections that these messages want to have synced, sorted."""
    assert {message["headers"]["task"] for message in messages} <= {"integrations.tasks.sync_connection"}
    return sorted(message["body"][0][0] for message in messages)


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)


# --- slots ------------------------------------------------------------------------------------------------------------


def test_a_connection_keeps_its_own_moment_of_the_half_hour() -> None:
    one, now = uuid.uuid4(), datetime(2026, 11, 24, 10, 7, 31, tzinfo=UTC)
    first = next_slot(one, now)
    assert now < first <= now + PERIOD
    assert next_slot(one, first) == first + PERIOD
    assert next_slot(one, first + timedelta(seconds=200)) == first + PERIOD  # a late beat does not shift it
    assert next_slot(one, first - timedelta(microseconds=1)) == first


def test_many_connections_are_spread_over_the_half_hour() -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    minutes = [int((next_slot(uuid.uuid4(), now) - now).total_seconds() // 60) for _ in range(600)]
    crowd = max(minutes.count(minute) for minute in range(31))
    assert len(set(minutes)) >= 29
    assert crowd < 60  # 20 each on average


# --- dispatch ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_what_is_due_and_may_be_served_is_claimed(alice: User, queues: Queues) -> None:
    due = make_connection(alice, next_sync_at=ago(minutes=1))
    make_connection(alice, next_sync_at=ago(minutes=-1))
    make_connection(alice, next_sync_at=ago(minutes=1), state=Connection.State.PAUSED)
    make_connection(alice, next_sync_at=ago(minutes=1), state=Connection.State.NEEDS_USER)
    told_to_wait = make_connection(alice, next_sync_at=ago(minutes=1))
    told_to_wait.account.not_before = ago(minutes=-5)
    told_to_wait.account.save()
    revoked = make_connection(alice, next_sync_at=ago(minutes=1))
    revoked.grant.revoked_at = timezone.now()
    revoked.grant.save()
    tasks.dispatch_due()
    assert asked_for(queues("sync")) == [str(due.pk)]
    assert queues("interactive") == []
    due.refresh_from_db()
    assert due.next_sync_at == next_slot(due.pk, timezone.now())


@pytest.mark.django_db
def test_a_second_tick_finds_nothing_left(alice: User, queues: Queues) -> None:
    for _ in range(3):
        make_connection(alice, next_sync_at=ago(minutes=1))
    tasks.dispatch_due()
    tasks.dispatch_due()
    assert len(queues("sync")) == 3


@pytest.mark.django_db(transaction=True)
def test_fault_43_two_beats_at_the_same_instant_claim_each_connection_once(alice: User) -> None:
    ids = {make_connection(alice, next_sync_at=ago(minutes=1)).pk for _ in range(8)}
    claimed: list[uuid.UUID] = []
    together = threading.Barrier(4)

    def beat() -> None:
        together.wait()
        claimed.extend(dispatch.claim_due(timezone.now()))
        database.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert sorted(claimed) == sorted(ids)


@pytest.mark.django_db
def test_a_ring_that_nobody_heard_is_served_at_the_next_tick_on_the_queue_for_people(
    alice: User, queues: Queues
) -> None:
    later = ago(minutes=-20)
    rung = make_connection(alice, next_sync_at=later, ring_seq=4, heard_seq=3)
    make_connection(alice, next_sync_at=later, ring_seq=4, heard_seq=4)
    make_connection(alice, next_sync_at=later, ring_seq=1, state=Connection.State.PAUSED)
    tasks.dispatch_due()
    assert queues("sync") == []
    assert asked_for(queues("interactive")) == [str(rung.pk)]


# --- messages ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_messages_hold_ids_and_nothing_else(
    alice: User, queues: Queues, django_capture_on_commit_callbacks: Any
) -> None:
    connection = make_connection(alice, next_sync_at=ago(minutes=1))
    calendar = make_calendar(connection)
    Connection.objects.filter(pk=connection.pk).update(push_to=calendar)
    start = ago(days=-3)
    with django_capture_on_commit_callbacks(execute=True):
        activities.create(
            alice, "meeting", title="Canary title", start=start, end=start + timedelta(hours=1), location="Canary place"
        )
    tasks.dispatch_due()
    edited, due = queues("interactive")[0], queues("sync")[0]
    assert (edited["body"][0], due["body"][0]) == ([str(connection.pk), True], [str(connection.pk)])
    assert edited["headers"]["expires"] and due["headers"]["expires"]
    for message in (edited, due):
        whole = json.dumps(message, ensure_ascii=False)
        assert not [word for word in (alice.email, alice.name, "Canary", *PRIVATE) if word in whole]
