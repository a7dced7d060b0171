"""Answers whose rows are wrong: too few, too many, twice, under other addresses, with odd ETags."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from integrations.icloud.simulator.kinds import multistatus
from integrations.icloud.simulator.kinds.bodies import xml
from integrations.icloud.simulator.kinds.kind import Exchange, Shelf, Values, stream, with_body
from integrations.icloud.simulator.kinds.redirects import FOREIGN
from integrations.icloud.simulator.message import Answer, Request

shelf = Shelf()
_Rows = list[bytes]
_END_OF_REPORT = re.compile(rb"</(?:\w+:)?sync-collection>")


def _is_member(row: bytes, request: Request) -> bool:
    """Return whether a row is about something inside the collection that was asked, not the collection itself."""
    return unquote(multistatus.href(row)).rstrip("/").endswith(request.path.rstrip("/")) is False


def _thinned(keep: Callable[[_Rows], _Rows]) -> Callable[[Answer, Request, Values], Answer]:
    """Return what leaves only some of the members' rows."""

    def thin(answer: Answer, request: Request, _values: Values) -> Answer:
        def kept(rows: _Rows) -> _Rows:
            return [row for row in rows if not _is_member(row, request)] + keep(
                [row for row in rows if _is_member(row, request)]
            )

        return with_body(answer, multistatus.with_rows(answer.body, kept))

    return thin


def _addressed(new: Callable[[str, Request, Values], str]) -> Callable[[Answer, Request, Values], Answer]:
    """Return what gives the rows other addresses."""
    return lambda answer, request, values: with_body(
        answer, multistatus.with_hrefs(answer.body, lambda href: new(href, request, values))
    )


def _versioned(new: Callable[[str], str]) -> Callable[[Answer, Request, Values], Answer]:
    """Return what gives everything another ETag, in the header too."""

    def change(answer: Answer, _request: Request, _values: Values) -> Answer:
        there = answer.header("ETag")
        answer = with_body(answer, multistatus.with_etags(answer.body, new)).without_header("ETag")
        return answer.with_headers(("ETag", new(there))) if there and new(there) else answer

    return change


_fresh = itertools.count(1)
shelf.altered(
    "empty-listing", "no member is listed; the collection itself and the token are", _thinned(lambda _rows: [])
)
shelf.altered("half-listing", "every second member is missing, and nothing says so", _thinned(lambda rows: rows[::2]))
shelf.altered("duplicate-href", "every member is listed twice", _thinned(lambda rows: [*rows, *rows]))
shelf.altered("foreign-href", "addresses are on somebody else's host", _addressed(lambda href, _r, _v: FOREIGN + href))
shelf.altered(
    "encoded-href",
    "`@` and others are percent-encoded in addresses",
    _addressed(lambda href, _r, _v: quote(unquote(href), safe="/")),
)
shelf.altered(
    "plain-href",
    "`@`, blanks and others stand in addresses as they are",
    _addressed(lambda href, _r, _v: unquote(href)),
)
shelf.altered(
    "etag-changes",
    "every ETag is another than before, the content the same",
    _versioned(lambda _e: f'"moved{next(_fresh)}"'),
)
shelf.altered("etag-stays", "every ETag is the same as ever, whatever the content", _versioned(lambda _e: '"always"'))
shelf.altered("etag-weak", "ETags are weak", _versioned(lambda etag: f"W/{etag}"))
shelf.altered("etag-missing", "ETags are left out", _versioned(lambda _e: ""))


@shelf.kind("absolute-href", "addresses are whole, on `base` (this iCloud's other host)")
def _absolute(exchange: Exchange, values: Values) -> None:
    answer, base = exchange.answer(), str(values.get("base", exchange.other_host)).rstrip("/")
    exchange.send(with_body(answer, multistatus.with_hrefs(answer.body, lambda href: base + href)))


@shelf.kind("pages", "a listing of changes tells `size` (2) names at a time; the habit `limit` must be `honoured`")
def _pages(exchange: Exchange, values: Values) -> None:
    request, limit = exchange.request, f'<limit xmlns="DAV:"><nresults>{values.get("size", 2)}</nresults></limit>'
    request.body = _END_OF_REPORT.sub(lambda end: limit.encode() + end[0], request.body)
    exchange.send(exchange.answer())


@shelf.kind("huge-listing", "`count` (50,000) items that are not there are listed")
def _huge_listing(exchange: Exchange, values: Values) -> None:
    answer, base = exchange.answer(), quote(exchange.request.path.rstrip("/"))

    def row(n: int) -> str:
        prop = f'<prop><getetag xmlns="DAV:">"h{n:07}"</getetag></prop><status>HTTP/1.1 200 OK</status>'
        return f'<response xmlns="DAV:"><href>{base}/huge-{n:07}.ics</href><propstat>{prop}</propstat></response>'

    stream(exchange, xml(b"").with_headers(*_side(answer)), multistatus.made(values.get("count", 50_000), row))


def _side(answer: Answer) -> list[tuple[str, str]]:
    """Return an answer's headers, without those of its body."""
    return [pair for pair in answer.headers if pair[0].lower() not in ("content-type", "content-length", "etag")]
