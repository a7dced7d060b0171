"""The calendar-multiget report (A42)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from integrations.icloud.simulator import multistatus
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.calendar_data import CALENDAR_DATA, data_element, wanted_data
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.markup import dav
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.multistatus import Row
from integrations.icloud.simulator.place import place_of_href
from integrations.icloud.simulator.rows import member_row


def multiget(asked: Asked, report: Element) -> Answer:
    """Answer what was asked for, as far as it is there."""
    hrefs = [(one.text or "").strip() for one in report.findall(dav("href"))]
    if asked.habits.multiget_ceiling:
        hrefs = hrefs[: asked.habits.multiget_ceiling]
    return multistatus.answer(_rows(asked, report, hrefs), empty_reason=asked.habits.empty_reason)


def _rows(asked: Asked, report: Element, hrefs: list[str]) -> Iterator[Row]:
    collection = asked.collection
    resources = asked.world.view(collection, asked.habits.lag_multiget).resources
    wanted = [child.tag for child in report.find(dav("prop")) or ()]
    for href in hrefs:
        name = _name(asked, href)
        if found := resources.get(name or ""):
            yield filled_row(asked, found, wanted, report)
        elif asked.habits.multiget_missing == "404" and (missing := place_of_href(href)):
            yield Row(f"/{missing.dsid}/calendars/{missing.collection}/{missing.name}", status=404)


def _name(asked: Asked, href: str) -> str | None:
    """Return the name of a member of the asked collection."""
    found = place_of_href(href)
    if found is None or (found.dsid, found.collection) != (asked.account.dsid, asked.collection.id):
        return None
    return found.name


def filled_row(asked: Asked, resource: Resource, wanted: list[str], report: Element) -> Row:
    """Return a member's row with its text, if that was asked for."""
    row = member_row(asked, asked.collection, resource, wanted)
    data = wanted_data(report)
    if data is not None and (asked.habits.shared_bodies or asked.collection.shared != "shared"):
        row.found[CALENDAR_DATA] = data_element(asked, resource, data)
        row.missing -= {CALENDAR_DATA}
    return row
