"""XML that breaks readers, or tries to."""

from __future__ import annotations

from collections.abc import Callable

from integrations.icloud.simulator.kinds import multistatus
from integrations.icloud.simulator.kinds.bodies import xml
from integrations.icloud.simulator.kinds.kind import Exchange, Shelf, Values, stream, with_body
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_ROOT = b'<multistatus xmlns="DAV:">'
_XXE = b'<!DOCTYPE multistatus [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _rewritten(change: Callable[[bytes], bytes]) -> Callable[[Answer, Request, Values], Answer]:
    return lambda answer, _request, _values: with_body(answer, change(answer.body))


def _bare(body: bytes) -> bytes:
    """Return the document without its declaration."""
    return body.partition(b"?>")[2].lstrip() if body.startswith(b"<?xml") else body


def _utf16(body: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>'.decode().encode("utf-16") + _bare(body).decode().encode(
        "utf-16-le"
    )


def _first_href_is(entity: bytes) -> Callable[[bytes], bytes]:
    """Return what puts an entity where the first address stands."""
    return lambda body: body.replace(b"</href>", entity + b"</href>", 1)


def _entities() -> bytes:
    """Return a DOCTYPE whose last entity is a billion characters."""
    levels = [b'<!ENTITY a0 "0123456789">']
    levels += [b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9)]
    return b"<!DOCTYPE multistatus [" + b"".join(levels) + b"]>"


shelf.altered(
    "xml-malformed",
    "the last tag is never closed",
    _rewritten(lambda body: body.rstrip().removesuffix(b"</multistatus>")),
)
shelf.altered(
    "xml-charset",
    "declared UTF-8, with bytes that are not",
    _rewritten(lambda body: body.replace(b"</href>", b"\xe9\xff</href>")),
)
shelf.altered("xml-utf16", "declared UTF-8, written in UTF-16", _rewritten(_utf16))
shelf.altered(
    "xml-bom", "a byte order mark stands in front, which is allowed", _rewritten(lambda body: b"\xef\xbb\xbf" + body)
)
shelf.altered(
    "xxe",
    "an entity asks for a file of the reader's machine",
    _rewritten(lambda body: _HEAD + _XXE + _first_href_is(b"&x;")(_bare(body))),
)
shelf.altered(
    "entity-bomb",
    "entities that grow to a billion characters",
    _rewritten(lambda body: _HEAD + _entities() + _first_href_is(b"&a8;")(_bare(body))),
)


@shelf.kind("deep-tags", "`count` (100,000) tags one inside the other")
def _deep_tags(exchange: Exchange, values: Values) -> None:
    exchange.answer()
    count = values.get("count", 100_000)
    exchange.send(xml(_HEAD + _ROOT + b"<a>" * count + b"</a>" * count + b"</multistatus>"))


@shelf.kind("many-responses", "`count` (1,000,000) empty responses")
def _many_responses(exchange: Exchange, values: Values) -> None:
    exchange.answer()
    stream(
        exchange,
        xml(b""),
        multistatus.made(values.get("count", 1_000_000), lambda n: f"<response><href>/{n}</href></response>"),
    )
