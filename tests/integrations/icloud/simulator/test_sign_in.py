"""Who may come in, and what stands beside every answer (docs/icloud.md A12 to A21)."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tests.integrations.icloud.simulators import APP_PASSWORD, MAIN_PASSWORD

BASIC, TOKEN = 'Basic realm="MMCalDav"', 'X-MobileMe-AuthToken realm="MMCalDav"'


def look(icloud, **more):
    return icloud.propfind(icloud.account.home, "d:displayname", **more)


def challenges(reply):
    return [value for name, value in reply.headers if name == "WWW-Authenticate"]


@pytest.mark.parametrize(
    ("habit", "said"),
    [("basic-first", [BASIC, TOKEN]), ("token-first", [TOKEN, BASIC]), ("merged", [f"{BASIC}, {TOKEN}"])],
)
def test_A12_a_refusal_has_no_body_and_two_challenges(icloud, habit, said):
    icloud.switch(challenges=habit)
    for reply in (look(icloud, authorization=None), look(icloud, password="wrong")):
        assert (reply.status, reply.text, reply.header("Content-Length")) == (401, "", "0")
        assert challenges(reply) == said and not reply.header("Content-Type")


def test_A13_side_headers_and_a_fresh_request_uuid(icloud):
    one, other = look(icloud), look(icloud)
    for name in ("Server", "X-Responding-Instance", "Via", "Strict-Transport-Security", "Date", "alt-svc"):
        assert one.header(name)
    assert one.header("Server").startswith("AppleHttpServer/")
    assert one.header("X-Apple-Request-UUID") != other.header("X-Apple-Request-UUID")
    assert not one.header("Access-Control-Allow-Origin")


def test_A13_the_partition_shows_once_the_account_is_known(icloud):
    assert look(icloud).header("x-apple-user-partition") == str(icloud.account.shard)
    assert look(icloud, password="wrong").header("x-apple-user-partition")
    assert not look(icloud, user="nobody@example.com").header("x-apple-user-partition")


def revoked(icloud):
    icloud.account.app_passwords[0].revoked = True
    return {}


def switched_off(icloud):
    icloud.account.service_on = False
    return {}


CAUSES = [
    lambda icloud: {"password": "wrong"},
    lambda icloud: {"password": MAIN_PASSWORD},
    revoked,
    lambda icloud: {"user": icloud.account.aliases[0]},
    switched_off,
]


@pytest.mark.parametrize("cause", CAUSES, ids=["mistyped", "main", "revoked", "alias", "switched-off"])
def test_A14_five_causes_look_alike(icloud, cause):
    assert look(icloud).status == 207
    reply = look(icloud, **cause(icloud))
    assert (reply.status, reply.text, challenges(reply)) == (401, "", [BASIC, TOKEN])


def test_A14_an_unknown_user_may_get_403(icloud):
    icloud.switch(unknown_user=403)
    assert look(icloud, user="nobody@example.com").status == 403
    assert look(icloud, password="wrong").status == 401


def test_A14_nothing_but_basic_is_spoken(icloud):
    assert look(icloud, authorization="Bearer abc").status == 401
    assert look(icloud, authorization="Basic ???").status == 401


def test_A15_a_changed_account_password_ends_them_all(icloud):
    icloud.account.change_main_password("Another-1")
    assert look(icloud).status == 401


@pytest.mark.parametrize(("habit", "status"), [("as-printed", 401), ("ignored", 207)])
def test_A16_dashes_may_matter(icloud, habit, status):
    icloud.switch(dashes=habit)
    assert look(icloud).status == 207
    assert look(icloud, password=APP_PASSWORD.replace("-", "")).status == status


def test_A17_refusals_are_counted_and_may_lock_the_account(icloud):
    for _ in range(12):
        assert look(icloud, password="wrong").status == 401
    assert icloud.account.failed_logins == 12 and look(icloud).status == 207
    icloud.switch(locked_after=10)
    for _ in range(10):
        look(icloud, password="wrong")
    assert look(icloud).status == 401


@pytest.mark.parametrize(("needed", "status"), [(True, 403), (False, 207)])
def test_A19_no_user_agent_is_403(icloud, needed, status):
    icloud.switch(agent_needed=needed)
    assert look(icloud, user_agent=None).status == status


def bare_socket(icloud):
    parts = urlsplit(icloud.simulator.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=5)


def test_A20_a_connection_is_kept_and_then_cut(icloud):
    icloud.switch(idle_seconds=0.1)
    with bare_socket(icloud) as line:
        for _ in range(2):
            line.sendall(b"PROPFIND / HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\nContent-Length: 0\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 401")
        assert line.recv(65536) == b""


@pytest.mark.parametrize(
    ("habit", "first", "status"),
    [("continue", b"HTTP/1.1 100 Continue", "401"), ("ignored", b"", "401"), ("refused", b"HTTP/1.1 417", "417")],
)
def test_A21_what_becomes_of_expect(icloud, habit, first, status):
    icloud.switch(expect=habit)
    head = b"PUT /1/calendars/home/x.ics HTTP/1.1\r\nUser-Agent: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with bare_socket(icloud) as line:
        line.settimeout(0.2)
        line.sendall(head)
        said = b""
        try:
            said = line.recv(65536)
        except TimeoutError:
            pass
        assert said.startswith(first) and bool(said) == bool(first)
        if habit != "refused":
            line.sendall(b"hi")
            line.settimeout(5)
            assert line.recv(65536).startswith(f"HTTP/1.1 {status}".encode())


def test_what_is_no_http_is_told_so(icloud):
    with bare_socket(icloud) as line:
        line.sendall(b"hello\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 400")


def test_a_chunked_body_is_read(icloud):
    parts = urlsplit(icloud.simulator.url)
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    line.request("PROPFIND", "/", iter([b"<a/>"]), {"User-Agent": "x", "Depth": "0"}, encode_chunked=True)
    assert line.getresponse().status == 401
    line.close()
    assert icloud.log[-1].body == b"<a/>"


def test_C16_the_log_tells_what_was_asked(icloud):
    icloud.put(f"{icloud.home.path}one.ics", "nonsense", if_match='"1"')
    one = icloud.log[-1]
    assert (one.method, one.path, one.host, one.status) == ("PUT", f"{icloud.home.path}one.ics", "shard", 412)
    assert (one.if_match, one.if_none_match, one.had_auth, one.user) == ('"1"', "", True, icloud.account.apple_id)
    assert one.bytes_in > len("nonsense") and one.bytes_out > 100 and one.fault == ""
    assert APP_PASSWORD not in repr(one) and "authorization" not in one.headers
