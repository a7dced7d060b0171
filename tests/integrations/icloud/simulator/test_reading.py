"""multiget, queries and what else reads (docs/icloud.md A42 to A50)."""

from __future__ import annotations

import pytest

from tests.integrations.icloud.simulator.texts import START, ZONE, calendar, component, event
from tests.integrations.icloud.simulators import found, missing, xml

EVENTS = '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">%s</c:comp-filter></c:comp-filter>'
WEEKLY = event("weekly", "RRULE:FREQ=WEEKLY;COUNT=4", "SUMMARY:Weekly")


def names(reply):
    return [href.rpartition("/")[2] for href in reply.hrefs]


def texts(reply):
    data = [found(row, "c:calendar-data") for row in reply.rows.values()]
    return ["" if one is None else one.text.replace("\n", "\r\n") for one in data]


def query(icloud, inside, data="<c:calendar-data/>", calendar=None):
    body = xml("c:calendar-query", f"<d:prop><d:getetag/>{data}</d:prop><c:filter>{inside}</c:filter>")
    return icloud.ask("REPORT", (calendar or icloud.home).path, body, depth="1")


def between(icloud, start, end, **more):
    return query(icloud, EVENTS % f'<c:time-range start="{start}T000000Z" end="{end}T000000Z"/>', **more)


@pytest.fixture
def two(icloud):
    icloud.add(icloud.home, event("one", "SUMMARY:A & B <c>"), "one.ics")
    icloud.add(icloud.home, event("two"), "two.ics")


def test_A42_multiget_brings_texts_with_their_etags(icloud, two):
    reply = icloud.multiget(icloud.home, "one.ics", "two.ics")
    assert texts(reply) == [event("one", "SUMMARY:A & B <c>"), event("two")]
    etags = [found(row, "d:getetag").text for row in reply.rows.values()]
    assert etags == [one.etag for one in icloud.home.resources.values()]


@pytest.mark.parametrize("depth", ["0", "1", None])
def test_A42_depth_does_not_matter(icloud, two, depth):
    body = xml("c:calendar-multiget", f"<d:prop/><d:href>{icloud.home.path}one.ics</d:href>")
    assert names(icloud.ask("REPORT", icloud.home.path, body, depth=depth)) == ["one.ics"]


@pytest.mark.parametrize(("habit", "rows"), [("404", ["one.ics", "none.ics"]), ("left-out", ["one.ics"])])
def test_A42_what_is_missing_is_404_or_left_out(icloud, two, habit, rows):
    icloud.switch(multiget_missing=habit)
    reply = icloud.multiget(icloud.home, "one.ics", "none.ics")
    assert names(reply) == rows
    if habit == "404":
        assert reply.rows[f"{icloud.home.path}none.ics"].findtext("{DAV:}status") == "HTTP/1.1 404 Not Found"


def test_A42_there_may_be_a_ceiling(icloud, two):
    icloud.switch(multiget_ceiling=1)
    assert names(icloud.multiget(icloud.home, "one.ics", "two.ics")) == ["one.ics"]


def test_A42_hrefs_may_be_whole_and_of_either_host(icloud, two):
    hrefs = f"<d:href>{icloud.simulator.url.rstrip('/')}{icloud.home.path}one.ics</d:href>"
    body = xml("c:calendar-multiget", f"<d:prop><d:getetag/></d:prop>{hrefs}")
    assert names(icloud.ask("REPORT", icloud.home.path, body)) == ["one.ics"]


def test_A42_another_calendars_event_is_not_here(icloud, two):
    icloud.add(icloud.work, event("other"), "one.ics")
    body = xml("c:calendar-multiget", f"<d:prop><c:calendar-data/></d:prop><d:href>{icloud.home.path}one.ics</d:href>")
    reply = icloud.ask("REPORT", icloud.work.path, body)
    assert reply.rows[f"{icloud.home.path}one.ics"].findtext("{DAV:}status") == "HTTP/1.1 404 Not Found"


@pytest.mark.parametrize("cdata", [False, True])
def test_A43_texts_are_escaped_or_in_cdata(icloud, two, cdata):
    icloud.switch(cdata=cdata)
    icloud.add(icloud.home, event("three", "SUMMARY:]]> & <"), "three.ics")
    reply = icloud.multiget(icloud.home, "one.ics", "three.ics")
    assert texts(reply) == [event("one", "SUMMARY:A & B <c>"), event("three", "SUMMARY:]]> & <")]
    assert ("<![CDATA[" in reply.text) is cdata


def test_A43_asked_for_parts_an_event_comes_empty(icloud, two):
    part = '<c:calendar-data><c:comp name="VCALENDAR"><c:comp name="VEVENT"/></c:comp></c:calendar-data>'
    (text,) = texts(icloud.multiget(icloud.home, "one.ics", data=part))
    assert "BEGIN:VEVENT\r\nEND:VEVENT" in text and "SUMMARY" not in text


def test_A26_a_share_may_have_no_bodies(icloud, two):
    shared = icloud.world.share(icloud.home, icloud.account)
    assert texts(icloud.multiget(shared, "two.ics")) == [event("two")]
    icloud.switch(shared_bodies=False)
    (row,) = icloud.multiget(shared, "two.ics").rows.values()
    assert missing(row) == {"calendar-data"} and found(row, "d:getetag") is not None


@pytest.mark.parametrize("whole", [True, False])
def test_A68_a_reports_text_may_lack_its_zone(icloud, whole):
    icloud.switch(report_zones=whole)
    text = event(before=ZONE, start="DTSTART;TZID=Europe/Brussels:20261201T100000")
    icloud.add(icloud.home, text, "one.ics")
    (came,) = texts(icloud.multiget(icloud.home, "one.ics"))
    assert (came == text) is whole and ("VTIMEZONE" in came) is whole
    assert icloud.ask("GET", f"{icloud.home.path}one.ics").text == text


def test_A44_a_range_finds_what_lies_in_it(icloud, two):
    icloud.add(icloud.home, event("day", start="DTSTART;VALUE=DATE:20261205", end="DTEND;VALUE=DATE:20261206"), "d.ics")
    icloud.add(icloud.home, WEEKLY, "weekly.ics")
    assert names(between(icloud, "20261201", "20261202")) == ["one.ics", "two.ics", "weekly.ics"]
    assert names(between(icloud, "20261205", "20261206")) == ["d.ics"]
    assert names(between(icloud, "20261215", "20261216")) == ["weekly.ics"]
    assert names(between(icloud, "20261229", "20261231")) == []
    assert len(names(query(icloud, EVENTS % ""))) == 4


def test_A44_an_excluded_slot_is_no_match(icloud):
    icloud.add(icloud.home, event("w", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261208T100000Z"), "w.ics")
    assert names(between(icloud, "20261208", "20261209")) == []


@pytest.mark.parametrize(
    "inside",
    ["", '<c:comp-filter name="VCALENDAR"/>', '<c:comp-filter name="VEVENT"/>', EVENTS.replace("VEVENT", "VTODO") % ""],
)
def test_A44_without_events_it_is_400(icloud, inside):
    assert query(icloud, inside).status == 400


def test_A44_two_filters_side_by_side_match_nothing(icloud, two):
    both = '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/><c:comp-filter name="VTODO"/></c:comp-filter>'
    reply = query(icloud, both)
    assert (reply.status, names(reply)) == (207, [])


@pytest.mark.parametrize(("habit", "status"), [("answered", 207), ("403", 403)])
def test_A44_old_ranges_may_be_refused(icloud, two, habit, status):
    icloud.switch(old_ranges=habit)
    assert between(icloud, "20000101", "20000201").status == status
    assert between(icloud, "20261201", "20261202").status == 207


UID = EVENTS % '<c:prop-filter name="UID"><c:text-match>one</c:text-match></c:prop-filter>'


@pytest.mark.parametrize(("habit", "status"), [("412", 412), ("empty", 207)])
def test_A45_a_uid_cannot_be_looked_up(icloud, two, habit, status):
    icloud.switch(uid_filter=habit)
    reply = query(icloud, UID)
    assert reply.status == status and "one.ics" not in reply.text


def test_A46_tasks_and_alarms_cannot_be_asked_for(icloud):
    tasks = icloud.account.collections["tasks"]
    span = '<c:time-range start="20260101T000000Z" end="20270101T000000Z"/>'
    assert query(icloud, EVENTS.replace("VEVENT", "VTODO") % span, calendar=tasks).status == 400
    assert query(icloud, EVENTS % f'<c:comp-filter name="VALARM">{span}</c:comp-filter>').status == 400


def test_A47_a_series_comes_whole_and_a_moved_override_is_found_by_its_slot_alone(icloud):
    master = component(
        "UID:w", "DTSTAMP:20261101T000000Z", START, "DTEND:20261201T110000Z", "RRULE:FREQ=WEEKLY;COUNT=4"
    )
    moved = component(
        *("UID:w", "DTSTAMP:20261101T000000Z", "RECURRENCE-ID:20261208T100000Z", "DTSTART:20261210T100000Z"),
        "DTEND:20261210T110000Z",
    )
    icloud.add(icloud.home, calendar(moved, master), "w.ics")
    assert texts(between(icloud, "20261208", "20261209")) == [calendar(moved, master)]
    assert names(between(icloud, "20261210", "20261211")) == []


EXPAND = '<c:calendar-data><c:expand start="20261201T000000Z" end="20270101T000000Z"/></c:calendar-data>'


def test_A48_an_expanded_series_holds_junk(icloud):
    icloud.add(icloud.home, WEEKLY, "weekly.ics")
    (text,) = texts(between(icloud, "20261201", "20270101", data=EXPAND))
    assert text.count("BEGIN:VEVENT") == 4 and text.count("X-EXPANDED:True") == 4
    assert "X-MASTER-DTSTART:20261201T100000Z" in text and "X-MASTER-RRULE:FREQ=WEEKLY;COUNT=4" in text
    assert "RECURRENCE-ID:20261208T100000Z" in text and "\r\nRRULE" not in text
    assert text.count("DTSTAMP") == 8 and "-//caldav.icloud.com//CALDAVJ" in text


def test_A48_or_nothing_at_all(icloud):
    icloud.switch(expand="empty")
    icloud.add(icloud.home, WEEKLY, "weekly.ics")
    assert names(between(icloud, "20261201", "20270101", data=EXPAND)) == []


def test_A49_head_is_400_while_get_works(icloud, two):
    assert icloud.ask("HEAD", f"{icloud.home.path}one.ics").status == 400
    assert icloud.ask("GET", f"{icloud.home.path}one.ics").status == 200
    assert icloud.ask("GET", f"{icloud.home.path}none.ics").status == 404


def test_A50_a_schedule_tag_only_on_what_was_delivered(icloud, two):
    invitation = event("inv", "ORGANIZER:mailto:bob@example.com", "ATTENDEE:mailto:alice@icloud.example")
    icloud.add(icloud.home, invitation, "inv.ics", delivered=True)
    assert icloud.ask("GET", f"{icloud.home.path}inv.ics").header("Schedule-Tag")
    assert not icloud.ask("GET", f"{icloud.home.path}one.ics").header("Schedule-Tag")
    for name, there in (("inv.ics", True), ("one.ics", False)):
        (row,) = icloud.propfind(f"{icloud.home.path}{name}", "c:schedule-tag").rows.values()
        assert (found(row, "c:schedule-tag") is not None) is there
