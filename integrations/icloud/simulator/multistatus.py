"""Multistatus as iCloud writes it: the default namespace again and again, no prefixes, runs of blanks (A22)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import escape

from integrations.icloud.simulator.message import MULTI_STATUS, Answer, phrase

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<multistatus xmlns="DAV:">\n\n'
_BLANKS = "\n                        \n                            "
_FULL = re.compile(r"\{(.*)\}(.*)")
_PLAIN = "/-._~!$'()*+,;=:@"


@dataclass(slots=True)
class Row:
    """One response: properties that are there, names of those that are not, or the status of the whole."""

    path: str  # decoded
    asked: Sequence[str] = ()  # in the order of the request: what is not there leaves its blanks
    found: dict[str, str] = field(default_factory=dict)  # name → element
    missing: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    status: int = 0


def element(name: str, inside: str = "", attributes: str = "") -> str:
    """Return an element that declares its own namespace; `inside` is XML already."""
    namespace, local = _parts(name)
    start = f'{local} xmlns="{namespace}"{" " if attributes else ""}{attributes}'
    return f"<{start}>{inside}</{local}>" if inside else f"<{start}/>"


def text_element(name: str, text: str, attributes: str = "") -> str:
    """Return an element with text."""
    return element(name, escape(text), attributes)


def href(path: str) -> str:
    """Return a decoded path as it stands in an href."""
    return escape(quote(path, safe=_PLAIN))


def answer(rows: Iterable[Row], *, token: str = "", empty_reason: bool = False) -> Answer:
    """Return the whole answer; the token, if any, comes last."""
    said = [_HEAD, *(_response(row, empty_reason) for row in rows)]
    if token:
        said.append(f"    <sync-token>{escape(token)}</sync-token>\n")
    said.append("</multistatus>\n")
    return Answer(MULTI_STATUS, (("Content-Type", "text/xml; charset=utf-8"),), "".join(said).encode())


def _response(row: Row, empty_reason: bool) -> str:
    inside = f"        <href>{href(row.path)}</href>\n"
    if row.status:
        inside += f"        {_status(row.status, empty_reason)}\n"
    if row.found or not (row.status or row.missing or row.refused):
        inside += _part(row.asked or list(row.found), row.found, _status(200, empty_reason))
    for names, status in ((row.missing, 404), (row.refused, 403)):
        if names:
            absent = {name: element(name) for name in names}
            inside += _part(row.asked or sorted(absent), absent, _status(status, empty_reason))
    return f'    <response xmlns="DAV:">\n{inside}    </response>\n'


def _part(asked: Sequence[str], there: dict[str, str], status: str) -> str:
    properties = "".join(f"{_BLANKS}{there.get(name, '')}" for name in asked)
    inside = f"                <prop>{properties}\n                </prop>\n                {status}\n"
    return f"            <propstat>\n{inside}            </propstat>\n"


def _status(status: int, empty_reason: bool) -> str:
    return f"<status>HTTP/1.1 {status}{'' if empty_reason else ' ' + phrase(status)}</status>"


def _parts(name: str) -> tuple[str, str]:
    found = _FULL.fullmatch(name)
    return (found[1], found[2]) if found else ("", name)
