"""The transport against servers that misbehave: fault rows 25–36 and design of redirects, pools and deadlines."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.gateway import dav
from integrations.gateway.base import Credentials, Gateway, Profile
from integrations.gateway.errors import (
    AddressRefused,
    CalendarGone,
    DeadlinePassed,
    GatewayError,
    NotUnderstood,
    OutcomeUnknown,
    RedirectLoop,
    Throttled,
    TimedOut,
    TooLarge,
    Unreachable,
    WrongAccount,
)
from integrations.gateway.pool import tls
from integrations.gateway.reach import Reach
from integrations.gateway.resolve import ask_system
from integrations.gateway.target import host_ports
from integrations.gateway.transport import Transport
from tests.integrations.gateway.puppet import (
    Act,
    Heard,
    Puppet,
    Script,
    answer,
    drip,
    entry,
    flood,
    hang_up,
    home_row,
    multistatus,
    puppet,
    stall,
)
from tests.integrations.servers import event

PROFILE = Profile("puppet", burst=1000, per_second=1000, per_minute=100_000)
PASSWORD = "abcd-efgh-ijkl-mnop"
HOME = "/home/"


def gateway(
    server: Puppet, *others: Puppet, seconds: float | None = None, transport: Transport | None = None
) -> Gateway:
    """Return a gateway to a puppet; `others` are admitted too."""
    reach = Reach(host_ports([server.host_port, *(other.host_port for other in others)]))
    deadline = None if seconds is None else time.monotonic() + seconds
    return dav.connect(
        PROFILE,
        server.url,
        Credentials("alice@example.org", PASSWORD),
        reach=reach,
        deadline=deadline,
        transport=transport or Transport(),
    )


def look(server: Puppet, line: Gateway | None = None) -> list[str]:
    return [row.path for row in (line or gateway(server)).look(server.url + "home/")]


def script_of(*turns: bytes | Act) -> Script:
    """Return a script that plays one answer after another."""
    left = iter(turns)
    return lambda heard: next(left)


# redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_keeps_method_body_and_credentials(status: int) -> None:
    def script(heard: Heard) -> bytes:
        return multistatus(home_row()) if heard.path == "/home/" else answer(status, "", "Location: /home/")

    with puppet(script) as server:
        line = gateway(server)
        assert [row.path for row in line.look(server.url + "old/")] == ["/home/cal/"]
        first, second = server.heard
        assert (first.method, first.body) == (second.method, second.body) == ("PROPFIND", first.body)
        assert first.headers["authorization"] == second.headers["authorization"]
        assert line.meter.requests == 2


def test_a_redirected_write_is_sent_on_and_done_once() -> None:
    def script(heard: Heard) -> bytes:
        return answer(201) if heard.path.startswith("/new/") else answer(307, "", "Location: /new/a.ics")

    with puppet(script) as server:
        gateway(server).create("/home/cal/a.ics", event("a"))
        assert [(h.method, h.path, h.headers["if-none-match"]) for h in server.heard] == [
            ("PUT", "/home/cal/a.ics", "*"),
            ("PUT", "/new/a.ics", "*"),
        ]
        assert server.heard[1].body == event("a").encode()


def test_a_redirect_in_a_circle_is_named_as_soon_as_it_closes() -> None:
    turns = {"/home/": "/there/", "/there/": "/home/"}
    with puppet(lambda heard: answer(302, "", f"Location: {turns[heard.path]}")) as server:
        with pytest.raises(RedirectLoop, match="127.0.0.1 redirects in circles"):
            look(server)
        assert [heard.path for heard in server.heard] == ["/home/", "/there/"]


def test_a_chain_of_redirects_ends_after_five() -> None:
    with puppet(lambda heard: answer(302, "", f"Location: {heard.path}more/")) as server:
        with pytest.raises(RedirectLoop):
            look(server)
        assert len(server.heard) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://localhost.:{port}/",
        "https://2130706433:{port}/",
        "https://0x7f000001:{port}/",
        "https://0177.0.0.1:{port}/",
        "https://127.1:{port}/",
        "https://0.0.0.0:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://[::]:{port}/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "HTTPS://LOCALHOST:{port}/",
        "FILE:///etc/passwd",
        "GoPher://127.0.0.1:{port}/",
        "dict://127.0.0.1:{port}/",
        "https://017700000001:{port}/",
        "https://0x7f.0.0.1:{port}/",
        "https://127.0.0.01:{port}/",
        "https://127.0.1:{port}/",
        "https://127.0.0.1.:{port}/",
        "https://[::ffff:7f00:1]:{port}/",
        "https://[::127.0.0.1]:{port}/",
        "https://[64:ff9b::7f00:1]:{port}/",
        "https://[::1%25lo]:{port}/",
        "https://１２７.0.0.1:{port}/",
        "https://127。0。0。1:{port}/",
        "https://①②⑦.⓪.⓪.①:{port}/",
        "https://ⓛocalhost:{port}/",
        "https://local\thost:{port}/",
        "https://127.0.0.1\t:{port}/",
        "https:127.0.0.1:{port}/",
        "https:\\\\127.0.0.1:{port}/",
        "https://dav.example.org\\@127.0.0.1:{port}/",
        "https://dav.example.org:x@127.0.0.1:{port}/",
        "https://127.0.0.1:{port}#@dav.example.org/",
        "https://169.254.169.254.:80/",
        "https://2852039166/",
        "https://[fd00:ec2::254]/latest/",
        "https://127.0.0.1:{own}@127.0.0.1:{port}/",
        "http://127.0.0.1:{own}@127.0.0.1:{port}/",
    ],
)
def test_fault_32_no_packet_reaches_a_forbidden_address(target: str) -> None:
    with puppet(answer(200)) as forbidden, puppet(answer(200)) as server:
        location = target.format(port=forbidden.port, own=server.port)
        server.script = lambda heard: answer(302, "", f"Location: {location}")
        with pytest.raises((AddressRefused, NotUnderstood, CalendarGone)):
            look(server)
        typed = dav.connect(PROFILE, "https://dav.example.org/", Credentials("alice", PASSWORD), reach=Reach())
        with pytest.raises(AddressRefused):
            typed.look(location)
        with pytest.raises(AddressRefused):
            dav.connect(PROFILE, location, Credentials("alice", PASSWORD), reach=Reach()).look(location)
        assert forbidden.connections == 0
        assert {heard.headers["host"] for heard in server.heard} == {server.host_port}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1"])  # noqa: S104
def test_a_typed_private_address_is_refused_unless_the_operator_admits_it(host: str) -> None:
    with puppet(answer(200)) as forbidden:
        for scheme in ("http", "https"):
            with pytest.raises(AddressRefused):
                dav.connect(
                    PROFILE, f"{scheme}://{host}:{forbidden.port}/", Credentials("alice", PASSWORD), reach=Reach()
                ).discover()
        assert forbidden.connections == 0


@pytest.mark.parametrize("what", ["principal", "home", "item"])
def test_fault_33_no_credentials_reach_a_foreign_host(what: str) -> None:
    with puppet(answer(200)) as sink, puppet(answer(200)) as server:

        def script(heard: Heard) -> bytes:
            href = sink.url + "home/x.ics" if what == "item" else sink.url + "home/"
            if heard.method == "REPORT":
                return multistatus(entry(href))
            name = "current-user-principal" if what == "principal" else "c:calendar-home-set"
            return multistatus(
                f"<response><href>/</href><propstat><prop><{name}><href>{href}</href></{name}></prop>"
                "<status>HTTP/1.1 200 OK</status></propstat></response>"
            )

        server.script = script
        with pytest.raises(AddressRefused):
            line = gateway(server)
            line.changes("/home/cal/", "") if what == "item" else line.discover()
        assert sink.connections == 0


def test_an_absolute_href_on_an_allowed_host_is_only_a_path() -> None:
    with puppet(answer(200)) as other, puppet(answer(200)) as server:
        server.script = lambda heard: multistatus(entry(f"http://{other.host_port}/home/cal/a%20b.ics"))
        listing = gateway(server, other).changes("/home/cal/", "")
        assert [row.href for row in listing.entries] == ["/home/cal/a b.ics"]
        assert other.connections == 0


# connections


def test_a_kept_connection_serves_all_accounts_of_the_process() -> None:
    with puppet(multistatus(home_row(), "Set-Cookie: session=stolen")) as server:
        transport = Transport()
        for _ in range(3):
            look(server, gateway(server, transport=transport))
        assert server.connections == 1
        assert all("cookie" not in heard.headers for heard in server.heard)


def test_a_stale_connection_costs_a_read_one_repetition() -> None:
    with puppet(script_of(multistatus(home_row()), hang_up, multistatus(home_row("/home/new/")))) as server:
        line = gateway(server)
        assert look(server, line) == ["/home/cal/"]
        assert look(server, line) == ["/home/new/"]
        assert server.connections == 2 and len(server.heard) == 3


def test_a_read_is_repeated_once_only() -> None:
    with puppet(script_of(multistatus(home_row()), hang_up, hang_up, hang_up)) as server:
        line = gateway(server)
        look(server, line)
        with pytest.raises(Unreachable):
            look(server, line)
        assert len(server.heard) == 3


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("verb", ["create", "update", "delete", "make_calendar"])
def test_fault_01_a_write_whose_answer_is_lost_is_never_sent_again(verb: str, kept: bool) -> None:
    def script(heard: Heard) -> bytes | Act:
        return multistatus(home_row()) if heard.method == "PROPFIND" else hang_up

    with puppet(script) as server:
        line = gateway(server)
        if kept:
            look(server, line)
        with pytest.raises(OutcomeUnknown):
            match verb:
                case "create":
                    line.create("/home/cal/a.ics", event("a"))
                case "update":
                    line.update("/home/cal/a.ics", event("a"), '"1"')
                case "delete":
                    line.delete("/home/cal/a.ics", '"1"')
                case _:
                    line.make_calendar("/home/new/", "New")
        assert len([heard for heard in server.heard if heard.method != "PROPFIND"]) == 1


def test_fault_36_a_write_that_never_left_is_merely_unreachable() -> None:
    with puppet(answer(201)) as server:
        line = gateway(server)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        server.port = nobody.getsockname()[1]
        server.host_port = f"127.0.0.1:{server.port}"
        line = gateway(server)
        with pytest.raises(Unreachable):
            line.create("/home/cal/a.ics", event("a"))
        assert line.meter.requests == 0


def test_fault_36_an_address_that_swallows_packets_does_not_hide_one_that_answers() -> None:
    with puppet(multistatus(home_row())) as server:
        transport = Transport(lookup=lambda host, port: ["127.0.0.1", "127.0.0.1"])
        assert look(server, gateway(server, transport=transport)) == ["/home/cal/"]


def test_a_connection_is_given_up_after_five_seconds_in_all() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # a full queue swallows what comes after
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        started = time.monotonic()
        transport = Transport(clock=lambda: (time.monotonic() - started) * 10, lookup=lambda host, p: ["127.0.0.1"] * 3)
        line = dav.connect(
            PROFILE,
            f"http://127.0.0.1:{port}/",
            Credentials("alice", PASSWORD),
            reach=Reach(host_ports([f"127.0.0.1:{port}"])),
            transport=transport,
        )
        with pytest.raises(TimedOut):
            line.look(f"http://127.0.0.1:{port}/home/")
        assert 3 < (time.monotonic() - started) * 10 < 60
        assert line.meter.requests == 0
        for one in waiting:
            one.close()


@pytest.mark.parametrize(("seconds", "connections"), [(14, 1), (16, 2)])
def test_a_connection_idle_for_fifteen_seconds_is_dropped(seconds: int, connections: int) -> None:
    now = [0.0]
    with puppet(multistatus(home_row())) as server:
        transport = Transport(clock=lambda: now[0])
        look(server, gateway(server, transport=transport))
        now[0] += seconds
        look(server, gateway(server, transport=transport))
        assert server.connections == connections


@pytest.mark.parametrize("failure", [OSError(), TimeoutError()])
def test_a_name_that_takes_too_long_is_told_from_one_that_is_unknown(failure: OSError) -> None:
    def lookup(host: str, port: int) -> list[str]:
        raise failure

    line = dav.connect(
        PROFILE,
        "https://dav.example.org/x/",
        Credentials("alice", PASSWORD),
        reach=Reach(),
        transport=Transport(lookup=lookup),
    )
    with pytest.raises(Unreachable) as raised:
        line.look("https://dav.example.org/x/")
    assert isinstance(raised.value, TimedOut) == isinstance(failure, TimeoutError)


def test_fault_36_an_unknown_name_is_unreachable() -> None:
    def lookup(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    line = dav.connect(
        PROFILE,
        "https://dav.example.org/",
        Credentials("alice", PASSWORD),
        reach=Reach(),
        transport=Transport(lookup=lookup),
    )
    with pytest.raises(Unreachable, match=r"dav\.example\.org"):
        line.discover()


@pytest.mark.parametrize(
    "said",
    [
        multistatus(home_row()) + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        multistatus(home_row(), "Connection: close"),
        multistatus(home_row(), "Content-Length: 5"),
        b"HTTP/1.0 207 Old\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_a_doubtful_end_of_an_answer_closes_the_connection(said: bytes) -> None:
    with puppet(said) as server:
        line = gateway(server)
        for _ in range(2):
            try:
                look(server, line)
            except GatewayError:
                continue
        assert server.connections == 2


# deadlines


@pytest.mark.parametrize(
    "act",
    [
        stall(),
        stall(b"HTTP/1.1 207 OK\r\nX-A: "),
        stall(b"HTTP/1.1 207 OK\r\nContent-Length: 900\r\n\r\n<"),
        drip(b"HTTP/1.1 "),
    ],
    ids=["no answer", "stalled headers", "stalled body", "slow loris"],
)
def test_fault_30_a_slow_server_is_cut_at_the_deadline(act: Act) -> None:
    with puppet(lambda heard: act) as server:
        line, started = gateway(server, seconds=0.6), time.monotonic()
        with pytest.raises(DeadlinePassed):
            look(server, line)
        assert time.monotonic() - started < 5


def test_fault_30_a_request_has_sixty_seconds_in_all_however_it_drips() -> None:
    head = b"HTTP/1.1 207 OK\r\nContent-Length: 100000\r\n\r\n"
    with puppet(lambda heard: drip(head, 0.01)) as server:
        started = time.monotonic()
        transport = Transport(clock=lambda: (time.monotonic() - started) * 60)
        with pytest.raises(Unreachable, match="in time"):
            look(server, gateway(server, transport=transport))
        assert 0.9 < time.monotonic() - started < 6


def test_fault_30_a_stalled_handshake_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        reach = Reach(host_ports([f"127.0.0.1:{port}"]))
        line = dav.connect(
            PROFILE,
            f"https://127.0.0.1:{port}/",
            Credentials("alice", PASSWORD),
            reach=reach,
            deadline=time.monotonic() + 0.5,
        )
        started = time.monotonic()
        with pytest.raises((Unreachable, DeadlinePassed)):
            line.look(f"https://127.0.0.1:{port}/home/")
        assert time.monotonic() - started < 5


def test_nothing_is_sent_after_the_runs_deadline() -> None:
    with puppet(multistatus(home_row())) as server:
        line = gateway(server, seconds=0)
        with pytest.raises(DeadlinePassed):
            look(server, line)
        assert server.connections == 0 and line.meter.requests == 0


def test_a_write_cut_by_the_deadline_has_an_unknown_outcome() -> None:
    with puppet(lambda heard: stall()) as server, pytest.raises(OutcomeUnknown):
        gateway(server, seconds=0.4).create("/home/cal/a.ics", event("a"))


# bodies


def test_fault_25_a_body_cut_in_the_middle_is_never_applied() -> None:
    whole = multistatus(entry("/home/cal/a.ics"))
    with puppet(lambda heard: flood(whole[:-30], b"", 0)) as server, pytest.raises(Unreachable, match="cut"):
        gateway(server).changes("/home/cal/", "")


def test_fault_25_a_missing_chunk_is_a_cut() -> None:
    head = b"HTTP/1.1 207 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = multistatus(entry("/home/cal/a.ics")).partition(b"\r\n\r\n")[2]
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    with puppet(lambda heard: flood(head, chunk, 1)) as server, pytest.raises(Unreachable, match="cut"):
        gateway(server).changes("/home/cal/", "")


def test_fault_25_an_event_without_a_length_must_end_like_one() -> None:
    said = b'HTTP/1.1 200 OK\r\nETag: "1"\r\n\r\n' + event("a").encode()
    with puppet(lambda heard: flood(said, b"", 0)) as server:
        assert gateway(server).get("/home/cal/a.ics")
        server.script = lambda heard: flood(said[:-20], b"", 0)
        with pytest.raises(Unreachable, match="cut"):
            gateway(server).get("/home/cal/a.ics")


def packed(body: bytes, times: int = 1) -> bytes:
    """Return the answer with a gzipped body of `times` copies, packed without ever holding them."""
    packer = zlib.compressobj(9, wbits=31)
    data = b"".join(packer.compress(body) for _ in range(times)) + packer.flush()
    return answer(207, data, "Content-Encoding: gzip", "Content-Type: application/xml")


def test_a_gzipped_answer_is_read_and_its_wire_bytes_are_counted() -> None:
    body = (multistatus("".join(home_row(f"/home/cal{n}/") for n in range(50)))).partition(b"\r\n\r\n")[2]
    with puppet(answer(207, gzip.compress(body), "Content-Encoding: gzip")) as server:
        line = gateway(server)
        assert len(look(server, line)) == 50
        assert line.meter.bytes_down < 1000 < len(body)
        assert server.heard[0].headers["accept-encoding"] == "gzip"


def test_fault_31_a_gzip_bomb_is_cut_with_flat_memory() -> None:
    import tracemalloc

    with puppet(packed(b" " * 1_000_000, 200)) as server:
        tracemalloc.start()
        with pytest.raises(TooLarge):
            gateway(server).changes("/home/cal/", "")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20 * 1024 * 1024


def test_fault_31_endless_bodies_are_cut() -> None:
    head = b"HTTP/1.1 207 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with puppet(lambda heard: flood(head, chunk, 200)) as server, pytest.raises(TooLarge):
        gateway(server).changes("/home/cal/", "")
    with puppet(lambda heard: flood(head.replace(b"207", b"200"), chunk, 200)) as server, pytest.raises(TooLarge):
        gateway(server).get("/home/cal/a.ics")


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Log in</body></html>",
        "",
        "not xml at all",
        '<multistatus xmlns="DAV:"><response></multistatus>',
        '<!DOCTYPE multistatus [<!ENTITY a SYSTEM "file:///etc/passwd">]><multistatus xmlns="DAV:">&a;</multistatus>',
        '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><multistatus xmlns="DAV:">&b;</multistatus>',
        '<multistatus xmlns="DAV:">' + "<a>" * 100_000,
        '<multistatus xmlns="DAV:"><!--' + "x" * 3_000_000 + "-->",
        '<?xml version="1.0" encoding="x-unknown"?><multistatus xmlns="DAV:"/>',
        b'<?xml version="1.0" encoding="utf-8"?><multistatus xmlns="DAV:">\xff\xfe</multistatus>',
    ],
    ids=["html", "empty", "text", "malformed", "xxe", "entities", "nested", "comment", "charset", "bytes"],
)
def test_faults_26_and_27_hostile_xml_is_refused_quickly(body: str | bytes) -> None:
    with puppet(answer(207, body)) as server:
        started = time.thread_time()
        with pytest.raises(NotUnderstood):
            look(server)
        with pytest.raises(NotUnderstood):
            gateway(server).changes("/home/cal/", "")
        assert time.thread_time() - started < 1


def test_fault_27_a_million_responses_are_refused() -> None:
    head = b'HTTP/1.1 207 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n<multistatus xmlns="DAV:">\r\n'
    rows = b"<response/>" * 10_000
    chunk = f"{len(rows):x}\r\n".encode() + rows + b"\r\n"
    with puppet(lambda heard: flood(head, chunk, 100)) as server:
        started = time.thread_time()
        with pytest.raises(TooLarge):
            gateway(server).changes("/home/cal/", "")
        assert time.thread_time() - started < 1


def test_fault_26_a_bom_and_leading_blanks_do_no_harm() -> None:
    body = multistatus(home_row()).partition(b"\r\n\r\n")[2]
    for odd in (b"\xef\xbb\xbf" + body, b"\n  " + body):
        with puppet(answer(207, odd)) as server:
            assert look(server) == ["/home/cal/"]


def test_nonsense_instead_of_http_is_not_understood() -> None:
    for said in (b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 207 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"):
        with puppet(lambda heard, said=said: flood(said, b"", 0)) as server, pytest.raises(NotUnderstood):
            look(server)


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[trustme.CA, Path]]:
    made, path = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(path)
    yield made, path


def tls_server(authority: trustme.CA, *names: str, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if newest:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = context.maximum_version = newest
    authority.issue_cert(*names).configure_cert(context)
    return context


def secure_line(server: Puppet, host: str, ca_file: str) -> Gateway:
    reach = Reach(host_ports([f"{host}:{server.port}"]), ca_file=ca_file)
    transport = Transport(lookup=lambda name, port: ["127.0.0.1"])
    url = f"https://{host}:{server.port}/"
    return dav.connect(PROFILE, url, Credentials("alice", PASSWORD), reach=reach, transport=transport)


def test_fault_34_the_connection_goes_to_the_vetted_address_with_the_hosts_name(
    authority: tuple[trustme.CA, Path],
) -> None:
    made, path = authority
    with puppet(multistatus(home_row()), tls_server(made, "dav.example.org")) as server:
        line = secure_line(server, "dav.example.org", str(path))
        assert [row.path for row in line.look(f"https://dav.example.org:{server.port}/home/")] == ["/home/cal/"]
        assert server.heard[0].headers["host"] == f"dav.example.org:{server.port}"


def bad_certificate(made: trustme.CA, wrong: str, folder: Path) -> ssl.SSLContext:
    if wrong == "name":
        return tls_server(made, "other.example.org")
    if wrong == "authority":
        return tls_server(trustme.CA(), "dav.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if wrong == "expired":
        made.issue_cert("dav.example.org", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(context)
        return context
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dav.example.org")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("dav.example.org")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "self.pem").write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context.load_cert_chain(folder / "self.pem")
    return context


@pytest.mark.parametrize("wrong", ["name", "authority", "expired", "self-signed"])
def test_fault_35_a_certificate_that_does_not_fit_is_refused_before_the_password(
    authority: tuple[trustme.CA, Path], wrong: str, tmp_path: Path
) -> None:
    made, path = authority
    context = bad_certificate(made, wrong, tmp_path)
    with puppet(multistatus(home_row()), context) as server:
        line = secure_line(server, "dav.example.org", str(path))
        with pytest.raises(Unreachable, match="certificate"):
            line.look(f"https://dav.example.org:{server.port}/home/")
        assert server.heard == []


def test_a_further_root_adds_to_those_of_the_system_and_switches_no_check_off(
    authority: tuple[trustme.CA, Path],
) -> None:
    plain, with_root = tls(""), tls(str(authority[1]))
    for context in (plain, with_root):
        assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    subjects = {cert["serialNumber"] for cert in with_root.get_ca_certs()}
    assert subjects >= {cert["serialNumber"] for cert in plain.get_ca_certs()}
    assert len(with_root.get_ca_certs()) == len(plain.get_ca_certs()) + 1


def test_the_stand_ins_are_for_tests_alone(settings, authority: tuple[trustme.CA, Path]) -> None:
    settings.HALFPAST_ICLOUD_URL, settings.HALFPAST_CA_FILE = "http://127.0.0.1:1/", str(authority[1])
    settings.PRODUCTION = False
    assert Reach.from_settings().icloud and Reach.from_settings().ca_file
    settings.PRODUCTION = True
    assert Reach.from_settings() == Reach()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_fault_35_old_tls_is_refused(authority: tuple[trustme.CA, Path], version: ssl.TLSVersion) -> None:
    made, path = authority
    context = tls_server(made, "dav.example.org", newest=version)
    with puppet(multistatus(home_row()), context) as server:
        with pytest.raises(Unreachable):
            secure_line(server, "dav.example.org", str(path)).look(f"https://dav.example.org:{server.port}/home/")
        assert server.heard == []


# what is sent, and what is never


def test_neither_netrc_nor_proxies_nor_cookies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with puppet(multistatus(home_row())) as server, puppet(answer(200)) as proxy:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password stolen\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        look(server)
        assert proxy.connections == 0
        headers = server.heard[0].headers
        assert headers["user-agent"].startswith("Halfpast/")
        assert "cookie" not in headers and "expect" not in headers
        assert len(server.heard) == 1


def test_the_password_is_in_the_header_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with puppet(script_of(answer(401), answer(500, "oops"), hang_up, hang_up, answer(207, "<"))) as server:
        line = gateway(server)
        for _ in range(4):
            with pytest.raises(GatewayError) as failure:
                look(server, line)
            chain = f"{failure.value!r} {failure.value.__cause__!r} {failure.getrepr(showlocals=True)}"
            assert PASSWORD not in chain and "YWxpY2" not in chain
    assert PASSWORD not in caplog.text and "Basic" not in caplog.text
    assert PASSWORD not in f"{line!r}{vars(line)!r}"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, ("Retry-After: 120",), 120.0),
        (503, (), None),
        (503, ("Retry-After: soon",), None),
        (429, ("Retry-After: -5",), None),
        (429, ("Retry-After: 315360000",), 6 * 3600.0),
        (429, ("Retry-After: " + "9" * 400,), 6 * 3600.0),
        (503, ("Date: Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After: Mon, 23 Nov 2026 10:05:00 GMT"), 300.0),
        (503, ("Date: Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After: Mon, 23 Nov 2036 10:05:00 GMT"), 6 * 3600.0),
        (503, ("Date: Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After: Mon, 23 Nov 2020 10:05:00 GMT"), None),
    ],
)
def test_fault_14_being_told_to_wait(status: int, headers: tuple[str, ...], wait: float | None) -> None:
    with puppet(answer(status, "busy", *headers)) as server:
        with pytest.raises(Throttled) as told:
            look(server)
        assert told.value.retry_after == wait
        with pytest.raises(Throttled):
            gateway(server).create("/home/cal/a.ics", event("a"))


@pytest.mark.parametrize(
    "typed", ["", "dav.example.org", "https://[::1", "https://", "ftp://dav.example.org/", "https://a b/"]
)
def test_an_address_that_is_none_is_refused_with_a_sentence(typed: str) -> None:
    line = dav.connect(PROFILE, typed, Credentials("alice", PASSWORD), reach=Reach())
    for ask in (line.discover, lambda: line.look(typed), lambda: line.get("/home/cal/a.ics")):
        with pytest.raises(AddressRefused, match="address"):
            ask()


@pytest.mark.parametrize("href", ["http://[::1", "", "//", "http:///x", "\\\\evil\\x", "https://a@b/home/cal/a.ics"])
def test_odd_hrefs_raise_nothing_but_gateway_errors(href: str) -> None:
    with puppet(multistatus(entry(href))) as server:
        try:
            listed = gateway(server).changes("/home/cal/", "").entries
            assert all(row.href.startswith("/home/cal/") for row in listed)
        except GatewayError as failure:
            assert isinstance(failure, NotUnderstood | AddressRefused | WrongAccount)


def test_nothing_else_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    import niquests

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("something went past the transport")

    monkeypatch.setattr(niquests.Session, "request", forbidden)
    monkeypatch.setattr(niquests.Session, "send", forbidden)
    with puppet(multistatus(home_row())) as server:
        assert look(server) == ["/home/cal/"]


def test_only_the_seam_knows_caldav_and_only_the_pool_connects() -> None:
    folder = Path(dav.__file__).parent
    texts = {path.name: path.read_text() for path in folder.rglob("*.py")}
    importing = {name for name, text in texts.items() if re.search(r"^(import|from) (caldav|niquests)\b", text, re.M)}
    connecting = {name for name, text in texts.items() if "create_connection" in text or "HTTPConnection" in text}
    assert importing == {"client.py"} and connecting == {"pool.py"}


def test_the_systems_resolver_gives_plain_addresses() -> None:
    assert "127.0.0.1" in ask_system("127.0.0.1", 443)
