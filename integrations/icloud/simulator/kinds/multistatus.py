"""A multistatus as text, taken apart and put together again without touching what is not meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_ROW = re.compile(rb"<response\b.*?</response>\s*", re.DOTALL)
_HREF = re.compile(rb"(<href\b[^>]*>)([^<]*)(</href>)")
_DATA = re.compile(rb"(<calendar-data\b[^>]*>)(.*?)(</calendar-data>)", re.DOTALL)
_ETAG = re.compile(rb"(<getetag\b[^>]*>)([^<]*)(</getetag>)")


def rows(body: bytes) -> list[bytes]:
    """Return the responses."""
    return [found[0] for found in _ROW.finditer(body)]


def with_rows(body: bytes, new: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Return the body with other responses in the place of its own."""
    found = rows(body)
    if not found:
        return body
    start = body.index(found[0])
    return body[:start] + b"".join(new(found)) + _ROW.sub(b"", body[start:])


def href(row: bytes) -> str:
    """Return a response's href, as it stands there."""
    found = _HREF.search(row)
    return unescape(found[2].decode()) if found else ""


def with_hrefs(body: bytes, new: Callable[[str], str], *, rows_only: bool = True) -> bytes:
    """Return the body with other hrefs; by default those of the responses alone, not those inside properties."""

    def change(found: re.Match[bytes]) -> bytes:
        return found[1] + escape(new(unescape(found[2].decode())), quote=False).encode() + found[3]

    if not rows_only:
        return _HREF.sub(change, body)
    return _ROW.sub(lambda row: _HREF.sub(change, row[0], count=1), body)


def with_texts(body: bytes, new: Callable[[str], str]) -> bytes:
    """Return the body with other calendar-data."""

    def change(found: re.Match[bytes]) -> bytes:
        text = found[2].decode()
        bare = text.strip()
        text = bare[9:-3] if bare.startswith("<![CDATA[") else unescape(text)
        return found[1] + escape(new(text), quote=False).encode() + found[3]

    return _DATA.sub(change, body)


def with_etags(body: bytes, new: Callable[[str], str]) -> bytes:
    """Return the body with other ETags; "" leaves an empty element."""

    def change(found: re.Match[bytes]) -> bytes:
        return found[1] + escape(new(unescape(found[2].decode())), quote=False).encode() + found[3]

    return _ETAG.sub(change, body)


def made(count: int, row: Callable[[int], str]) -> Iterator[bytes]:
    """Yield a multistatus of so many responses while it is made."""
    yield b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<multistatus xmlns="DAV:">'
    for start in range(0, count, 500):
        yield "".join(map(row, range(start, min(start + 500, count)))).encode()
    yield b"</multistatus>"
