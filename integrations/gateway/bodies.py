"""The XML that is sent. Plain text with a fixed prefix for each namespace; nothing before the declaration."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_NAMESPACES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" '
    'xmlns:cs="http://calendarserver.org/ns/" xmlns:i="http://apple.com/ns/ical/"'
)

FIND_PRINCIPAL = ("d:current-user-principal", "d:resourcetype", "c:calendar-home-set", "c:calendar-user-address-set")
LOOK = (
    "cs:getctag",
    "d:sync-token",
    "d:displayname",
    "d:resourcetype",
    "c:supported-calendar-component-set",
    "d:current-user-privilege-set",
    "i:calendar-color",
    "cs:source",
)
CURSORS = ("cs:getctag", "d:sync-token")
ETAGS = ("d:getetag", "d:resourcetype")


def propfind(properties: Iterable[str]) -> str:
    """Return a PROPFIND body for these properties (d: DAV, c: CalDAV, cs: CalendarServer, i: Apple)."""
    return _element("d:propfind", _element("d:prop", "".join(f"<{name}/>" for name in properties), bare=True))


def sync_collection(token: str) -> str:
    """Return a sync-collection body (RFC 6578); an empty token asks for everything."""
    inside = f"<d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
    return _element("d:sync-collection", f"{inside}<d:prop><d:getetag/></d:prop>")


def multiget(hrefs: Iterable[str]) -> str:
    """Return a calendar-multiget body for these quoted hrefs; whole texts, never partial ones."""
    asked = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return _element("c:calendar-multiget", f"<d:prop><d:getetag/><c:calendar-data/></d:prop>{asked}")


def make_calendar(name: str) -> str:
    """Return an MKCALENDAR body for a calendar that holds events."""
    components = '<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>'
    properties = f"<d:displayname>{escape(name)}</d:displayname>{components}"
    return _element("c:mkcalendar", f"<d:set><d:prop>{properties}</d:prop></d:set>")


def _element(name: str, inside: str, bare: bool = False) -> str:
    if bare:
        return f"<{name}>{inside}</{name}>"
    return f"{_DECLARATION}<{name} {_NAMESPACES}>{inside}</{name}>"
