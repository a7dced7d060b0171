"""Where in an account an address points to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from integrations.icloud.simulator.refusal import Refused

Kind = Literal["root", "well-known", "principal", "home", "collection", "member"]

_IN_ACCOUNT = re.compile(r"/([0-9]+)/(principal/?|calendars(?:/(?:([^/]+)(?:/([^/]+)?)?)?)?)")


@dataclass(frozen=True, slots=True)
class Place:
    """A path, taken apart. `collection` and `name` are decoded segments."""

    kind: Kind
    dsid: str = ""
    collection: str = ""
    name: str = ""


def place(target: str) -> Place:
    """Return where a request's target points to; 400 with a page for an ill-formed address (A9)."""
    path = target.partition("?")[0]
    if path == "/":
        return Place("root")
    if path.rstrip("/") == "/.well-known/caldav":
        return Place("well-known")
    found = _IN_ACCOUNT.fullmatch(path)
    if not found:
        raise Refused(400, html=True)
    dsid, kind, collection, name = found.groups()
    if kind.startswith("principal"):
        return Place("principal", dsid)
    if not collection:
        return Place("home", dsid)
    return Place("member" if name else "collection", dsid, unquote(collection), unquote(name or ""))


def place_of_href(href: str) -> Place | None:
    """Return where an href or a Destination points to, on whatever host; None for an ill-formed one."""
    try:
        return place(urlsplit(href.strip()).path)
    except (Refused, ValueError):
        return None
