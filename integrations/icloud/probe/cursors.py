"""Cursors and ETags."""

from __future__ import annotations

import re

from integrations.gateway.multistatus import CALENDARSERVER, Row
from integrations.icloud.probe.finding import MORE, Seen, either, measures
from integrations.icloud.probe.ground import Ground


def _is_self(ground: Ground, row: Row) -> bool:
    return ground.calendar.rstrip("/").endswith(row.href.rstrip("/"))


@measures("A34", "token_shape", "Which shape has a sync token?")
def token_shape(ground: Ground) -> Seen:
    """Look at one; it is not told."""
    return either(ground.sync().token().startswith("FT="), ("FT=…", "old"), ("opaque", "opaque"))


@measures("A35", "etag_shape", "Which shape has an ETag?")
def etag_shape(ground: Ground) -> Seen:
    """Look at one; it is not told."""
    etag = ground.etag(ground.stored())
    if re.fullmatch(r'"\d+"', etag):
        return Seen("digits alone", ("digits",))
    return either(etag.startswith('"C='), ("C=…@U=…", "old"), ("short", "base36"))


@measures("A34", "ctag_gap", "Is the ctag there right after a write?")
def ctag_gap(ground: Ground) -> Seen:
    """Write, and ask at once."""
    ground.stored()
    rows = ground.propfind(ground.calendar, "cs:getctag").rows()
    there = bool(rows) and bool(rows[0].text(f"{CALENDARSERVER} getctag"))
    return either(there, ("there", 0.0), ("missing", MORE))


@measures("A37", "self_row", "How does the collection list itself in a full report?")
def self_row(ground: Ground) -> Seen:
    """Ask for everything."""
    ground.stored()
    own = [row.href for row in ground.sync().rows() if _is_self(ground, row)]
    if not own:
        return Seen("not at all", ("absent",))
    return either(own[0].endswith("/"), ("with its slash", "slash"), ("without its slash", "no-slash"))


@measures("A37", "self_row_in_changes", "Does it list itself among changes too?")
def self_row_in_changes(ground: Ground) -> Seen:
    """Ask for what changed since a moment ago."""
    token = ground.sync().token()
    ground.stored()
    found = any(_is_self(ground, row) for row in ground.sync(token).rows())
    return either(found, ("yes", True), ("no", False))


@measures("A37", "rows_twice", "Does one event come twice in a report?")
def rows_twice(ground: Ground) -> Seen:
    """Count."""
    ground.stored()
    hrefs = [row.href for row in ground.sync().rows()]
    return either(len(hrefs) > len(set(hrefs)), ("yes", True), ("no", False))


@measures("A37", "limit", "Is a limit on a report obeyed?")
def limit(ground: Ground) -> Seen:
    """Ask for one of two."""
    ground.stored(), ground.stored()
    rows = ground.sync(more="<d:limit><d:nresults>1</d:nresults></d:limit>").rows()
    events = {row.href for row in rows if row.href.endswith(".ics")}
    return either(len(events) < 2, ("obeyed", "honoured"), ("ignored", "ignored"))


@measures("A38", "bad_token", "How is an unknown token refused?")
def bad_token(ground: Ground) -> Seen:
    """Ask with one that nobody gave out."""
    ground.stored()
    said = ground.sync("HwoQEgwAAhalfpast+unknown/token==")
    if said.status == 207:
        return Seen("not at all: everything is listed", ("everything",))
    if said.status == 403 and "valid-sync-token" in said.text:
        return Seen("403 with valid-sync-token", ("403-element",))
    return Seen(f"{said.status}", (str(said.status),))
