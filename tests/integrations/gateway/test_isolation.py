"""Two accounts on one pool of connections, through aborts, cookies and late answers: neither sees the other's data."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.gateway import dav
from integrations.gateway.base import Credentials, Gateway, Profile
from integrations.gateway.errors import GatewayError, WrongAccount
from integrations.gateway.reach import Reach
from integrations.gateway.target import host_ports
from integrations.gateway.transport import Outgoing, Transport
from tests.integrations.gateway.puppet import Act, Heard, Puppet, answer, entry, multistatus, pause, puppet

PROFILE = Profile("puppet", burst=10_000, per_second=10_000, per_minute=1_000_000)
#: what the server does with a request
HABITS = [
    *("plain", "chunked", "cut", "hang up", "slow", "late", "two answers", "smuggled"),
    *("close", "cookie", "redirect", "html", "401"),
]
#: what the client does with the answer
USES = ["read", "read", "impatient", "drop", "half"]


def name_in(heard: Heard) -> str:
    """Return whose request this is: the server knows nobody but by this header."""
    return base64.b64decode(heard.headers["authorization"].split()[1]).decode().partition(":")[0]


def listing(name: str, number: int) -> bytes:
    """Return what belongs to one account alone, large enough to be read in pieces."""
    rows = "".join(entry(f"/{name}/cal/{number}-{n}.ics", f'"{name}"') for n in range(400))
    return multistatus(rows + f"<sync-token>{name}-{number}</sync-token>")


@dataclass
class Server:
    """Answers each account with its own data, in the manner that is next in line; `strays` asked for another's."""

    habits: Sequence[str]

    def __post_init__(self) -> None:
        self.turns = itertools.cycle(self.habits)
        self.numbers = itertools.count()
        self.strays: list[Heard] = []

    def __call__(self, heard: Heard) -> bytes | Act:
        name = name_in(heard)
        if not heard.path.startswith(f"/{name}/") or "cookie" in heard.headers:
            self.strays.append(heard)
        body = listing(name, next(self.numbers))
        habit = "plain" if "moved" in heard.path else next(self.turns)
        return self.manner(habit, name, body)

    def manner(self, habit: str, name: str, body: bytes) -> bytes | Act:
        head, _, content = body.partition(b"\r\n\r\n")
        match habit:
            case "chunked":
                start = b"HTTP/1.1 207 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                return start + b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
            case "cut":
                return lambda sock: sock.sendall(body[: len(body) // 2])
            case "hang up":
                return lambda sock: None
            case "slow":
                return pause(body)
            case "late":  # an answer nobody waits for any more follows on the same connection
                return body + listing(name, 999_999)
            case "smuggled":  # what is left of this body looks like an answer itself
                inner = listing(name, 999_999)
                return pause(b"HTTP/1.1 207 OK\r\nContent-Length: %d\r\n\r\n" % len(inner), inner)
            case "two answers":
                return answer(500, "oops") + body
            case "close":
                return head + b"\r\nConnection: close\r\n\r\n" + content
            case "cookie":
                return head + f"\r\nSet-Cookie: session={name}; Path=/\r\n\r\n".encode() + content
            case "redirect":
                return answer(307, "", f"Location: /{name}/cal/moved/")
            case "html":
                return answer(200, "<html>sign in</html>")
            case "401":
                return answer(401)
        return body


def line_of(server: Puppet, name: str, transport: Transport, seconds: float = 30) -> Gateway:
    return dav.connect(
        PROFILE,
        server.url,
        Credentials(name, "secret"),
        home=f"{server.url}{name}/",
        reach=Reach(host_ports([server.host_port])),
        transport=transport,
        deadline=time.monotonic() + seconds,
    )


def ask(server: Puppet, transport: Transport, name: str, use: str) -> None:
    """Let one account ask once, and make sure that whatever it gets is its own."""
    if use in ("drop", "half"):
        return abandon(server, transport, name, use)
    try:
        seconds = 0.005 if use == "impatient" else 30
        found = line_of(server, name, transport, seconds).changes(f"/{name}/cal/", "")
    except WrongAccount:
        raise
    except GatewayError:
        return
    assert {one.etag for one in found.entries} == {f'"{name}"'}
    assert found.token.startswith(f"{name}-") and not found.token.endswith("999999")


def abandon(server: Puppet, transport: Transport, name: str, use: str) -> None:
    """Ask, and turn away before the answer, or in the middle of it."""
    basic = base64.b64encode(f"{name}:secret".encode()).decode()
    request = Outgoing("PROPFIND", f"{server.url}{name}/cal/", {"Authorization": f"Basic {basic}"})
    door = Reach(host_ports([server.host_port])).door((), server.url)
    try:
        said = transport.send(request, door)
        if use == "half":
            next(said.chunks(10_000_000), b"")
        said.close()
    except GatewayError:
        return


STEPS = st.lists(st.tuples(st.sampled_from(["alice", "bob"]), st.sampled_from(USES)), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(habits=st.lists(st.sampled_from(HABITS), min_size=1, max_size=8), steps=STEPS)
def test_two_accounts_in_turn_see_their_own_data_alone(habits: list[str], steps: list[tuple[str, str]]) -> None:
    script, transport = Server(habits), Transport()
    with puppet(script) as server:
        for name, use in steps:
            ask(server, transport, name, use)
        assert script.strays == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    habits=st.lists(st.sampled_from(HABITS), min_size=1, max_size=8), uses=st.lists(st.sampled_from(USES), min_size=3)
)
def test_two_accounts_at_the_same_time_see_their_own_data_alone(habits: list[str], uses: list[str]) -> None:
    script, transport = Server(habits), Transport()
    troubles: list[BaseException] = []

    def work(server: Puppet, name: str) -> None:
        try:
            for use in uses[:8]:
                ask(server, transport, name, use)
        except BaseException as trouble:  # told in the main thread
            troubles.append(trouble)

    with puppet(script) as server:
        threads = [threading.Thread(target=work, args=(server, name)) for name in ("alice", "bob") * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert troubles == [] and script.strays == []
