"""XML that came with a request, as a tree; a document type is refused."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from integrations.icloud.simulator.refusal import Refused

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDARSERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"


def dav(name: str) -> str:
    """Return the full name of a DAV element."""
    return f"{{{DAV}}}{name}"


def caldav(name: str) -> str:
    """Return the full name of a CalDAV element."""
    return f"{{{CALDAV}}}{name}"


def calendarserver(name: str) -> str:
    """Return the full name of a CalendarServer element."""
    return f"{{{CALENDARSERVER}}}{name}"


def apple(name: str) -> str:
    """Return the full name of an Apple element."""
    return f"{{{APPLE}}}{name}"


def parsed(body: bytes) -> Element:
    """Return the root element; 400 with a page for anything that is not well-formed, blanks in front included (A58)."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, attributes: builder.start(_full(name), attributes)
    parser.EndElementHandler = lambda name: builder.end(_full(name))
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise Refused(400, html=True) from None
    return builder.close()


def _full(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _refuse(*_: object) -> None:
    raise Refused(400, html=True)
