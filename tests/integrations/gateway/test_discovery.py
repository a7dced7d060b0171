"""Discovery: where an account lives, in all the forms in which servers tell it, and whom the password may reach."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.gateway import dav
from integrations.gateway.base import Credentials, Discovery, Gateway, Profile
from integrations.gateway.errors import AddressRefused, HostUnconfirmed, NotUnderstood, Refused
from integrations.gateway.reach import Reach
from integrations.gateway.resolve import Service, path_in
from integrations.gateway.target import host_ports
from integrations.gateway.transport import Transport
from tests.integrations.gateway.puppet import Heard, Puppet, answer, multistatus, puppet

PROFILE = Profile("puppet", burst=1000, per_second=1000, per_minute=100_000)
APPLE = Profile("iCloud", burst=1000, per_second=1000, per_minute=100_000, hosts=("icloud.com", "*.icloud.com"))
PROPERTY = "<response><href>%s</href><propstat><prop>%s</prop><status>HTTP/1.1 200 OK</status></propstat></response>"
PRINCIPAL = PROPERTY % ("/", "<current-user-principal><href>/123/principal/</href></current-user-principal>")
HOMELESS = PROPERTY % ("/123/principal/", "<displayname>Alice</displayname>")


def home(url: str) -> str:
    return PROPERTY % ("/123/principal/", f"<c:calendar-home-set><href>{url}</href></c:calendar-home-set>")


def at_apple(server: Puppet, *, typed: str = "") -> Gateway:
    """Return a gateway for which the puppet stands in for Apple."""
    reach = Reach(icloud=server.url)
    return dav.connect(APPLE, typed or server.url, Credentials("a", "b"), reach=reach, transport=Transport())


# iCloud's forms (docs/icloud.md A1 to A6)


@pytest.mark.parametrize("mode", ["direct", "301", "302", "307", "308", "well-known", "301 to a shard", "absolute"])
def test_every_form_of_icloud_leads_to_the_same_home(mode: str) -> None:
    with puppet(answer(404)) as shard, puppet(answer(404)) as server:
        where = f"http://127.0.0.1:{shard.port}/123/calendars/"

        def account(heard: Heard) -> bytes:
            return multistatus(home(where) if heard.path == "/123/principal/" else PRINCIPAL)

        def script(heard: Heard) -> bytes:
            if mode[:3].isdigit() and heard.path == "/":
                to = shard.url if "shard" in mode else "/root/"
                return answer(int(mode[:3]), "", f"Location: {to}")
            if mode == "well-known" and heard.path == "/":
                return answer(400, "<html>")
            if mode == "absolute" and heard.path == "/":
                return multistatus(PRINCIPAL.replace("/123/", f"{server.url}123/"))
            return account(heard)

        server.script, shard.script = script, account
        found = at_apple(server).discover()
        assert (found.account, found.home) == ("/123/principal/", where)
        heard = [*server.heard, *shard.heard]
        assert {one.method for one in heard} == {"PROPFIND"} and {one.headers["depth"] for one in heard} == {"0"}
        assert len({one.headers["authorization"] for one in heard}) == 1
        assert len({one.body for one in heard}) == 1


def test_a_home_left_out_once_is_asked_for_again() -> None:
    """An otherwise good answer leaves the home out, off and on (docs/icloud.md A77)."""
    asked: list[str] = []

    def script(heard: Heard) -> bytes:
        asked.append(heard.path)
        again = asked.count("/123/principal/") > 1
        return multistatus(PRINCIPAL if heard.path == "/" else home("/123/calendars/") if again else HOMELESS)

    with puppet(script) as server:
        assert at_apple(server).discover().home == server.url + "123/calendars/"
    assert asked == ["/", "/123/principal/", "/123/principal/"]


def test_a_home_left_out_for_good_is_not_understood_and_never_guessed() -> None:
    with puppet(lambda heard: multistatus(PRINCIPAL if heard.path == "/" else HOMELESS)) as server:
        with pytest.raises(NotUnderstood, match="where this account's calendars are"):
            at_apple(server).discover()
        assert {heard.headers["depth"] for heard in server.heard} == {"0"}


def test_a_401_at_the_well_known_address_does_not_count_when_the_entry_answers() -> None:
    def script(heard: Heard) -> bytes:
        if heard.path.startswith("/.well-known"):
            return answer(401)
        return multistatus(PRINCIPAL if heard.path == "/" else home("/123/calendars/"))

    with puppet(script) as server:
        assert at_apple(server).discover().account == "/123/principal/"


def test_a_refused_password_makes_one_request() -> None:
    challenge = 'WWW-Authenticate: X-MobileMe-AuthToken realm="MMCalDav", Basic realm="MMCalDav"'
    with puppet(answer(401, "", challenge)) as server:
        with pytest.raises(Refused):
            at_apple(server).discover()
        assert len(server.heard) == 1


# records (RFC 6764)


def by_records(
    records: list[Service], typed: str = "https://example.org/", *, confirmed: tuple[str, ...] = ()
) -> tuple[Gateway, list[str], list[str]]:
    """Return a gateway whose domain has these records, with the domains and the hosts that are looked up."""
    domains: list[str] = []
    hosts: list[str] = []

    def ask(domain: str, seconds: float) -> list[Service]:
        assert 0 < seconds <= 2
        domains.append(domain)
        return records

    def lookup(host: str, port: int) -> list[str]:
        hosts.append(f"{host}:{port}")
        raise OSError

    transport = Transport(lookup=lookup, records=ask)
    line = dav.connect(PROFILE, typed, Credentials("a", "b"), hosts=confirmed, reach=Reach(), transport=transport)
    return line, domains, hosts


def reached(line: Gateway) -> type[Exception]:
    with pytest.raises(Exception, match=r".") as failure:
        line.discover()
    return failure.type


def test_a_typed_domain_is_asked_for_its_records_and_they_go_first() -> None:
    line, domains, hosts = by_records([Service("dav.example.org", 8443, "/dav/")])
    reached(line)
    assert domains == ["example.org"]
    assert hosts[0] == "dav.example.org:8443" and "example.org:443" in hosts


def test_records_of_another_domain_are_asked_about_before_anything_is_sent() -> None:
    line, _domains, hosts = by_records([Service("dav.provider.example", 443)])
    with pytest.raises(HostUnconfirmed, match="which you have not confirmed") as question:
        line.discover()
    assert (question.value.host, question.value.where) == ("dav.provider.example:443", "https://dav.provider.example")
    assert hosts == []


def test_a_confirmed_host_is_gone_to() -> None:
    line, _domains, hosts = by_records(
        [Service("dav.provider.example", 443), Service("backup.provider.example", 443)],
        confirmed=("dav.provider.example:443",),
    )
    reached(line)
    assert hosts[0] == "dav.provider.example:443" and "backup.provider.example:443" not in hosts


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "localhost", "0x7f000001", "2130706433", "a b", "", "-", "x" * 70_000]
)
def test_records_that_name_no_public_name_are_passed_over(host: str) -> None:
    line, _domains, hosts = by_records([Service(host, 443)])
    reached(line)
    assert set(hosts) == {"example.org:443"}


@pytest.mark.parametrize(
    "typed", ["https://example.org/dav/", "https://example.org:8443/", "https://192.0.2.1/", "https://localhost/"]
)
def test_a_typed_server_is_taken_at_its_word(typed: str) -> None:
    line, domains, _hosts = by_records([Service("dav.example.org", 443)], typed)
    reached(line)
    assert domains == []


def test_apples_own_entry_asks_for_no_records() -> None:
    asked: list[str] = []

    def records(domain: str, seconds: float) -> list[Service]:
        asked.append(domain)
        return []

    transport = Transport(lookup=lambda host, port: [], records=records)
    line = dav.connect(APPLE, "https://caldav.icloud.com/", Credentials("a", "b"), reach=Reach(), transport=transport)
    reached(line)
    assert asked == []


def test_what_discovery_used_beyond_the_typed_host_is_told_so_that_it_can_be_kept() -> None:
    with puppet(answer(404)) as other, puppet(answer(404)) as server:
        listed = host_ports([server.host_port, f"localhost:{other.port}"])
        there = f"http://localhost:{other.port}/123/calendars/"
        server.script = lambda heard: multistatus(PRINCIPAL if heard.path == "/" else home(there))
        connect: dict[str, Any] = {"reach": Reach(listed), "transport": Transport()}
        with pytest.raises(HostUnconfirmed):
            dav.connect(PROFILE, server.url, Credentials("a", "b"), **connect).discover()
        confirmed = (f"localhost:{other.port}",)
        found: Discovery = dav.connect(
            PROFILE, server.url, Credentials("a", "b"), hosts=confirmed, **connect
        ).discover()
        assert found.hosts == confirmed
        assert other.connections == 0


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        ([b"path=/dav/"], "/dav/"),
        ([b"txtvers=1", b"Path=/a"], "/a"),
        ([b"path=https://evil.example/"], ""),
        ([b"\xff\xfe"], ""),
        ([], ""),
    ],
)
def test_the_path_in_a_text_record(texts: list[bytes], path: str) -> None:
    assert path_in(texts) == path


def test_a_path_in_a_record_cannot_lead_to_another_host() -> None:
    for path in ("//evil.example/", "/@evil.example/", "/\\evil.example"):
        line, _domains, hosts = by_records([Service("dav.example.org", 443, path)])
        reached(line)
        assert {host.partition(":")[0] for host in hosts} <= {"dav.example.org", "example.org"}


# hosts that the operator has admitted


def test_admitted_hosts_do_not_hand_the_password_to_each_other() -> None:
    with puppet(answer(200)) as other, puppet(answer(200)) as server:
        listed = host_ports([server.host_port, f"localhost:{other.port}"])
        server.script = lambda heard: answer(302, "", f"Location: http://localhost:{other.port}/")
        line = dav.connect(PROFILE, server.url, Credentials("a", "b"), reach=Reach(listed), transport=Transport())
        with pytest.raises(HostUnconfirmed):
            line.look(server.url + "home/")
        assert other.connections == 0


def test_a_confirmed_host_must_still_be_public_or_admitted() -> None:
    with puppet(answer(200)) as private:
        host = f"127.0.0.1:{private.port}"
        line = dav.connect(
            PROFILE, "https://example.org/", Credentials("a", "b"), hosts=(host,), reach=Reach(), transport=Transport()
        )
        for scheme in ("http", "https"):
            with pytest.raises(AddressRefused):
                line.look(f"{scheme}://{host}/")
        assert private.connections == 0


@pytest.mark.parametrize("hosts", [["a b:1"], ["x:99999"], ["[::1"], ["http://x"]])
def test_a_confirmation_that_is_no_host_is_refused(hosts: list[str]) -> None:
    with pytest.raises(AddressRefused):
        Reach().door((), "https://example.org/", hosts)
