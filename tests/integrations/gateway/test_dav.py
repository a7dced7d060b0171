"""What the gateway makes of answers that Radicale and Xandikos never give: iCloud's shapes, others' habits."""

from __future__ import annotations

import threading
import time

import pytest

from integrations.gateway import dav
from integrations.gateway.base import Credentials, Gateway, Profile
from integrations.gateway.errors import (
    CalendarGone,
    Forbidden,
    GatewayError,
    NotUnderstood,
    OutcomeUnknown,
    PreconditionFailed,
    Refused,
    Rejected,
    TokenInvalid,
    TooLarge,
    UidTaken,
    Unreachable,
    WrongAccount,
)
from integrations.gateway.limiter import Limiters
from integrations.gateway.reach import Reach
from integrations.gateway.target import host_ports
from integrations.gateway.transport import Transport
from tests.integrations.gateway.puppet import Heard, Puppet, answer, entry, home_row, multistatus, puppet
from tests.integrations.servers import event

PROFILE = Profile("puppet", burst=1000, per_second=1000, per_minute=100_000, chunk=4)
HOME, CALENDAR = "/home/", "/home/cal/"


def gateway(server: Puppet, *others: Puppet, home: str = HOME, profile: Profile = PROFILE, typed: str = "") -> Gateway:
    reach = Reach(host_ports([server.host_port, *(other.host_port for other in others)]))
    return dav.connect(
        profile,
        typed or server.url,
        Credentials("alice", "secret"),
        home=server.url.rstrip("/") + home if home else "",
        reach=reach,
        transport=Transport(),
    )


def error(name: str, namespace: str = "DAV:") -> str:
    """Return an error body as iCloud writes it: single quotes and all."""
    return f"<?xml version='1.0' encoding='UTF-8'?><error xmlns='DAV:'><x:{name} xmlns:x='{namespace}'/></error>"


CALDAV = "urn:ietf:params:xml:ns:caldav"
#: A home as iCloud writes it: default namespaces repeated on every element, blank lines, single quotes, a 404 propstat.
ICLOUD_HOME = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<multistatus xmlns="DAV:">


<response xmlns="DAV:"><href>/123/calendars/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/></resourcetype><displayname xmlns="DAV:">Alice Example</displayname>
<getctag xmlns="http://calendarserver.org/ns/">HwoQEgwAA==</getctag></prop><status>HTTP/1.1 200 OK</status></propstat>
<propstat><prop><calendar-color xmlns="http://apple.com/ns/ical/"/></prop><status>HTTP/1.1 404 Not Found</status>
</propstat></response>
<response xmlns="DAV:"><href>/123/calendars/home/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype>

<displayname xmlns="DAV:"><![CDATA[Home & away]]></displayname>
<getctag xmlns="http://calendarserver.org/ns/">HwoQEgwAAAhO+/=</getctag>
<sync-token xmlns="DAV:">HwoQEgwAAAhO+/=</sync-token>
<calendar-color symbolic-color="blue" xmlns="http://apple.com/ns/ical/">#1badf8FF</calendar-color>
<supported-calendar-component-set xmlns="urn:ietf:params:xml:ns:caldav">
<comp name='VEVENT' xmlns="urn:ietf:params:xml:ns:caldav"/>
</supported-calendar-component-set>
<current-user-privilege-set xmlns="DAV:"><privilege><read/></privilege><privilege><write/></privilege>
</current-user-privilege-set></prop><status>HTTP/1.1 200</status></propstat></response>
<response xmlns="DAV:"><href>/123/calendars/tasks/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype>
<displayname xmlns="DAV:">Reminders</displayname><getctag xmlns="http://calendarserver.org/ns/">x</getctag>
<supported-calendar-component-set xmlns="urn:ietf:params:xml:ns:caldav"><comp name='VTODO'/>
</supported-calendar-component-set></prop><status>HTTP/1.1 200 OK</status></propstat></response>
<response xmlns="DAV:"><href>/123/calendars/0a1b/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/>
<shared xmlns="http://calendarserver.org/ns/"/></resourcetype><displayname xmlns="DAV:">Inbox</displayname>
<getctag xmlns="http://calendarserver.org/ns/">y</getctag>
<current-user-privilege-set xmlns="DAV:"><privilege><read/></privilege></current-user-privilege-set></prop>
<status>HTTP/1.1 200 OK</status></propstat></response>
<response xmlns="DAV:"><href>/123/calendars/SUB/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/><subscribed xmlns="http://calendarserver.org/ns/"/></resourcetype>
<displayname xmlns="DAV:">Holidays</displayname>
<source xmlns="http://calendarserver.org/ns/"><href xmlns="DAV:">webcal://example.org/h.ics</href></source></prop>
<status>HTTP/1.1 200 OK</status></propstat></response>
<response xmlns="DAV:"><href>/123/calendars/inbox/</href><propstat><prop>
<resourcetype xmlns="DAV:"><collection/><schedule-inbox xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype>
<displayname xmlns="DAV:"/></prop><status>HTTP/1.1 200 OK</status></propstat></response>
</multistatus>"""


# look


def test_a_home_as_icloud_writes_it() -> None:
    with puppet(answer(207, ICLOUD_HOME)) as server:
        line = gateway(server, home="/123/calendars/")
        rows = {row.path: row for row in line.look(server.url + "123/calendars/")}
        assert line.meter.requests == 1
    assert list(rows) == [f"/123/calendars/{name}/" for name in ("home", "tasks", "0a1b", "SUB")]
    home, tasks, shared, subscribed = rows.values()
    assert (home.name, home.color, home.cursor) == ("Home & away", "#1BADF8", "HwoQEgwAAAhO+/=")
    assert home.writable and home.holds_events and not home.shared
    assert not tasks.holds_events and tasks.writable
    assert (shared.name, shared.shared, shared.writable, shared.holds_events) == ("Inbox", True, False, True)
    assert subscribed.subscribed and not subscribed.writable and not subscribed.holds_events


def test_a_home_without_cursors_costs_one_more_request_a_calendar() -> None:
    def script(heard: Heard) -> bytes:
        if heard.path == HOME:
            return multistatus(home_row("/home/a/", "") + home_row("/home/b/", "known"))
        return multistatus(home_row(heard.path, "asked"))

    with puppet(script) as server:
        line = gateway(server)
        assert [row.cursor for row in line.look(server.url + "home/")] == ["asked", "known"]
        assert [heard.headers["depth"] for heard in server.heard] == ["1", "0"]


@pytest.mark.parametrize("path", ["/other/cal/", "/homeless/cal/", "/home"])
def test_a_home_that_lists_another_accounts_calendar_stops_the_run(path: str) -> None:
    with puppet(multistatus(home_row(path))) as server:
        line = gateway(server)
        if path == "/home":
            assert line.look(server.url + "home/")
        else:
            with pytest.raises(WrongAccount):
                line.look(server.url + "home/")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Refused),
        (403, Forbidden),
        (404, CalendarGone),
        (410, CalendarGone),
        (500, Unreachable),
        (502, Unreachable),
        (504, Unreachable),
        (200, NotUnderstood),
        (204, NotUnderstood),
        (400, NotUnderstood),
        (412, NotUnderstood),
    ],
)
def test_fault_15_what_a_failed_look_means(status: int, expected: type[Exception]) -> None:
    with puppet(answer(status, "<html>Sorry</html>", "Content-Type: text/html")) as server:
        with pytest.raises(expected):
            gateway(server).look(server.url + "home/")
        assert len(server.heard) == 1


# changes


def test_a_delta_is_cleaned_of_the_collection_itself_duplicates_and_other_calendars() -> None:
    rows = (
        entry(CALENDAR, '"self"')
        + entry("/home/cal", '"self"')
        + entry("/home/cal/a.ics", '"1"')
        + entry("/home/cal/a%2Eics", '"2"')
        + entry("/home/cal/b%40c%20d.ics", '"00123"')
        + entry("/home/other/x.ics")
        + "<response><href>/home/cal/gone.ics</href><status>HTTP/1.1 404 Not Found</status></response>"
        + "<response><href>/home/cal/a.ics</href><status>HTTP/1.1 404 Not Found</status></response>"
    )
    with puppet(multistatus(rows + "<sync-token>next</sync-token>")) as server:
        listing = gateway(server).changes(CALENDAR, "before")
    assert {row.href: row.etag for row in listing.entries} == {
        "/home/cal/a.ics": '"2"',
        "/home/cal/b@c d.ics": '"00123"',
    }
    assert listing.removed == ("/home/cal/gone.ics",)
    assert (listing.token, listing.full, listing.complete) == ("next", False, True)


def test_the_token_is_sent_escaped_and_as_it_is() -> None:
    with puppet(multistatus("<sync-token>a&amp;b+/=%20</sync-token>")) as server:
        line = gateway(server)
        token = line.changes(CALENDAR, "").token
        assert token == "a&b+/=%20"
        line.changes(CALENDAR, token)
        assert b"<d:sync-token></d:sync-token>" in server.heard[0].body
        assert b"<d:sync-token>a&amp;b+/=%20</d:sync-token>" in server.heard[1].body
        assert server.heard[1].body.startswith(b"<?xml")


def test_fault_16_a_truncated_report_is_not_complete() -> None:
    cut = "<response><href>/home/cal/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
    with puppet(multistatus(entry("/home/cal/a.ics") + cut + "<sync-token>half</sync-token>")) as server:
        listing = gateway(server).changes(CALENDAR, "")
    assert (listing.complete, listing.full, listing.token) == (False, True, "half")
    assert [row.href for row in listing.entries] == ["/home/cal/a.ics"]


@pytest.mark.parametrize("status", [400, 403, 409, 410, 412])
@pytest.mark.parametrize("body", ["", error("valid-sync-token"), "<html>"])
def test_fault_17_a_token_that_is_refused_in_any_way(status: int, body: str) -> None:
    with puppet(answer(status, body)) as server, pytest.raises(TokenInvalid):
        gateway(server).changes(CALENDAR, "old")


@pytest.mark.parametrize(
    ("status", "expected"), [(403, Forbidden), (404, CalendarGone), (410, CalendarGone), (500, Unreachable)]
)
def test_without_a_token_a_refusal_is_about_the_calendar(status: int, expected: type[Exception]) -> None:
    with puppet(answer(status)) as server, pytest.raises(expected):
        gateway(server).changes(CALENDAR, "")


@pytest.mark.parametrize(
    ("status", "body"),
    [(405, ""), (415, ""), (501, ""), (403, error("supported-report")), (409, error("supported-report"))],
)
def test_a_server_without_the_report_is_listed(status: int, body: str) -> None:
    def script(heard: Heard) -> bytes:
        return answer(status, body) if heard.method == "REPORT" else multistatus(entry("/home/cal/a.ics"))

    with puppet(script) as server:
        listing = gateway(server).changes(CALENDAR, "")
    assert (listing.full, listing.token, len(listing.entries)) == (True, "", 1)


def test_a_collection_reported_missing_inside_a_207_is_gone_not_empty() -> None:
    missing = "<response><href>/home/cal/</href><status>HTTP/1.1 404 Not Found</status></response>"
    with puppet(multistatus(missing)) as server:
        for ask in (gateway(server).listing, lambda path: gateway(server).changes(path, "")):
            with pytest.raises(CalendarGone):
                ask(CALENDAR)


# fetch and get


def data(path: str, text: str, etag: str = '"1"') -> str:
    return (
        f"<response><href>{path}</href><propstat><prop><getetag>{etag}</getetag><c:calendar-data>{text}"
        "</c:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    )


def test_cdata_and_character_references_give_the_same_text() -> None:
    plain = event("a", "Tea & cake")
    escaped = plain.replace("&", "&amp;").replace("\r", "&#13;")
    with puppet(
        multistatus(data("/home/cal/a.ics", f"<![CDATA[{plain}]]>") + data("/home/cal/b.ics", escaped))
    ) as server:
        texts = {r.text for r in gateway(server).fetch(CALENDAR, ["/home/cal/a.ics", "/home/cal/b.ics"])}
    assert texts == {plain}


def test_rows_nobody_asked_for_are_dropped_or_stop_the_run() -> None:
    rows = data("/home/cal/a.ics", event("a")) + data("/home/cal/b.ics", event("b"))
    with puppet(multistatus(rows)) as server:
        assert [r.href for r in gateway(server).fetch(CALENDAR, ["/home/cal/a.ics"])] == ["/home/cal/a.ics"]
        server.script = lambda heard: multistatus(rows + data("/bob/cal/b.ics", event("b")))
        with pytest.raises(WrongAccount):
            list(gateway(server).fetch(CALENDAR, ["/home/cal/a.ics"]))


def test_a_server_gets_its_own_spelling_of_an_href_back() -> None:
    def script(heard: Heard) -> bytes:
        if heard.method == "GET":
            return answer(200, event("a"), 'ETag: "1"')
        return multistatus(entry("/home/cal/a%2Fb%2Eics"))

    with puppet(script) as server:
        line = gateway(server)
        (row,) = line.changes(CALENDAR, "").entries
        assert line.get(row.href)
        assert server.heard[-1].path == "/home/cal/a%2Fb%2Eics"


def test_a_chunk_too_large_is_halved_and_only_the_giant_stays_away() -> None:
    giant = b"X" * (21 * 1024 * 1024)

    def script(heard: Heard) -> bytes:
        if heard.method == "GET":
            return answer(200, giant, 'ETag: "1"')
        asked = [f"/home/cal/{n}.ics" for n in range(4) if f"/home/cal/{n}.ics".encode() in heard.body]
        return multistatus("".join(data(href, giant.decode() if "2" in href else event("x")) for href in asked))

    with puppet(script) as server:
        line = gateway(server)
        hrefs = [f"/home/cal/{n}.ics" for n in range(4)]
        assert [resource.href for resource in line.fetch(CALENDAR, hrefs)] == [hrefs[0], hrefs[1], hrefs[3]]
        with pytest.raises(TooLarge):
            line.get(hrefs[2])


def test_no_request_is_open_while_bodies_are_handed_out() -> None:
    def script(heard: Heard) -> bytes:
        return answer(404) if heard.method == "GET" else multistatus(data("/home/cal/a.ics", event("a")))

    with puppet(script) as server:
        line = gateway(server, profile=Profile("one at a time", in_flight=1, chunk=1))
        for resource in line.fetch(CALENDAR, ["/home/cal/a.ics", "/home/cal/b.ics"]):
            assert line.get(resource.href) is None


@pytest.mark.parametrize("rows", [entry("/bob/cal/a.ics"), "<response>", "<html/>" * 3])
def test_a_failed_reading_gives_its_place_in_flight_back_at_once(rows: str) -> None:
    with puppet(multistatus(rows)) as server:
        line = gateway(server, profile=Profile("one at a time", in_flight=1))
        for ask in (lambda: line.changes(CALENDAR, ""), lambda: line.look(server.url + "home/"), line.discover):
            try:
                ask()
            except GatewayError:
                server.script = lambda heard: answer(404)
                assert line.get("/home/cal/a.ics") is None  # while the failure is still being handled
                server.script = lambda heard: multistatus(rows)


def test_a_text_that_is_not_utf8_is_still_a_text() -> None:
    with puppet(answer(200, event("a", "Café").encode("latin-1"), 'ETag: W/"1"')) as server:
        found = gateway(server).get("/home/cal/a.ics")
    assert found and "Café" in found.text and found.etag == 'W/"1"'


# writes


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, "", Refused),
        (403, "", Forbidden),
        (403, error("need-privileges"), Forbidden),
        (403, error("valid-calendar-data", CALDAV), Rejected),
        (403, error("max-resource-size", CALDAV), Rejected),
        (403, error("no-uid-conflict", CALDAV), UidTaken),
        (409, error("no-uid-conflict", CALDAV), UidTaken),
        (412, error("no-uid-conflict", CALDAV), UidTaken),
        (409, "", UidTaken),
        (412, "", PreconditionFailed),
        (412, "<html>", PreconditionFailed),
        (400, "<html>", Rejected),
        (404, "", Rejected),
        (413, "", Rejected),
        (415, "", Rejected),
        (422, "", Rejected),
        (500, "", OutcomeUnknown),
        (502, "", OutcomeUnknown),
        (504, "", OutcomeUnknown),
        (507, "", OutcomeUnknown),
        (202, "", OutcomeUnknown),
    ],
)
def test_faults_5_and_6_what_a_refused_write_means(status: int, body: str, expected: type[Exception]) -> None:
    def script(heard: Heard) -> bytes:
        return multistatus(entry(CALENDAR)) if heard.method == "PROPFIND" else answer(status, body)

    with puppet(script) as server:
        with pytest.raises(expected):
            gateway(server).create("/home/cal/a.ics", event("a"))
        assert len([heard for heard in server.heard if heard.method == "PUT"]) == 1


def test_a_write_refused_because_the_calendar_is_gone() -> None:
    with puppet(answer(404)) as server, pytest.raises(CalendarGone):
        gateway(server).create("/home/cal/a.ics", event("a"))


@pytest.mark.parametrize(
    ("etag", "kept"),
    [('"abc"', '"abc"'), ('W/"abc"', ""), ("abc", ""), ('""', ""), ("", "")],
)
def test_fault_23_only_a_strong_etag_counts_after_a_put(etag: str, kept: str) -> None:
    with puppet(answer(201, "", f"ETag: {etag}")) as server:
        assert gateway(server).create("/home/cal/a.ics", event("a")).etag == kept


def test_a_put_sends_exactly_the_text_and_its_condition() -> None:
    text = event("a", "Café").replace("\r\n", "\n")
    with puppet(answer(204)) as server:
        gateway(server).update("/home/cal/a b.ics", text, '"odd""etag"')
        (heard,) = server.heard
    assert heard.body == text.encode()
    assert (heard.path, heard.headers["if-match"]) == ("/home/cal/a%20b.ics", '"odd""etag"')
    assert heard.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "if-none-match" not in heard.headers


@pytest.mark.parametrize("status", [200, 204, 404, 410])
def test_fault_03_a_deletion_that_was_done_before_is_done(status: int) -> None:
    with puppet(answer(status)) as server:
        gateway(server).delete("/home/cal/a.ics", '"1"')
        (heard,) = server.heard
    assert heard.headers["if-match"] == '"1"' and "depth" not in heard.headers


def test_a_done_write_whose_body_breaks_off_is_done() -> None:
    with puppet(
        lambda heard: lambda sock: sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n<")
    ) as server:
        gateway(server).create("/home/cal/a.ics", event("a"))


# discovery


def principal(name: str, href: str) -> bytes:
    return multistatus(
        f"<response><href>/</href><propstat><prop><{name}><href>{href}</href></{name}>"
        "<c:calendar-user-address-set><href>mailto:Alice%2Bx@Example.org</href><href>urn:uuid:1</href>"
        "</c:calendar-user-address-set></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    )


def test_discovery_goes_over_the_well_known_when_the_typed_address_says_nothing() -> None:
    def script(heard: Heard) -> bytes:
        match heard.path:
            case "/.well-known/caldav":
                return answer(301, "", "Location: /dav/")
            case "/dav/":
                return principal("current-user-principal", "/dav/principals/alice/")
            case "/dav/principals/alice/":
                return principal("c:calendar-home-set", "/dav/calendars/alice")
        return answer(200, "<html>Welcome</html>")

    with puppet(script) as server:
        line = gateway(server, home="", typed=server.url + "login")
        found = line.discover()
        assert [heard.path for heard in server.heard][:2] == ["/login", "/.well-known/caldav"]
        assert all(heard.headers["depth"] == "0" for heard in server.heard)
    assert found.account == "/dav/principals/alice/"
    assert found.home == server.url + "dav/calendars/alice/"
    assert found.addresses == ("alice+x@example.org",)


def test_discovery_follows_the_home_to_another_allowed_host() -> None:
    with puppet(multistatus(home_row("/123/calendars/home/"))) as shard, puppet(answer(404)) as server:

        def script(heard: Heard) -> bytes:
            if heard.path == "/":
                return principal("current-user-principal", "/123/principal/")
            return principal("c:calendar-home-set", shard.url + "123/calendars/")

        server.script = script
        line = gateway(server, shard, home="")
        found = line.discover()
        assert line.look(found.home)[0].path == "/123/calendars/home/"
        assert shard.heard[0].headers["authorization"] == server.heard[0].headers["authorization"]
        shard.script = lambda heard: multistatus("<sync-token>t</sync-token>")
        assert line.changes("/123/calendars/home/", "").token == "t"
    assert found.account == "/123/principal/"


def test_a_calendars_own_address_works_without_any_principal() -> None:
    with puppet(multistatus(home_row("/shared/team/"))) as server:
        line = gateway(server, home="", typed=server.url + "shared/team/")
        found = line.discover()
        assert [row.path for row in line.look(found.home)] == ["/shared/team/"]
        assert server.heard[-1].headers["depth"] == "0" and server.heard[-1].path == "/shared/team/"
        again = dav.connect(
            PROFILE,
            server.url,
            Credentials("a", "b"),
            home=found.home,
            reach=Reach(host_ports([server.host_port])),
            transport=Transport(),
        )
        assert [row.path for row in again.look(found.home)] == ["/shared/team/"]


def test_a_folder_of_calendars_works_without_any_principal() -> None:
    folder = "<response><href>/cals/</href><propstat><prop><resourcetype><collection/></resourcetype></prop>"
    folder += "<status>HTTP/1.1 200 OK</status></propstat></response>"

    def script(heard: Heard) -> bytes:
        return multistatus(folder + (home_row("/cals/a/") if heard.headers["depth"] == "1" else ""))

    with puppet(script) as server:
        line = gateway(server, home="", typed=server.url + "cals/")
        assert [row.path for row in line.look(line.discover().home)] == ["/cals/a/"]


def test_an_address_without_calendars_is_not_understood_after_three_tries() -> None:
    with puppet(answer(404)) as server:
        line = gateway(server, home="", typed=server.url + "nothing/here")
        with pytest.raises(CalendarGone):
            line.discover()
        assert [heard.path for heard in server.heard] == ["/nothing/here", "/.well-known/caldav", "/"]


def test_a_wrong_password_is_never_tried_at_a_second_address() -> None:
    with puppet(
        answer(401, "", 'WWW-Authenticate: X-MobileMe-AuthToken realm="MMCalDav", Basic realm="MMCalDav"')
    ) as server:
        with pytest.raises(Refused):
            gateway(server, home="").discover()
        assert len(server.heard) == 1


# several threads


def test_one_gateway_serves_several_threads_and_keeps_to_its_places_in_flight() -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def script(heard: Heard) -> bytes:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.01)
        with lock:
            busy -= 1
        return answer(201, "", f'ETag: "{heard.path}"')

    with puppet(script) as server:
        profile = Profile("four", in_flight=4, burst=1000, per_second=1000, per_minute=100_000)
        line = gateway(server, profile=profile)
        etags: dict[str, str] = {}

        def work(first: int) -> None:
            for n in range(first, first + 10):
                href = f"/home/cal/{n}.ics"
                etags[href] = line.create(href, event(str(n))).etag

        threads = [threading.Thread(target=work, args=(10 * n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(etags) == 80 and all(etag == f'"{href}"' for href, etag in etags.items())
        assert most <= 4 and server.connections <= 5
        assert line.meter.requests == line.meter.writes == 80


def test_gateways_to_one_account_share_its_pace() -> None:
    waited: list[float] = []
    limiters = Limiters(time.monotonic, waited.append)
    profile = Profile("slow", burst=6, per_second=0.001, per_minute=100)
    with puppet(multistatus(home_row())) as server:
        reach = Reach(host_ports([server.host_port]))
        lines = [
            dav.connect(
                profile,
                server.url,
                Credentials("a", "b"),
                account="one",
                reach=reach,
                transport=Transport(),
                limiters=limiters,
                deadline=time.monotonic() + 1,
            )
            for _ in range(2)
        ]
        lines[0].look(server.url + "home/")
        with pytest.raises(Exception, match="over before the server may be asked"):
            lines[1].look(server.url + "home/")
        assert len(server.heard) == 1 and not waited


# versions and habits that differ


def test_a_weak_etag_is_tried_as_it_is_and_then_without_its_weakness() -> None:
    def script(heard: Heard) -> bytes:
        return answer(204) if heard.headers["if-match"] == '"1"' else answer(412)

    with puppet(script) as server:
        gateway(server).update("/home/cal/a.ics", event("a"), 'W/"1"')
        gateway(server).delete("/home/cal/a.ics", 'W/"1"')
        said = [(heard.method, heard.headers["if-match"]) for heard in server.heard]
    assert said == [("PUT", 'W/"1"'), ("PUT", '"1"'), ("DELETE", 'W/"1"'), ("DELETE", '"1"')]


@pytest.mark.parametrize("etag", ['"1"', "unquoted"])
def test_a_refused_precondition_is_final_for_any_other_etag(etag: str) -> None:
    with puppet(answer(412)) as server:
        with pytest.raises(PreconditionFailed):
            gateway(server).update("/home/cal/a.ics", event("a"), etag)
        assert [heard.headers["if-match"] for heard in server.heard] == [etag]


@pytest.mark.parametrize("etag", ["", "*"])
def test_nothing_is_ever_changed_blindly(etag: str) -> None:
    with puppet(answer(204)) as server:
        for write in (lambda line: line.update("/home/cal/a.ics", event("a"), etag), _deletion(etag)):
            with pytest.raises(PreconditionFailed):
                write(gateway(server))
        assert server.heard == []


def _deletion(etag: str):
    return lambda line: line.delete("/home/cal/a.ics", etag)


def test_a_report_too_long_for_the_server_is_replaced_by_a_plain_listing() -> None:
    def script(heard: Heard) -> bytes:
        return answer(507) if heard.method == "REPORT" else multistatus(entry("/home/cal/a.ics"))

    with puppet(script) as server:
        listing = gateway(server).changes(CALENDAR, "old")
    assert (listing.full, listing.complete, listing.token, len(listing.entries)) == (True, True, "", 1)


def test_a_forgotten_token_answered_with_everything_is_taken_for_changes() -> None:
    """Some servers list everything instead of refusing the token: then nothing follows from what is missing."""
    with puppet(multistatus(entry("/home/cal/a.ics") + "<sync-token>new</sync-token>")) as server:
        listing = gateway(server).changes(CALENDAR, "forgotten")
    assert (listing.full, listing.removed, listing.token) == (False, (), "new")


def test_every_request_says_who_asks_and_none_does_what_icloud_refuses() -> None:
    """No HEAD (A49), no Depth on DELETE (A60), Depth 0 on the principal (A7), never If-Match: * (A54)."""

    def script(heard: Heard) -> bytes:
        if heard.method in ("PUT", "MKCALENDAR"):
            return answer(201)
        if heard.method == "DELETE":
            return answer(204)
        if heard.method == "GET":
            return answer(200, event("a"), 'ETag: "1"')
        return principal("c:calendar-home-set", HOME) if heard.path == "/" else multistatus(home_row())

    with puppet(script) as server:
        line = gateway(server)
        line.look(line.discover().home)
        line.changes(CALENDAR, "")
        line.listing(CALENDAR)
        list(line.fetch(CALENDAR, ["/home/cal/a.ics"]))
        line.get("/home/cal/a.ics")
        line.create("/home/cal/a.ics", event("a"))
        line.update("/home/cal/a.ics", event("a"), '"1"')
        line.delete("/home/cal/a.ics", '"1"')
        line.make_calendar("/home/new/", "New")
        heard = server.heard
    assert {one.method for one in heard} == {"PROPFIND", "REPORT", "GET", "PUT", "DELETE", "MKCALENDAR"}
    assert all(one.headers["user-agent"].startswith("Halfpast/") for one in heard)
    assert all("expect" not in one.headers and "cookie" not in one.headers for one in heard)
    assert all(one.headers.get("if-match") != "*" for one in heard)
    assert all("depth" not in one.headers for one in heard if one.method in ("DELETE", "PUT", "GET"))
    assert [one.headers["depth"] for one in heard if one.path == "/"] == ["0"]
    assert not any(word in one.body for one in heard for word in (b"prop-filter", b"expand", b"free-busy", b"<c:comp>"))


def test_apples_request_id_is_logged_and_nothing_that_is_private(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    said = answer(503, event("a", "Therapy"), "X-Apple-Request-UUID: 6f0c2d1e-77", "Retry-After: 60")
    with puppet(said) as server:
        with pytest.raises(GatewayError):
            gateway(server).create("/home/cal/private-uid.ics", event("private-uid", "Therapy"))
        server.script = lambda heard: answer(404, "", "X-Apple-Request-UUID: evil\tTherapy injected")
        gateway(server).get("/home/cal/private-uid.ics")
    assert "127.0.0.1 answered PUT with 503, request 6f0c2d1e-77" in caplog.text
    assert "127.0.0.1 answered GET with 404, request -" in caplog.text
    for secret in ("secret", "YWxpY2U6", "Therapy", "private-uid", "Basic"):
        assert secret not in caplog.text
