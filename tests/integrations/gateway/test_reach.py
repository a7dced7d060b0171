"""Fault rows 32 and 33, and the allow-list: which addresses may be asked at all."""

from __future__ import annotations

import pytest

from integrations.gateway.domains import registrable
from integrations.gateway.errors import AddressRefused
from integrations.gateway.reach import Reach
from integrations.gateway.resolve import Resolver, is_public
from integrations.gateway.target import host_ports

APPLE = ("icloud.com", "*.icloud.com", "icloud.com.cn", "*.icloud.com.cn")


@pytest.mark.parametrize(
    "url",
    [
        "https://caldav.icloud.com/",
        "https://p180-caldav.icloud.com:443/123/calendars/",
        "https://CALDAV.icloud.com./",
        "https://caldav.icloud.com.cn/",
    ],
)
def test_apples_hosts_are_allowed(url: str) -> None:
    assert Reach().door(APPLE, "https://caldav.icloud.com/").target(url).inside is False


@pytest.mark.parametrize(
    "url",
    [
        "http://caldav.icloud.com/",
        "https://caldav.icloud.com:8443/",
        "https://caldav.icloud.com.example.org/",
        "https://evilicloud.com/",
        "https://icloud.com@example.org/",
        "https://user:secret@caldav.icloud.com/",
        "https://example.org/icloud.com",
        "https://example.org#.icloud.com",
        "https://example.org\\.icloud.com/",
        "https://example.org\t.icloud.com/",
        "ftp://caldav.icloud.com/",
        "file:///etc/passwd",
        "gopher://caldav.icloud.com/",
        "//caldav.icloud.com/",
        "https://caldav.icloud.com:99999/",
        "https://[::1/",
        "https:///",
        "",
    ],
)
def test_everything_else_is_refused_for_icloud(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        Reach().door(APPLE, "https://caldav.icloud.com/").target(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "url", "allowed"),
    [
        ("https://dav.example.org/", "https://dav.example.org/x", True),
        ("https://dav.example.org:8443/", "https://dav.example.org:8443/x", True),
        ("https://dav.example.org/", "https://cal7.example.org/x", True),
        ("https://example.org/", "https://dav.example.org/", True),
        ("https://dav.example.org/", "https://dav.example.org:8443/x", False),
        ("https://dav.example.org:8443/", "https://dav.example.org:9443/x", False),
        ("https://dav.example.org/", "http://dav.example.org/x", False),
        ("https://dav.example.org/", "https://example.com/", False),
        ("https://mine.co.uk/", "https://yours.co.uk/", False),
        ("https://dav.mine.co.uk/", "https://cal.mine.co.uk/", True),
        ("https://mine.github.io/", "https://yours.github.io/", False),
        ("https://dav/", "https://dav2/", False),
        ("https://192.0.2.1/", "https://192.0.2.2/", False),
        ("http://dav.example.org/", "http://dav.example.org/", False),
    ],
)
def test_a_typed_address_reaches_its_own_domain_only(typed: str, url: str, allowed: bool) -> None:
    door = Reach().door((), typed)
    if allowed:
        assert door.target(url).host
    else:
        with pytest.raises(AddressRefused):
            door.target(url)


def test_the_operators_hosts_may_be_private_and_plain() -> None:
    reach = Reach(host_ports(["127.0.0.1:5232", "radicale.lan:5232", "[::1]:5232", "dav.lan"]))
    for url in ("http://127.0.0.1:5232/", "http://radicale.lan:5232/", "http://[::1]:5232/", "https://dav.lan/"):
        assert reach.door((), url).target(url).inside
    for url in ("http://127.0.0.1:5233/", "http://localhost:5232/", "http://dav.lan/"):
        with pytest.raises(AddressRefused):
            reach.door((), url).target(url)


def test_a_public_server_does_not_lead_to_the_operators_private_host() -> None:
    reach = Reach(host_ports(["127.0.0.1:5232"]))
    with pytest.raises(AddressRefused):
        reach.door((), "https://dav.example.org/").target("http://127.0.0.1:5232/")
    with pytest.raises(AddressRefused):
        reach.door(APPLE, "https://caldav.icloud.com/").target("http://127.0.0.1:5232/")


def test_a_stand_in_replaces_apple_on_any_port() -> None:
    door = Reach(icloud="http://127.0.0.1:8800/").door(APPLE, "http://127.0.0.1:8800/")
    assert door.target("http://127.0.0.1:8801/x").inside and door.target("https://localhost:8802/x").inside
    for url in ("https://caldav.icloud.com/", "http://127.0.0.2:8800/"):
        with pytest.raises(AddressRefused):
            door.target(url)
    secure = Reach(icloud="https://caldav.icloud.test:8443/").door(APPLE, "https://caldav.icloud.test:8443/")
    assert secure.target("https://p42-caldav.icloud.test:9443/").inside
    with pytest.raises(AddressRefused):
        secure.target("http://p42-caldav.icloud.test:9443/")


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "..", "a b"]
)
def test_numbers_dressed_as_names_are_refused_before_any_lookup(host: str) -> None:
    with pytest.raises(AddressRefused):
        Reach().door((), "https://dav.example.org/").target(f"https://{host}/")
    with pytest.raises(AddressRefused):
        Reach().door((), f"https://{host}/").target("https://dav.example.org/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "not an address",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
    resolver = Resolver(lambda: 0.0, lambda host, port: [address])
    target = Reach().door((), "https://dav.example.org/").target("https://dav.example.org/")
    with pytest.raises(AddressRefused, match="private"):
        resolver.addresses(target, 5)


def test_public_addresses_alternate_between_families_and_private_ones_are_dropped() -> None:
    found = ["2a01::1", "2a01::2", "10.0.0.1", "17.0.0.1", "17.0.0.2", "17.0.0.3", "::1"]
    resolver = Resolver(lambda: 0.0, lambda host, port: found)
    target = Reach().door((), "https://dav.example.org/").target("https://dav.example.org/")
    assert resolver.addresses(target, 5) == ["2a01::1", "17.0.0.1", "2a01::2", "17.0.0.2", "17.0.0.3"]


def test_fault_34_a_name_is_resolved_once_and_vetted_each_time() -> None:
    answers = iter([["17.0.0.1"], ["10.0.0.1"]])
    now = [0.0]
    resolver = Resolver(lambda: now[0], lambda host, port: next(answers))
    target = Reach().door((), "https://dav.example.org/").target("https://dav.example.org/")
    assert resolver.addresses(target, 5) == resolver.addresses(target, 5) == ["17.0.0.1"]
    now[0] = 61.0
    with pytest.raises(AddressRefused):
        resolver.addresses(target, 5)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.b.example.org", "example.org"),
        ("a.b.co.uk", "b.co.uk"),
        ("localhost", "localhost"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
def test_the_registrable_part_of_a_name(host: str, expected: str) -> None:
    assert registrable(host) == expected
