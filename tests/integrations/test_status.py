"""What the agenda is told of connections: which calendars come in, and what the last sync changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from integrations.models import Connection, Run
from integrations.selectors import status
from tests.integrations.rows import make_calendar, make_connection

ZERO = dict.fromkeys(
    (f"{side}_{what}" for side in ("local", "remote") for what in ("created", "updated", "deleted")), 0
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"local_created": 1}, "1 new"),
        ({"local_created": 3, "local_updated": 1, "local_deleted": 2}, "3 new, 1 changed, 2 removed"),
        ({"remote_created": 2, "remote_updated": 1}, "3 went out"),
        ({"local_created": 1, "remote_deleted": 2}, "1 came in, 2 went out"),
    ],
)
def test_a_sync_says_what_it_changed_in_plain_words(alice: User, changes: dict[str, int], words: str) -> None:
    connection = make_connection(alice)
    now = timezone.now()
    Run.objects.create(connection=connection, started_at=now, ended_at=now, **{**ZERO, **changes})
    (one,) = status.connections(alice)
    assert one.news == words


def test_an_owner_alone_is_told_his_imported_calendars(alice: User, bob: User, django_assert_num_queries: Any) -> None:
    connection = make_connection(alice)
    for name, color in (("Work", "#cc73e1ff"), ("family", ""), ("Home", "#1badf8")):
        make_calendar(connection, name=name, color=color, imported=True)
    make_calendar(connection, name="Only pushed to")
    make_calendar(connection, name="Gone", imported=True, gone_at=timezone.now())
    make_calendar(make_connection(alice, state=Connection.State.SETUP), name="Being set up", imported=True)
    with django_assert_num_queries(1):
        marks = status.calendars(alice)
    assert [(one.name, one.color) for one in marks] == [("family", ""), ("Home", "#1badf8"), ("Work", "#cc73e1")]
    assert {one.entry_name for one in marks} == {"Apple iCloud Calendar"} and "Home" not in repr(marks)
    assert list(status.calendars(bob)) == []
