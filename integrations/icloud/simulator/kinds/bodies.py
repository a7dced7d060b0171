"""Bodies that are not what they say: pages in place of XML, nothing at all, other encodings, bombs."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from integrations.icloud.simulator.kinds.kind import Exchange, Shelf, Values, stream, with_body
from integrations.icloud.simulator.message import MULTI_STATUS, Answer, Request

shelf = Shelf()
_XML = (("Content-Type", "text/xml; charset=UTF-8"),)
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Welcome to the network</form></body></html>"
)
_BLANKS = b" " * 1_048_576


def xml(body: bytes) -> Answer:
    """Return a multistatus with this body."""
    return Answer(MULTI_STATUS, _XML, body)


def retyped(answer: Answer, content_type: str) -> Answer:
    """Return the same answer under another content type."""
    return answer.without_header("Content-Type").with_headers(("Content-Type", content_type))


def _encoded(answer: Answer, _request: Request, _values: Values) -> Answer:
    return with_body(answer, gzip.compress(answer.body)).with_headers(("Content-Encoding", "gzip"))


def _truncated(answer: Answer, _request: Request, values: Values) -> Answer:
    return with_body(answer, answer.body[: int(len(answer.body) * values.get("kept", 0.5))])


@shelf.kind("gzip-bomb", "a gzip of `size` (256 MB) blanks, some hundred kilobytes on the wire")
def _gzip_bomb(exchange: Exchange, values: Values) -> None:
    exchange.answer()
    head = Answer(MULTI_STATUS, (*_XML, ("Content-Encoding", "gzip")))
    stream(exchange, head, _compressed(values.get("size", 256 * len(_BLANKS))))


def _compressed(size: int) -> Iterator[bytes]:
    """Yield a gzip while it is made."""
    press = zlib.compressobj(1, wbits=31)
    yield press.compress(b'<multistatus xmlns="DAV:">') + press.flush(zlib.Z_SYNC_FLUSH)
    for _ in range(size // len(_BLANKS)):
        yield press.compress(_BLANKS) + press.flush(zlib.Z_SYNC_FLUSH)
    yield press.flush()


shelf.altered("truncated", "the XML stops at `kept` (0.5) of its length, well framed", _truncated)
shelf.instead(
    "html",
    "200 and the page of somebody's network",
    lambda _r, _v: Answer(200, (("Content-Type", "text/html"),), _PAGE),
)
shelf.instead("empty-207", "207 without a body", lambda _r, _v: xml(b""))
shelf.instead("empty-200", "200 without a body", lambda _r, _v: Answer(200))
shelf.altered(
    "content-type",
    "the right body, called `type` (text/plain)",
    lambda a, _r, v: retyped(a, v.get("type", "text/plain")),
)
shelf.altered("gzip", "the right body, compressed though nobody asked", _encoded)
