"""The brake under pressure."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone

from accounts.services import guard


@pytest.mark.django_db(transaction=True)
def test_of_guesses_sent_at_the_same_time_no_more_than_the_limit_pass():
    admitted: list[bool] = []

    def guess() -> None:
        for _ in range(8):
            admitted.append(guard.admit("alice@example.org", "192.0.2.1", "", now=timezone.now()) is not None)
        connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 40
    assert sum(admitted) <= guard.PER_ACCOUNT


def test_of_thousands_of_guesses_twenty_are_looked_at(db):
    admitted = [guard.admit("alice@example.org", f"192.0.2.{n % 250}", "", now=timezone.now()) for n in range(2_000)]
    assert sum(attempt is not None for attempt in admitted) == guard.PER_ACCOUNT
