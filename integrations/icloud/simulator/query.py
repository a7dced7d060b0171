"""The calendar-query report, with all that does not work in it (A44 to A48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from integrations.icloud.simulator import expansion, multistatus
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.calendar_data import CALENDAR_DATA, wanted_data, written
from integrations.icloud.simulator.contents import Resource
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.multiget import filled_row
from integrations.icloud.simulator.multistatus import Row
from integrations.icloud.simulator.occurrences import Span, master_of, occurrences
from integrations.icloud.simulator.refusal import Refused

_ALWAYS = Span(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
_FILTER = caldav("comp-filter")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a query asks for: events, in a range."""

    window: Span = _ALWAYS
    nothing: bool = False  # it can match nothing


def calendar_query(asked: Asked, report: Element) -> Answer:
    """Answer a query: whole resources, all in one answer."""
    wanted_filter = _filter(asked, report)
    rows = [] if wanted_filter.nothing else _rows(asked, report, wanted_filter)
    return multistatus.answer(rows, empty_reason=asked.habits.empty_reason)


def _filter(asked: Asked, report: Element) -> Filter:
    calendars = report.findall(f"{caldav('filter')}/{_FILTER}")
    inside = calendars[0].findall(_FILTER) if len(calendars) == 1 else []
    if len(inside) > 1:
        return Filter(nothing=True)  # two side by side match nothing (A44)
    if not inside or calendars[0].get("name") != "VCALENDAR" or inside[0].get("name") != "VEVENT":
        raise Refused(400, html=True)
    if inside[0].find(_FILTER) is not None:
        raise Refused(400, html=True)  # alarms (A46)
    if inside[0].find(caldav("prop-filter")) is not None:
        return _property_filter(asked)
    return Filter(_range(asked, inside[0].find(caldav("time-range"))))


def _property_filter(asked: Asked) -> Filter:
    """Refuse a search by UID or any other property, or find nothing (A45)."""
    if asked.habits.uid_filter == "412":
        raise Refused(412)
    return Filter(nothing=True)


def _range(asked: Asked, element: Element | None) -> Span:
    if element is None:
        return _ALWAYS
    window = span_of(element)
    year_ago = datetime.fromtimestamp(asked.world.clock(), UTC) - timedelta(days=366)
    if asked.habits.old_ranges == "403" and window.start < year_ago:
        raise Refused(403)
    return window


def span_of(element: Element) -> Span:
    """Return the range that start and end attributes name; 400 when they are no UTC times."""
    return Span(_moment(element.get("start"), _ALWAYS.start), _moment(element.get("end"), _ALWAYS.end))


def _moment(text: str | None, otherwise: datetime) -> datetime:
    if text is None:
        return otherwise
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(400, html=True) from None


def _rows(asked: Asked, report: Element, wanted_filter: Filter) -> list[Row]:
    resources = asked.world.view(asked.collection, asked.habits.lag_multiget).resources
    wanted = [child.tag for child in report.find(dav("prop")) or ()]
    found = [one for one in resources.values() if _matches(one, wanted_filter.window)]
    data = wanted_data(report)
    expand = None if data is None else data.find(caldav("expand"))
    if expand is not None:
        return _expanded(asked, found, wanted, report, span_of(expand))
    return [filled_row(asked, resource, wanted, report) for resource in found]


def _expanded(asked: Asked, found: list[Resource], wanted: list[str], report: Element, window: Span) -> list[Row]:
    if asked.habits.expand == "empty":
        return []
    rows = []
    for resource in found:
        row = filled_row(asked, resource, wanted, report)
        row.found[CALENDAR_DATA] = written(asked, expansion.expanded(resource.text.decode(), window))
        rows.append(row)
    return rows


def _matches(resource: Resource, window: Span) -> bool:
    if window == _ALWAYS:
        return True
    master = master_of(resource.text.decode())
    return master is not None and "DTSTART" in master and any(True for _ in occurrences(master, window))
