"""One request as it arrived, which is also its line in the log, and one answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Literal
from urllib.parse import unquote

Host = Literal["entry", "shard"]

MULTI_STATUS = 207


@dataclass(slots=True)
class Request:
    """A request. Header names are in small letters; the credentials are forgotten once they were looked at."""

    method: str
    target: str  # as it was sent, with the query
    host: Host
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    at: float = 0.0
    had_auth: bool = False
    # what became of it
    user: str = ""
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    fault: str = ""

    @property
    def path(self) -> str:
        """Return the decoded path without the query."""
        return unquote(self.target.partition("?")[0])

    @property
    def depth(self) -> str:
        """Return the Depth header, "" when there is none."""
        return self.header("depth")

    @property
    def if_match(self) -> str:
        """Return the If-Match header, "" when there is none."""
        return self.header("if-match")

    @property
    def if_none_match(self) -> str:
        """Return the If-None-Match header, "" when there is none."""
        return self.header("if-none-match")

    def header(self, name: str) -> str:
        """Return a header, "" when there is none."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, before it is put on the wire. `headers` in the order they are sent; framing is the wire's affair."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    reason: str = ""

    def with_headers(self, *added: tuple[str, str]) -> Answer:
        """Return the same answer with more headers."""
        return replace(self, headers=(*self.headers, *added))

    def without_header(self, name: str) -> Answer:
        """Return the same answer without a header."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))

    def header(self, name: str) -> str:
        """Return the first header of this name, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def head(self, *, length: int | None = None) -> bytes:
        """Return status line and headers; `length` replaces the true Content-Length, -1 leaves it out."""
        framing = [] if length == -1 else [("Content-Length", str(len(self.body) if length is None else length))]
        lines = [f"HTTP/1.1 {self.status} {self.reason or phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, *framing)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def phrase(status: int) -> str:
    """Return a status' usual words."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def page(status: int, *headers: tuple[str, str]) -> Answer:
    """Return a refusal with the small HTML page that the server's front sends."""
    words = phrase(status)
    body = f"<html><head><title>{words}</title></head><body><h1>{status} {words}</h1></body></html>"
    return Answer(status, (("Content-Type", "text/html; charset=UTF-8"), *headers), body.encode())
