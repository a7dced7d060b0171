"""Change calendars: what is asked, what is said, and what is done, each by the connection's owner alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from agenda.models import AllDay, Block
from agenda.services import activities
from integrations import grants
from integrations.models import Connection, ProviderAccount
from integrations.services.pause import pause
from tests.integrations.sync.stage import event, soon, stamp
from tests.integrations.sync.test_races import titles
from tests.integrations.wizard.walk import page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def synced(stage, connection, alice):
    activities.create(alice, "meeting", title="Kick-off", start=soon(2), end=soon(2, 10))
    stage.phone(alice).add(stage.path(alice, "Home"), event("a", stamp(soon()), title="Dentist"))
    stage.settle(alice)
    return connection


def address(connection: Connection) -> str:
    return reverse("connection_calendars", args=[connection.pk])


def fields(page: str) -> dict[str, Any]:
    """Return what the form on the page would send as it stands."""
    said: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if (
            not name
            or name[1] == "csrfmiddlewaretoken"
            or (kind and kind[1] in ("radio", "checkbox") and "checked" not in tag)
        ):
            continue
        said.setdefault(name[1], []).append(value[1] if value else "on")
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        said[name] = [chosen[1] if chosen else ""]
    return said


def key_of(connection: Connection, name: str) -> str:
    return str(next(row.pk for row in connection.calendars.all() if row.name.reveal() == name))


def test_saving_what_is_chosen_already_asks_nothing_and_writes_nothing(stage, synced, alice):
    client = signed_in(alice)
    said = fields(page_of(client.get(address(synced))))
    assert said["push_to"] == [key_of(synced, "Work")] and said["imports"] == [key_of(synced, "Home")]
    writes = len(stage.writes())
    answer = client.post(address(synced), said)
    assert answer.status_code == 302
    stage.settle(alice)
    assert len(stage.writes()) == writes


def test_another_target_asks_what_becomes_of_the_copies_and_moves_them(stage, synced, alice):
    client = signed_in(alice)
    said = fields(page_of(client.get(address(synced)))) | {"push_to": [key_of(synced, "Home")], "imports": []}
    page = page_of(client.post(address(synced), said))
    assert "1 event that lies ahead" in page and "1 grey block goes from your agenda" in page
    assert Block.objects.count() == 1, "nothing is done before the answer"
    page = page_of(client.post(address(synced), fields(page), follow=True))
    assert "1 item moves along." in page and "1 item moves to another calendar" in page
    stage.settle(alice)
    assert titles(stage, alice) == [] and titles(stage, alice, "Home") == ["Dentist", "Kick-off"]
    assert "moves to another calendar" not in page_of(client.get(reverse("connections")))


def test_a_calendar_made_on_the_phone_since_can_be_chosen_and_ruled(stage, synced, alice):
    stage.server.add_calendar(stage.account(alice), "Family")
    client = signed_in(alice)
    page = page_of(client.get(address(synced)))
    assert "Family" in page
    family = key_of(synced, "Family")
    said = fields(page)
    said["imports"] += [family]
    said[f"all_day_{family.replace('-', '')}"] = [AllDay.NEVER]
    assert client.post(address(synced), said).status_code == 302
    synced.refresh_from_db()
    row = synced.calendars.get(pk=family)
    assert (row.imported, row.all_day) == (True, AllDay.NEVER)


def test_a_server_that_does_not_answer_still_lets_one_choose(stage, synced, alice):
    from integrations.gateway.errors import Unreachable

    stage.server.faults.set("*", Unreachable("down"), times=50)
    assert "did not answer just now" in page_of(signed_in(alice).get(address(synced)))


def test_nothing_chosen_is_refused_in_the_form(synced, alice):
    client = signed_in(alice)
    said = fields(page_of(client.get(address(synced)))) | {"push_to": ["none"], "imports": []}
    assert "at least one to import from" in page_of(client.post(address(synced), said))


def test_it_is_the_owners_alone(synced, bob, carol, mallory):
    for other in (bob, carol, mallory):
        assert signed_in(other).get(address(synced)).status_code == 404
        assert signed_in(other).post(address(synced), {"push_to": "none"}).status_code == 404


@pytest.mark.parametrize("why", ["paused", "refused", "told to wait"])
def test_nothing_is_sent_for_a_connection_that_stands_still(stage, synced, alice, why):
    if why == "paused":
        pause(synced, alice)
    elif why == "refused":
        Connection.objects.update(refused_count=1, refused_at=stage.clock.now())
    else:
        ProviderAccount.objects.update(not_before=stage.clock.now() + timedelta(hours=1))
    client, before = signed_in(alice), len(stage.server.log)
    page = page_of(client.get(address(synced)))
    assert "is not to be asked" in page
    page = page_of(client.post(address(synced), fields(page) | {"push_to": ["new"]}))
    page = page_of(client.post(address(synced), fields(page)))
    assert "resume or reconnect it first" in page and len(stage.server.log) == before


def test_a_revoked_connection_has_no_such_page_and_nothing_is_sent(stage, synced, alice):
    grants.revoke(synced.grant, alice)
    client, before = signed_in(alice), len(stage.server.log)
    assert client.get(address(synced)).status_code == client.post(address(synced), {}).status_code == 404
    assert len(stage.server.log) == before
