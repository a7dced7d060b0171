"""What a home lists, and how (docs/icloud.md A22 to A33)."""

from __future__ import annotations

import re

import pytest

from tests.integrations.icloud.simulator.texts import event
from tests.integrations.icloud.simulators import NAMESPACES, an_icloud, found, missing, xml

LOOK = (
    "cs:getctag",
    "d:sync-token",
    "d:displayname",
    "d:resourcetype",
    "c:supported-calendar-component-set",
    "d:current-user-privilege-set",
    "i:calendar-color",
    "i:calendar-order",
    "cs:source",
    "c:calendar-timezone",
    "cs:invite",
)


def home_rows(icloud):
    rows = icloud.propfind(icloud.account.home, *LOOK, depth="1").rows
    return {path.removeprefix(icloud.account.home).rstrip("/"): row for path, row in rows.items()}


def names(row, prop):
    element = found(row, prop)
    return None if element is None else [child.tag.partition("}")[2] for child in element]


def privileges(row):
    element = found(row, "d:current-user-privilege-set")
    return None if element is None else [one[0].tag.partition("}")[2] for one in element]


def components(row):
    element = found(row, "c:supported-calendar-component-set")
    return None if element is None else [one.get("name") for one in element]


def test_A22_the_dialect(icloud):
    text = icloud.propfind(icloud.account.home, *LOOK, depth="1").text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<multistatus xmlns="DAV:">')
    assert text.count('<response xmlns="DAV:">') == len(icloud.account.collections) + 1
    assert '<displayname xmlns="DAV:">' in text and not re.search(r"</?[a-z]+:", text), "no prefixes"
    assert "<comp name='VEVENT' xmlns='urn:ietf:params:xml:ns:caldav'/>" in text
    assert "<privilege><read/></privilege>" in text
    assert '<privilege><read-free-busy xmlns="urn:ietf:params:xml:ns:caldav"/></privilege>' in text
    assert re.search(r"\n +\n +\n", text), "runs of blanks"
    assert "<status>HTTP/1.1 404 Not Found</status>" in text


def test_A23_the_home_lists_itself_and_every_kind_of_row(icloud):
    rows = home_rows(icloud)
    assert list(rows) == ["", "inbox", "outbox", "notification", "tasks", "home", "work"]
    assert names(rows[""], "d:resourcetype") == ["collection"]
    assert found(rows[""], "d:displayname").text == "Alice Anders" and "calendar-color" in missing(rows[""])
    assert components(rows[""]) == ["VEVENT", "VTODO", "VFREEBUSY"]
    assert names(rows["inbox"], "d:resourcetype") == ["collection", "schedule-inbox"]
    assert names(rows["outbox"], "d:resourcetype") == ["collection", "schedule-outbox"]
    assert {"getctag", "sync-token", "displayname"} <= missing(rows["outbox"])
    assert names(rows["notification"], "d:resourcetype") == ["collection", "notification"]
    assert components(rows["notification"]) is None
    assert names(rows["home"], "d:resourcetype") == ["collection", "calendar"] and components(rows["home"]) == [
        "VEVENT"
    ]
    assert found(rows["tasks"], "d:displayname").text == "Reminders" and components(rows["tasks"]) == ["VTODO"]
    assert found(rows["tasks"], "i:calendar-color").text == "#FF9500FF"


def test_A23_a_calendar_may_be_called_like_anything(icloud):
    made = icloud.world.make_collection(icloud.account, "Inbox")
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", made.id)
    assert names(home_rows(icloud)[made.id], "d:resourcetype") == ["collection", "calendar"]


@pytest.mark.parametrize(
    ("habit", "expected"),
    [
        (
            "full",
            "read read-free-busy read-current-user-privilege-set write write-properties write-content bind unbind",
        ),
        ("write-content", "read read-free-busy read-current-user-privilege-set write-content bind unbind"),
        ("absent", None),
    ],
)
def test_A25_an_owner_may_do_everything(icloud, habit, expected):
    icloud.switch(privileges=habit)
    assert privileges(home_rows(icloud)["home"]) == (expected.split() if expected else None)


def test_A25_boxes_have_rights_of_their_own(icloud):
    rows = home_rows(icloud)
    assert privileges(rows["inbox"])[-1] == "schedule-deliver" and "write" in privileges(rows["inbox"])
    assert privileges(rows["outbox"])[-1] == "schedule-send" and "write" not in privileges(rows["outbox"])
    assert privileges(rows["notification"]) == ["read", "read-current-user-privilege-set", "unbind"]


@pytest.fixture
def neighbours(icloud):
    bob = icloud.world.add_account("bob@icloud.example", "Bob", main_password="x", app_password="bob")
    return bob.calendar("Home"), icloud.world.share(bob.calendar("Home"), icloud.account)


def test_A26_a_calendar_shared_in_lies_below_the_own_number(icloud, neighbours):
    theirs, ours = neighbours
    row = home_rows(icloud)[ours.id]
    assert re.fullmatch(r"[0-9a-f]{64}", ours.id) and icloud.account.dsid in ours.path
    assert names(row, "d:resourcetype") == ["collection", "calendar", "shared"]
    assert privileges(row) == ["read", "read-current-user-privilege-set"]
    assert "supported-calendar-component-set" in missing(row) and len(found(row, "cs:invite")) == 1
    assert theirs.shared == "shared-owner"
    assert not len(found(home_rows(icloud)["home"], "cs:invite"))


def test_A26_the_component_set_may_be_there(icloud):
    icloud.switch(shared_components="given")
    shared = icloud.world.share(icloud.work, icloud.account)
    assert components(home_rows(icloud)[shared.id]) == ["VEVENT"]


def test_A26_deleting_a_share_only_unlinks_it(icloud, neighbours):
    theirs, ours = neighbours
    icloud.world.put(theirs, "one.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    assert icloud.ask("GET", f"{ours.path}one.ics").status == 200
    assert icloud.ask("DELETE", ours.path).status == 204
    assert ours.id not in home_rows(icloud) and list(theirs.resources) == ["one.ics"]


def test_A26_what_the_owner_changes_the_reader_sees(icloud, neighbours):
    theirs, ours = neighbours
    before = found(home_rows(icloud)[ours.id], "cs:getctag").text
    icloud.world.put(theirs, "one.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    assert found(home_rows(icloud)[ours.id], "cs:getctag").text != before


def test_A27_a_subscription_is_no_calendar(icloud):
    source = "webcal://holidays.example/be.ics"
    made = icloud.world.make_collection(icloud.account, "Holidays", kind="subscribed", source=source, components=None)
    row = home_rows(icloud)[made.id]
    assert names(row, "d:resourcetype") == ["collection", "subscribed"]
    assert found(row, "cs:source/d:href").text == source and components(row) is None
    assert "write" not in privileges(row)
    assert icloud.sync(made).status == 400


@pytest.mark.parametrize("served", [False, True])
def test_A27_birthdays_may_be_served(served):
    from integrations.icloud.simulator.habits import Habits

    with an_icloud(Habits(birthdays=served)) as icloud:
        assert ("birthdays" in home_rows(icloud)) is served


def test_A28_colours_have_eight_digits_and_a_name_is_ignored(icloud):
    def paint(value):
        color = f"<i:calendar-color>{value}</i:calendar-color>"
        body = xml("d:propertyupdate", f"<d:set><d:prop>{color}</d:prop></d:set>")
        assert icloud.ask("PROPPATCH", icloud.home.path, body).status == 207
        return found(home_rows(icloud)["home"], "i:calendar-color").text

    assert paint("#1e4c63") == "#1E4C63FF"
    assert paint("#AABBCC80") == "#AABBCC80"
    assert paint("red") == "#AABBCC80"


def test_A28_a_symbolic_colour_stands_beside_it(icloud):
    icloud.home.symbolic_color = "blue"
    assert found(home_rows(icloud)["home"], "i:calendar-color").get("symbolic-color") == "blue"


@pytest.mark.parametrize(("fine", "status"), [(True, 201), (False, 403)])
def test_A29_a_name_may_be_empty(icloud, fine, status):
    icloud.switch(empty_names=fine)
    assert icloud.ask("MKCALENDAR", f"{icloud.account.home}nameless/").status == status


@pytest.mark.parametrize(("habit", "there"), [("missing", False), ("given", True)])
def test_A29_the_time_zone_of_a_calendar_may_be_missing(icloud, habit, there):
    icloud.switch(calendar_timezone=habit)
    assert ("calendar-timezone" not in missing(home_rows(icloud)["home"])) is there


def test_A31_options_lists_what_a_calendar_server_lists(icloud):
    reply = icloud.ask("OPTIONS", icloud.account.home)
    assert reply.status == 200
    assert {"calendar-access", "calendar-auto-schedule", "calendarserver-sharing"} <= set(
        re.split(r",\s*", reply.header("DAV"))
    )


def test_A32_listed_is_not_working(icloud):
    reply = icloud.propfind(icloud.home.path, "d:supported-report-set")
    assert "<free-busy-query " in reply.text and "<sync-collection " in reply.text
    body = xml("c:free-busy-query", '<c:time-range start="20260101T000000Z" end="20270101T000000Z"/>')
    assert icloud.ask("REPORT", icloud.home.path, body, depth="1").status == 400


def test_A23_the_inbox_is_a_place_of_its_own(icloud):
    assert icloud.propfind(f"{icloud.account.home}inbox/", "d:resourcetype", depth="1").status == 207


def test_C6_one_prop_that_nobody_knows_is_404_and_the_rest_is_there(icloud):
    reply = icloud.propfind(icloud.home.path, "d:displayname", "d:quota-used-bytes")
    (row,) = reply.rows.values()
    assert found(row, "d:displayname").text == "Home" and missing(row) == {"quota-used-bytes"}
    assert len(row.findall("d:propstat", NAMESPACES)) == 2


def test_A75_the_inbox_keeps_a_copy_of_an_invitation(icloud):
    lines = "ORGANIZER:mailto:bob@example.com", "ATTENDEE:mailto:alice@icloud.example"
    icloud.add(icloud.home, event("inv", *lines), "inv.ics", delivered=True)
    reply = icloud.propfind(f"{icloud.account.home}inbox/", "d:getetag", depth="1")
    assert reply.hrefs[1:] == [f"{icloud.account.home}inbox/inv.ics"]
    assert "METHOD:REQUEST" in icloud.ask("GET", reply.hrefs[1]).text
    etag = icloud.home.resources["inv.ics"].etag
    assert icloud.put(f"{icloud.home.path}inv.ics", event("inv", *lines), if_match=etag).status == 204, (
        "it holds no UID"
    )
