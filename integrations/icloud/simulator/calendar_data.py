"""A resource's text as a report gives it (A43, A68)."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from integrations.icloud.simulator import lines
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.multistatus import element

CALENDAR_DATA = caldav("calendar-data")
#: what a request for parts gets: an event that says nothing (A43)
_SHELL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def wanted_data(report: Element) -> Element | None:
    """Return the calendar-data element of a report, or None when no text was asked for."""
    return report.find(f"{dav('prop')}/{CALENDAR_DATA}")


def data_element(asked: Asked, resource: Resource, wanted: Element) -> str:
    """Return the calendar-data property of a resource."""
    if wanted.find(f".//{caldav('comp')}") is not None:
        return written(asked, _SHELL)
    text = resource.text.decode()
    return written(asked, text if asked.habits.report_zones else _without_zones(text))


def written(asked: Asked, text: str) -> str:
    """Return a text as calendar-data, escaped or in CDATA."""
    if asked.habits.cdata:
        return element(CALENDAR_DATA, f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>")
    return element(CALENDAR_DATA, escape(text))


def _without_zones(text: str) -> str:
    return lines.changed(text, lambda line: None if "VTIMEZONE" in line.inside else line)
