"""The demo's rows: people, a first week of work, and Alice's connection to the demo's calendar server."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.companies import make_company
from accounts.services.users import make_user
from agenda.services import activities, contacts
from integrations.models import Connection
from integrations.services.connect import Choice, connect, test_credentials
from integrations.services.disconnect import disconnect
from integrations.services.runs import sync_connection
from operations.demo import CAST, ZONE, Secrets

CHOICE = Choice(push_to="Halfpast", imports=("Personal", "Family"), push_tasks=True, push_calls=True)


@transaction.atomic
def seed(kept: Secrets) -> None:
    """Make the cast and their week, unless the cast is there."""
    if User.objects.filter(email=CAST[0].email).exists():
        return
    alice, bob, _carol, _mallory = (
        make_user(
            company=make_company(person.company),
            email=person.email,
            name=person.name,
            password=kept.password,
            role=person.role,
            timezone=ZONE,
        )
        for person in CAST
    )
    _plan(alice, bob, timezone.localdate(timezone=ZoneInfo(ZONE)))


def connect_alice(kept: Secrets, url: str) -> None:
    """Connect Alice to the demo's calendar server and sync once; again where its address changed meanwhile."""
    alice = User.objects.filter(email=CAST[0].email, is_active=True).first()
    known = Connection.objects.filter(user=alice, entry="caldav").first()
    if alice is None or (known and known.server.reveal() == url):
        return
    if known:
        disconnect(known, actor=alice, remove_remote=False)
    account = test_credentials("caldav", url, "alice", kept.calendar_passwords["alice"])
    connection = connect(alice, account, CHOICE, granted_from="demo")
    sync_connection(connection.pk)


def _plan(alice: User, bob: User, today: date) -> None:
    """Plan a few things in the week of `today`."""
    monday = today - timedelta(days=today.weekday())
    bakery = contacts.find_or_make(alice, "Bakery Peeters")
    activities.create(
        alice,
        "meeting",
        title="Kick-off of the new website",
        start=_at(monday, 1, 10),
        end=_at(monday, 1, 11),
        customer=bakery,
        attendees=[alice, bob],
    )
    activities.create(
        bob,
        "meeting",
        title="Quarterly review",
        start=_at(monday, 3, 14),
        end=_at(monday, 3, 15),
        attendees=[alice, bob],
    )
    activities.create(alice, "call", customer=bakery, start=_at(monday, 2, 11))
    activities.create(
        alice,
        "task",
        title="Write the offer",
        due=monday + timedelta(days=4),
        start=_at(monday, 4, 9),
        end=_at(monday, 4, 10),
    )
    activities.create(alice, "task", title="Send the invoice of last month", due=monday + timedelta(days=2))


def _at(monday: date, day: int, hour: int) -> datetime:
    """Return a wall time in the demo's zone."""
    return datetime.combine(monday + timedelta(days=day), time(hour), ZoneInfo(ZONE))
