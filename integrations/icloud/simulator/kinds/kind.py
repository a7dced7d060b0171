"""One kind of fault: what it is called, what it says in one line, and what it does with an exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from integrations.icloud.simulator.message import Answer, Request

Values = dict[str, Any]


class Exchange(Protocol):
    """One request on its connection, in the hands of a fault."""

    request: Request
    other_host: str  # the address of the host that was not asked: the shard's for the entry, and the reverse

    def answer(self) -> Answer:
        """Let the server act, once, and return what it would say."""

    def send(self, answer: Answer) -> None:
        """Send a well-framed answer."""

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""

    def reset(self) -> None:
        """End the connection by a reset."""

    def hang_up(self) -> None:
        """End the connection without another word."""

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than the client stays and the server runs."""


Play = Callable[[Exchange, Values], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `values` with their defaults may be set on a fault of this kind."""

    name: str
    says: str
    play: Play


class Shelf:
    """The kinds of one module, in the order in which they are defined."""

    def __init__(self) -> None:
        """Start empty."""
        self.kinds: list[Kind] = []

    def kind(self, name: str, says: str) -> Callable[[Play], Play]:
        """Define a kind that holds the whole exchange in its hands."""

        def define(play: Play) -> Play:
            self.kinds.append(Kind(name, says, play))
            return play

        return define

    def instead(self, name: str, says: str, answer: Callable[[Request, Values], Answer]) -> None:
        """Define a kind that answers in place of the server, which never acts."""
        self.kinds.append(Kind(name, says, lambda exchange, v: exchange.send(answer(exchange.request, v))))

    def altered(self, name: str, says: str, change: Callable[[Answer, Request, Values], Answer]) -> None:
        """Define a kind that lets the server act and then says something else."""
        self.kinds.append(
            Kind(name, says, lambda exchange, v: exchange.send(change(exchange.answer(), exchange.request, v)))
        )


def with_body(answer: Answer, body: bytes) -> Answer:
    """Return the same answer with another body."""
    return replace(answer, body=body)


def stream(exchange: Exchange, answer: Answer, parts: Iterable[bytes], *, ends: bool = True) -> None:
    """Send an answer in chunks, made while they are sent; without an end the connection breaks off."""
    exchange.raw(answer.with_headers(("Transfer-Encoding", "chunked")).head(length=-1))
    for part in parts:
        exchange.raw(b"%x\r\n%b\r\n" % (len(part), part))
    if ends:
        exchange.raw(b"0\r\n\r\n")
    else:
        exchange.hang_up()
