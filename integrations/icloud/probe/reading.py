"""Multiget and query."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from integrations.gateway.multistatus import caldav
from integrations.icloud.probe.finding import MORE, Seen, either, measures
from integrations.icloud.probe.ground import Ground, event

_MANY = 120
_DATA = caldav("calendar-data")
_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Halfpast/Probe\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZNAME:PROBE\r\n"
    "TZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\nEND:STANDARD\r\nEND:VTIMEZONE"
)


def _query(inside: str, data: str = "<c:calendar-data/>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" '
        f'xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/>{data}</d:prop><c:filter>'
        f'<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">{inside}</c:comp-filter></c:comp-filter>'
        "</c:filter></c:calendar-query>"
    )


@measures("A43", "cdata", "Do bodies stand in CDATA?")
def cdata(ground: Ground) -> Seen:
    """Look at one."""
    return either("<![CDATA[" in ground.multiget(ground.stored()).text, ("yes", True), ("no", False))


@measures("A42", "multiget_missing", "What does a multiget say of what is not there?")
def multiget_missing(ground: Ground) -> Seen:
    """Ask for something that never was."""
    missing = f"{uuid.uuid4()}.ics"
    found = [row for row in ground.multiget(ground.stored(), missing).rows() if missing in row.href]
    return either(bool(found), ("a row with 404", "404"), ("nothing", "left-out"))


@measures("A42", "multiget_ceiling", f"Does a multiget answer {_MANY} questions?")
def multiget_ceiling(ground: Ground) -> Seen:
    """Ask for one event behind many that never were."""
    name = ground.stored()
    rows = ground.multiget(*(f"{uuid.uuid4()}.ics" for _ in range(_MANY - 1)), name).rows()
    return either(any(_DATA in row.props for row in rows), ("all of them", 0), ("not all of them", MORE))


@measures("A68", "report_zones", "Do bodies in reports bear their time zones?")
def report_zones(ground: Ground) -> Seen:
    """Store an event in a zone of its own, and ask for it by multiget."""
    name = f"{uuid.uuid4()}.ics"
    start = f"DTSTART;TZID=Halfpast/Probe:{datetime.now(UTC) + timedelta(days=9):%Y%m%dT090000}"
    said = ground.put(name, event(name.removesuffix(".ics"), "DURATION:PT1H", start=start, end=False, head=_ZONE))
    if not said.done:
        return Seen(f"the event was refused with {said.status}", ())
    return either("BEGIN:VTIMEZONE" in ground.multiget(name).text, ("yes", True), ("no", False))


@measures("A45", "uid_filter", "What does a search for a UID answer?")
def uid_filter(ground: Ground) -> Seen:
    """Look for an event that is there."""
    uid = ground.stored().removesuffix(".ics")
    said = ground.report(_query(f'<c:prop-filter name="UID"><c:text-match>{uid}</c:text-match></c:prop-filter>'))
    if said.status == 207:
        return either(not said.rows(), ("207 without it", "empty"), ("207 with it", None))
    return Seen(f"{said.status}", ("412",) if said.status == 412 else ())


@measures("A48", "expand", "What does the server's own expansion answer?")
def expand(ground: Ground) -> Seen:
    """Let it expand a short series."""
    ground.stored("RRULE:FREQ=DAILY;COUNT=3")
    now = datetime.now(UTC)
    window = f'start="{now:%Y%m%dT%H%M%SZ}" end="{now + timedelta(days=60):%Y%m%dT%H%M%SZ}"'
    data = f"<c:calendar-data><c:expand {window}/></c:calendar-data>"
    said = ground.report(_query(f"<c:time-range {window}/>", data))
    return either(bool(said.rows()), ("something", "junk"), (f"nothing ({said.status})", "empty"))


@measures("A44", "old_ranges", "Is a range that began ten years ago answered?")
def old_ranges(ground: Ground) -> Seen:
    """Ask for one."""
    now = datetime.now(UTC)
    begin = now - timedelta(days=3650)
    window = f'start="{begin:%Y%m%dT%H%M%SZ}" end="{now + timedelta(days=60):%Y%m%dT%H%M%SZ}"'
    status = ground.report(_query(f"<c:time-range {window}/>")).status
    return Seen(f"{status}", {207: ("answered",), 403: ("403",)}.get(status, ()))
