"""Rows 32 to 35: where the password may go. Under Apple's own names, with the rules of production."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import trustme

from accounts.models import AuditEntry
from integrations.services import care
from integrations.services.connect import ConnectRefused
from tests.integrations.gateway.puppet import Puppet, answer
from tests.integrations.icloud.faults.apple import ADDRESS, ENTRY, NAMES, Apple, Internet, an_apple
from tests.integrations.icloud.simulators import MAIN_PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink() -> Iterator[Puppet]:
    """Somebody who listens on every address of this machine and writes down who comes."""
    running = Puppet(lambda heard: answer(200), host="0.0.0.0")  # noqa: S104
    yield running
    running.close()


@pytest.fixture
def internet(monkeypatch) -> Internet:
    made = Internet()
    made.patch(monkeypatch)
    return made


@pytest.fixture
def apple(internet, tmp_path, alice, bob, said, called, sink) -> Iterator[Apple]:
    """Apple's iCloud; every address of this machine, and every foreign one that a test names, leads to the sink."""
    with an_apple(internet, tmp_path, alice, bob, said, called) as running:
        here = ("127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1", "169.254.169.254")  # noqa: S104
        internet.routes |= dict.fromkeys([*here, "93.184.215.14"], sink.port)
        internet.names["calendar.example.net"] = internet.names["evil.example"] = ["93.184.215.14"]
        internet.names["localhost"] = ["127.0.0.1"]
        yield running


def is_refused(apple, sink, *, outcome="failed", looked_up=True):
    """Sync once into the fault; nobody else was called, or told anything."""
    report = apple.scene.sync()
    assert (report.outcome, bool(report.reason)) == (outcome, True)
    assert set(apple.internet.called) == {(ADDRESS, 443)} and sink.connections == 0
    assert not looked_up or {name.endswith(".icloud.com") for name in apple.internet.looked_up} == {True}
    assert [title for title, _start in apple.scene._here()] == ["Dentist"] and apple.scene.writes == []
    return report


def recorded():
    """Return the addresses that the audit trail holds as refused."""
    return [row.details["where"] for row in AuditEntry.objects.filter(action="address.refused")]


TARGETS = [
    *(
        "http://caldav.icloud.com/",
        "https://caldav.icloud.com:8443/",
        "https://evil.example/",
        "https://icloud.com.evil.example/",
    ),
    *("https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/"),
    *("https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://2130706433/", "https://0177.0.0.1/"),
    *("https://0x7f.1/", "https://127.1/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://127.0.0.1/"),
    *("//evil.example/", "https://caldav.icloud.com@evil.example/"),
]


@pytest.mark.parametrize("target", TARGETS)
def test_fault_32_a_redirect_to_elsewhere_is_refused_before_anybody_is_called(apple, sink, target):
    apple.scene.breaks("redirect", verb="PROPFIND", to=target, times="forever")
    is_refused(apple, sink)
    assert set(apple.scene.fired) == {"redirect"}
    [where] = recorded()
    assert "://" in where and "/" not in where.partition("://")[2] and "@" not in where, "its path is nobody's business"
    apple.scene.holds("Dentist")


@pytest.mark.parametrize("verb", ["REPORT", "PUT"])
def test_fault_32_a_redirected_question_or_change_goes_nowhere_else(apple, sink, verb):
    apple.scene.meet()
    apple.scene.icloud.add(
        apple.scene.icloud.home, apple.scene.icloud.home.resources["private-77.ics"].text.decode(), "private-77.ics"
    )
    apple.scene.breaks("redirect-foreign", verb=verb, times="forever", status=307)
    assert apple.scene.sync().outcome == "failed"
    assert set(apple.scene.fired) == {"redirect-foreign"} and recorded() == ["https://calendar.example.net"]
    assert set(apple.internet.called) == {(ADDRESS, 443)} and sink.connections == 0
    assert not any(200 <= status < 300 for _verb, status in apple.scene.writes)
    apple.scene.holds("Dentist", "Kick-off")
    assert apple.scene.writes[-1] == ("PUT", 201)


def test_fault_32_circles_and_chains_without_end_are_given_up(apple, sink):
    apple.scene.breaks("redirect-loop", verb="PROPFIND", times=2)
    is_refused(apple, sink, outcome="retry")
    before = len(apple.scene.stage.sent())
    for hop in range(1, 13):
        apple.scene.breaks("redirect", verb="PROPFIND", to=f"?hop={hop}", nth=hop)
    is_refused(apple, sink, outcome="retry")
    assert len(apple.scene.stage.sent()) - before < 20, "six requests, and as many from the entry address"
    assert recorded() == []
    apple.scene.holds("Dentist")


def test_fault_32_a_redirect_without_a_place_to_go_is_passing_trouble(apple, sink):
    apple.scene.breaks("redirect-nowhere", verb="PROPFIND", times="forever")
    is_refused(apple, sink, outcome="retry")
    apple.scene.holds("Dentist")


@pytest.mark.parametrize("kind", ["foreign-home", "foreign-principal"])
def test_fault_33_a_home_or_principal_elsewhere_gets_no_password(apple, sink, kind):
    apple.scene.breaks(kind, verb="PROPFIND", times="forever")
    with pytest.raises(ConnectRefused) as refused:
        apple.scene.stage.connect(apple.scene.bob)
    assert "https://calendar.example.net" in str(refused.value) and refused.value.cause == "address"
    assert kind in apple.scene.fired and sink.connections == 0 and sink.heard == []
    assert set(apple.internet.called) == {(ADDRESS, 443)}
    assert not apple.scene.bob.connections.exists()
    apple.scene.holds("Dentist")


BASES = ["https://evil.example", "https://caldav.icloud.com:8443", "http://caldav.icloud.com", "https://127.0.0.1"]


@pytest.mark.parametrize("base", BASES)
def test_fault_33_an_event_elsewhere_gets_no_password(apple, sink, base):
    home = apple.scene.icloud.home
    apple.scene.icloud.add(home, home.resources["private-77.ics"].text.decode(), "private-77.ics")
    apple.scene.breaks("absolute-href", verb="REPORT", base=base, times="forever")
    is_refused(apple, sink)
    assert "absolute-href" in apple.scene.fired and recorded() == [base.replace(":443", "")]
    apple.scene.holds("Dentist")


def test_fault_33_an_account_moved_to_another_host_of_apples_is_followed(apple, sink):
    """What is allowed must work: an absolute address on the other host is only a path."""
    apple.scene.meet()
    apple.scene.breaks("absolute-href", verb="REPORT", base=f"https://p99-{ENTRY}:443", times="forever")
    assert apple.scene.sync().outcome == "ok" and "absolute-href" in apple.scene.fired
    apple.scene.holds("Dentist", "Kick-off")
    assert sink.connections == 0


@pytest.mark.parametrize("second", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_fault_34_a_name_that_turns_to_a_private_address_is_not_followed(apple, sink, second):
    for name in NAMES:
        apple.internet.names[name] = [second]
    is_refused(apple, sink)
    assert recorded() and all(".icloud.com" in where for where in recorded())
    for name in NAMES:
        apple.internet.names[name] = [second, ADDRESS]  # both at once: the public one alone is called
    apple.scene.icloud.clock.pass_(7 * 3600)
    assert apple.scene.sync().outcome == "ok"
    apple.scene.holds("Dentist")
    assert set(apple.internet.called) == {(ADDRESS, 443)} and sink.connections == 0


def test_fault_34_the_vetted_address_is_called_under_the_hosts_own_name(apple):
    hosts = {one.header("host") for one in apple.scene.stage.sent()}
    assert hosts == {ENTRY, f"p{apple.scene.icloud.account.shard}-{ENTRY}"}
    assert len(apple.internet.called) < len(apple.scene.stage.sent()), "names are asked and connections made but once"
    apple.show(apple.papers.issue_cert("other.icloud.com"))
    assert apple.scene.sync().outcome == "retry", "the address is right, but the certificate is not the host's"
    apple.show(apple.papers.issue_cert(*NAMES))
    apple.scene.holds("Dentist")


def old_tls(apple):
    apple.server.set_ciphers("DEFAULT@SECLEVEL=0")
    apple.server.minimum_version = apple.server.maximum_version = ssl.TLSVersion.TLSv1


def modern_tls(apple):
    apple.server.minimum_version, apple.server.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


WRONG = {
    "name": lambda apple: apple.show(apple.papers.issue_cert("caldav.example.org")),
    "authority": lambda apple: apple.show(trustme.CA().issue_cert(*NAMES)),
    "expired": lambda apple: apple.show(apple.papers.issue_cert(*NAMES, not_after=datetime(2020, 1, 1, tzinfo=UTC))),
    "TLS 1.0": old_tls,
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("wrong", WRONG)
def test_fault_35_tls_that_is_not_right_is_passing_trouble_and_then_told(apple, wrong):
    apple.scene.meet()
    asked = len(apple.scene.stage.sent())
    WRONG[wrong](apple)
    for _run in range(4):
        report = apple.scene.sync()
        assert (report.outcome, report.reason) == ("retry", "The server could not be reached.")
        apple.scene.icloud.clock.pass_(1800)
    assert len(apple.scene.icloud.log) == asked, "nothing was said, and no password"
    assert care.tell_stale(apple.scene.stage.world.now()) == 1, "its owner is told"
    modern_tls(apple)
    apple.show(apple.papers.issue_cert(*NAMES))
    apple.scene.holds("Dentist", "Kick-off")


def test_fault_35_no_setting_switches_the_checks_off(apple, settings):
    """A root that is not the server's adds nothing; there is no other switch."""
    apple.show(trustme.CA().issue_cert(*NAMES))
    for name in [name for name in dir(settings) if "VERIFY" in name or "INSECURE" in name]:
        pytest.fail(f"there is a switch: {name}")
    settings.HALFPAST_CA_FILE = ""
    assert apple.scene.sync().outcome == "retry"
    assert MAIN_PASSWORD not in "".join(apple.scene.said)
