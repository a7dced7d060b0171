"""One answer: status, headers, and a body that is read as a stream under ceilings and the request's deadline."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse

from integrations.gateway.errors import GatewayError, NotUnderstood, TooLarge, Unreachable
from integrations.gateway.wire import Wire, framed_well

_PIECE = 64 * 1024
_SMALL = 64 * 1024  # bodies of refusals are read up to here
Lost = Callable[[Exception], GatewayError]


class Answer:
    """What a server said. Close it, or read it to its end: either gives the connection back or drops it."""

    def __init__(self, url: str, response: HTTPResponse, wire: Wire, lost: Lost, done: Callable[[Wire, bool], None]):
        """Wrap an answer whose headers were read. `lost` names a failure; `done(wire, reusable)` is called once."""
        self.url = url
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._wire = wire
        self._lost = lost
        self._done: Callable[[Wire, bool], None] | None = done
        self.finished: Callable[[], None] = lambda: None  # called once, after the connection was given back or dropped

    def header(self, name: str) -> str:
        """Return a header's first value, or ""."""
        return (self.headers.get(name) or "").strip()

    def chunks(self, ceiling: int) -> Iterator[bytes]:
        """Yield the decoded body; TooLarge beyond `ceiling` bytes (decoded or on the wire), Unreachable when cut."""
        try:
            yield from _bounded(_decoded(self._pieces(ceiling), self.header("Content-Encoding").lower()), ceiling)
            self._finish(reusable=True)
        finally:
            self._finish(reusable=False)

    def body(self, ceiling: int = _SMALL) -> bytes:
        """Return the whole decoded body."""
        return b"".join(self.chunks(ceiling))

    def small_body(self) -> bytes:
        """Return as much as is worth reading of a body that matters less than its status; never raises."""
        try:
            return self.body()
        except GatewayError:
            return b""

    @property
    def framed(self) -> bool:
        """True when the server said where the body ends, so that a cut would be noticed."""
        return self._response.chunked is True or "Content-Length" in self.headers

    def close(self) -> None:
        """Drop the connection unless the body was read to its end."""
        self._finish(reusable=False)

    def _pieces(self, ceiling: int) -> Iterator[bytes]:
        while piece := self._read():
            if self._wire.received > ceiling + 2 * _PIECE:
                raise TooLarge("the server's answer is too large")
            yield piece
        if self._response.length:
            raise Unreachable("the server's answer was cut")

    def _read(self) -> bytes:
        try:
            return self._response.read(_PIECE)
        except (OSError, HTTPException, ValueError) as failure:
            raise self._lost(failure) from None

    def _finish(self, reusable: bool) -> None:
        if self._done is None:
            return
        done, self._done = self._done, None
        done(self._wire, reusable and framed_well(self.headers, self._response) and self._wire.clean())
        self.finished()


def _bounded(pieces: Iterator[bytes], ceiling: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > ceiling:
            raise TooLarge("the server's answer is too large")
        yield piece


def _decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        return pieces
    if encoding in ("gzip", "x-gzip"):
        return _gunzipped(pieces)
    raise NotUnderstood("the server's answer is packed in a way that was not asked for")


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack in bounded steps, so that a small body cannot grow large at once."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for piece in pieces:
        while piece and not unpacker.eof:
            yield _unpack(unpacker, piece)
            piece = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise Unreachable("the server's answer was cut")


def _unpack(unpacker: zlib._Decompress, piece: bytes) -> bytes:
    try:
        return unpacker.decompress(piece, _PIECE)
    except zlib.error:
        raise NotUnderstood("the server's answer cannot be unpacked") from None
