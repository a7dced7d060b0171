"""Hosts, sign-in, and the shape of answers."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from integrations.gateway.multistatus import caldav, dav
from integrations.icloud.probe.finding import Seen, either, measures
from integrations.icloud.probe.ground import Ground

_PRINCIPAL = "d:current-user-principal"
_NO_REASON = re.compile(r"HTTP/1\.1 \d{3}\s*</")


@measures("A5", "root", "Does the entry address answer at once, or redirect?")
def root(ground: Ground) -> Seen:
    """Ask it without following."""
    status = ground.propfind(ground.entry, _PRINCIPAL, follow=False).status
    return Seen(f"{status}", ("direct",) if status == 207 else (str(status),))


@measures("A5", "well_known", "What does the well-known address answer?")
def well_known(ground: Ground) -> Seen:
    """Ask it without following."""
    status = ground.propfind(urljoin(ground.entry, "/.well-known/caldav"), _PRINCIPAL, follow=False).status
    return Seen(f"{status}", (str(status),))


@measures("A12", "challenges", "In which order do the two challenges come?")
def challenges(ground: Ground) -> Seen:
    """Ask without signing in, which is no failed sign-in."""
    asked = ground.propfind(ground.entry, _PRINCIPAL, sign_in=False, follow=False).all("WWW-Authenticate")
    if not asked:
        return Seen("no challenge", ())
    if len(asked) == 1 and "," in asked[0]:
        return Seen("one header", ("merged",))
    return either(asked[0].startswith("Basic"), ("Basic first", "basic-first"), ("Basic second", "token-first"))


@measures("A25", "privileges", "How are an owner's privileges told?")
def privileges(ground: Ground) -> Seen:
    """Look at our own calendar."""
    names = _of_calendar(ground, "d:current-user-privilege-set").get(dav("current-user-privilege-set"), [])
    if not names:
        return Seen("not at all", ("absent",))
    return either(dav("write") in names, ("write", "full"), ("write-content without write", "write-content"))


@measures("A29", "calendar_timezone", "Has a new calendar a time zone?")
def calendar_timezone(ground: Ground) -> Seen:
    """Look at our own calendar."""
    found = caldav("calendar-timezone") in _of_calendar(ground, "c:calendar-timezone")
    return either(found, ("given", "given"), ("missing", "missing"))


def _of_calendar(ground: Ground, name: str) -> dict[str, list[str]]:
    rows = ground.propfind(ground.calendar, name).rows()
    return {key: value.names for key, value in rows[0].props.items()} if rows else {}


@measures("A36", "empty_reason", "Do the status lines inside answers have words?")
def empty_reason(ground: Ground) -> Seen:
    """Look for a status that ends after its number."""
    said = ground.propfind(ground.calendar, "d:displayname", "d:nothing-of-the-kind").text
    return either(bool(_NO_REASON.search(said)), ("numbers alone", True), ("with words", False))


@measures("A36", "member_type", "What is the resource type of an event?")
def member_type(ground: Ground) -> Seen:
    """Look at one in a listing."""
    name = ground.stored()
    rows = [row for row in ground.propfind(ground.calendar, "d:resourcetype", depth=1).rows() if name in row.href]
    found = bool(rows) and dav("resourcetype") in rows[0].props
    return either(found, ("there and empty", "empty"), ("missing", "missing"))
