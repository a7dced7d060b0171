"""A server whose calendars are in another domain: its owner is asked before the password goes there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from integrations.models import Connection
from integrations.services.surroundings import THE_WORLD
from tests.integrations.gateway.puppet import Heard, Puppet, answer, home_row, multistatus, puppet
from tests.integrations.sync.stage import PASSWORD

from .walk import Walk, leads_to, page_of

PROPERTY = "<response><href>/</href><propstat><prop>%s</prop><status>HTTP/1.1 200 OK</status></propstat></response>"
PRINCIPAL = PROPERTY % "<current-user-principal><href>/alice/</href></current-user-principal>"
HOME = PROPERTY % "<c:calendar-home-set><href>%shome/</href></c:calendar-home-set>"


@dataclass
class Town:
    """Two servers the operator has admitted: the one that is typed, and the one that it leads to."""

    typed: Puppet
    other: Puppet

    @property
    def other_host(self) -> str:
        return f"localhost:{self.other.port}"


@pytest.fixture
def town(settings) -> Iterator[Town]:
    with puppet(answer(404)) as typed, puppet(multistatus(home_row("/home/cal/"))) as other:
        where = f"http://localhost:{other.port}/"

        def script(heard: Heard) -> bytes:
            return multistatus(HOME % where if heard.path == "/alice/" else PRINCIPAL)

        typed.script = script
        settings.HALFPAST_PRIVATE_HOSTS = [typed.host_port, f"localhost:{other.port}"]
        yield Town(typed, other)


@pytest.fixture
def walk(db, alice) -> Walk:
    return Walk(alice, "caldav")


def test_the_password_goes_to_another_domain_only_after_its_owner_has_confirmed_it(walk, town):
    grant = walk.allow()
    page = page_of(walk.account(grant, server=town.typed.url))
    assert f"your calendars are at {town.other_host}, which is another domain" in page
    assert f'name="confirmed" value="{town.other_host}"' in page
    assert f"Yes, sign in at {town.other_host}" in page
    assert town.other.connections == 0 and not Connection.objects.exists()
    assert PASSWORD not in page
    response = walk.account(grant, server=town.typed.url, confirmed=town.other_host)
    assert leads_to(response, "wizard_calendars", grant.pk)
    assert Connection.objects.get().confirmed_hosts == [town.other_host]
    assert town.other.heard[0].headers["authorization"] == town.typed.heard[0].headers["authorization"]


def test_what_was_confirmed_is_kept_used_and_shown(walk, town):
    connection = walk.set_up(server=town.typed.url, confirmed=town.other_host)
    walk.choose(connection, "Cal", "Cal")
    with closing(THE_WORLD.line(Connection.objects.get(), seconds=10, interactive=False)) as line:
        assert [row.path for row in line.look(connection.home.reveal())] == ["/home/cal/"]
    assert f"<dt>Signs in at</dt><dd>{town.other_host}</dd>" in page_of(walk.client.get(reverse("connections")))
    kept = AuditEntry.objects.get(action="hosts.confirmed")
    assert kept.details == {"entry": "caldav", "hosts": [town.other_host]}


def test_a_refused_address_is_on_record_without_its_path(walk, town):
    walk.account(walk.allow(), server=town.typed.url)
    refused = AuditEntry.objects.get(action="address.refused")
    assert refused.details == {"entry": "caldav", "where": f"http://{town.other_host}"}
    assert refused.outcome == "refused"


@pytest.mark.parametrize("said", ["evil.example.org", "a b:1", "x:1,", "", "localhost:1"])
def test_confirming_anything_else_confirms_nothing(walk, town, said):
    page = page_of(walk.account(walk.allow(), server=town.typed.url, confirmed=said))
    assert "which is another domain" in page
    assert town.other.connections == 0 and not Connection.objects.exists()


def test_a_private_server_that_nobody_admitted_is_told_as_such(walk, settings):
    settings.HALFPAST_PRIVATE_HOSTS = []
    with puppet(answer(200)) as server:
        grant = walk.allow()
        secure = page_of(walk.account(grant, server=f"https://{server.host_port}/"))
        plain = page_of(walk.account(grant, server=server.url))
        assert server.connections == 0
    assert "127.0.0.1 lies in a private network" in secure and "HALFPAST_PRIVATE_HOSTS" in secure
    assert "is plain http, which would show the password" in plain
    assert "leads to" not in secure + plain


def test_a_redirect_in_a_circle_says_so(walk, town):
    town.typed.script = lambda heard: answer(302, "", f"Location: {heard.path}")
    page = page_of(walk.account(walk.allow(), server=town.typed.url))
    assert "127.0.0.1 redirects in circles" in page
