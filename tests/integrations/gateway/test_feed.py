"""A calendar by link: the reading part of the contract, and what a file can be."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from integrations.gateway import feed as feeds
from integrations.gateway.base import Credentials, Gateway
from integrations.gateway.errors import (
    AddressRefused,
    CalendarGone,
    Forbidden,
    GatewayError,
    NotUnderstood,
    Throttled,
    TooLarge,
    Unreachable,
)
from integrations.gateway.feed.document import MOST_EVENTS, Document, parse
from integrations.gateway.feed.door import FeedDoor
from integrations.gateway.reach import Reach
from integrations.gateway.target import host_ports
from tests.integrations.gateway.contract import PROFILE, ReadingContract, World
from tests.integrations.gateway.feeds import SECRET, FeedFile, a_feed, inside
from tests.integrations.gateway.puppet import Puppet, answer, flood, hang_up, puppet
from tests.integrations.servers import event

NOBODY = Credentials("", "")


def gateway(address: str, *servers: Puppet) -> Gateway:
    reach = Reach(host_ports([server.host_port for server in servers]))
    return feeds.connect(PROFILE, address, NOBODY, reach=reach)


@pytest.fixture
def served() -> Iterator[tuple[FeedFile, Puppet]]:
    with a_feed() as found:
        yield found


@pytest.fixture
def feed(served: tuple[FeedFile, Puppet]) -> FeedFile:
    return served[0]


@pytest.fixture
def line(served: tuple[FeedFile, Puppet]) -> Gateway:
    return gateway(served[0].url, served[1])


class TestFeed(ReadingContract):
    @pytest.fixture
    def world(self, feed: FeedFile, line: Gateway) -> World:
        return World(line, feed, line)


# requests


def test_the_file_is_fetched_once_for_discovery_look_and_bodies(feed: FeedFile, line: Gateway) -> None:
    href = feed.put(feed.path, event("one"))
    home = line.discover().home
    [row] = line.look(home)
    [resource] = line.fetch(row.path, [href])
    assert (row.name, row.writable, row.bare) == ("Holidays", False, False)
    assert "SUMMARY:Dentist" in resource.text
    assert line.meter.requests == 1


def test_an_unchanged_file_is_asked_for_with_its_etag_and_answered_without_a_body(
    feed: FeedFile, served: tuple[FeedFile, Puppet], line: Gateway
) -> None:
    feed.put(feed.path, event("one"))
    token = line.changes(feed.path, "").token
    later = gateway(feed.url, served[1])
    [row] = later.look("")
    assert row.bare and later.meter.requests == 0
    assert later.changes(row.path, token).entries == ()
    assert feed.heard[-1].headers["if-none-match"] == feed.etag
    assert later.meter.requests == 1 and later.meter.bytes_down < 200


def test_last_modified_is_asked_for_in_the_servers_own_words(feed: FeedFile, line: Gateway) -> None:
    said = "Sun, 22 Nov 2026 10:00:00 GMT"
    feed.turns = [answer(200, feed.text, f"Last-Modified: {said}"), answer(304)]
    token = line.changes(feed.path, "").token
    assert line.changes(feed.path, token).token == token
    assert feed.heard[-1].headers["if-modified-since"] == said


def test_a_file_that_only_bears_new_stamps_is_the_same_file(feed: FeedFile, line: Gateway) -> None:
    """Google writes the moment of the download into every event, and sends no ETag."""
    feed.validators = False
    href = feed.put(feed.path, event("one"))
    first = line.changes(feed.path, "")
    feed.edit(href, "DTSTAMP:20261101T100000Z", "DTSTAMP:20261123T111111Z")
    assert line.changes(feed.path, first.token).entries == ()
    feed.edit(href, "Dentist", "Surgeon")
    assert [entry.href for entry in line.changes(feed.path, first.token).entries] == [href]


def test_that_something_is_missing_is_believed_after_a_second_look(feed: FeedFile, line: Gateway) -> None:
    href = feed.put(feed.path, event("one"))
    whole = feed.text
    feed.turns = [answer(200, whole.replace(inside(whole), "")), answer(200, whole)]
    assert line.changes(feed.path, "").entries == ()
    found = line.get(href)
    assert found and "UID:one" in found.text
    assert line.get(f"{feed.path}gone.ics") is None
    assert line.meter.requests == 2


def test_no_password_and_no_cookie_is_ever_sent(served: tuple[FeedFile, Puppet]) -> None:
    feed, server = served
    feeds.connect(
        PROFILE, feed.url, Credentials("alice", "secret"), reach=Reach(host_ports([server.host_port]))
    ).discover()
    assert {"authorization", "cookie"}.isdisjoint(feed.heard[0].headers)
    assert feed.heard[0].headers["user-agent"].startswith("Halfpast/")


@pytest.mark.parametrize("act", ["create", "update", "delete", "make_calendar"])
def test_it_cannot_be_written_to_and_nothing_is_sent(feed: FeedFile, line: Gateway, act: str) -> None:
    given = {"create": ("x", "y"), "update": ("x", "y", '"1"'), "delete": ("x", '"1"'), "make_calendar": ("x", "y")}
    with pytest.raises(Forbidden):
        getattr(line, act)(*given[act])
    assert feed.heard == []


# what is no file


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (answer(404), CalendarGone),
        (answer(410), CalendarGone),
        (answer(401), Forbidden),
        (answer(403), Forbidden),
        (answer(429, "", "Retry-After: 90"), Throttled),
        (answer(503), Throttled),
        (answer(500), Unreachable),
        (answer(204), NotUnderstood),
        (answer(206, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), NotUnderstood),
        (answer(304), NotUnderstood),
        (answer(200, ""), NotUnderstood),
        (answer(200, "<!doctype html><title>Sign in</title>"), NotUnderstood),
        (answer(200, "BEGIN:VCALENDAR\r\n"), NotUnderstood),
        (hang_up, Unreachable),
    ],
    ids=[
        *("404", "410", "401", "403", "429", "503", "500", "204", "206", "304"),
        *("empty", "html", "cut", "silence"),
    ],
)
def test_each_failure_is_named_and_none_names_the_address(
    feed: FeedFile, line: Gateway, said: bytes, means: type[GatewayError]
) -> None:
    feed.turns = [said, said]
    with pytest.raises(means) as failure:
        line.changes(feed.path, "")
    assert SECRET not in f"{failure.value!r}{failure.value}{line!r}"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99])
def test_a_cut_file_is_never_a_listing(feed: FeedFile, line: Gateway, keep: float) -> None:
    for number in range(20):
        feed.put(feed.path, event(f"number-{number}"))
    cut = feed.text[: int(len(feed.text) * keep)]
    feed.turns = [answer(200, cut)]
    with pytest.raises(NotUnderstood):
        line.changes(feed.path, "")


def test_a_file_without_a_length_that_is_cut_counts_as_not_come(feed: FeedFile, line: Gateway) -> None:
    feed.put(feed.path, event("one"))

    def cut(sock: object) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + feed.text[:-30].encode())  # type: ignore[attr-defined]

    feed.turns = [cut]
    with pytest.raises(Unreachable):
        line.changes(feed.path, "")


def test_a_file_over_20_mb_is_cut_off_in_little_memory(feed: FeedFile, line: Gateway) -> None:
    feed.turns = [flood(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", b"x" * 65536, 700)]
    tracemalloc.start()
    with pytest.raises(TooLarge):
        line.changes(feed.path, "")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024


# where it leads


def test_a_redirect_is_followed_to_another_admitted_host(served: tuple[FeedFile, Puppet]) -> None:
    feed, server = served
    feed.put(feed.path, event("one"))
    with puppet(answer(302, "", f"Location: {feed.url}")) as first:
        line = gateway(f"{first.url}{SECRET}.ics", first, server)
        assert len(line.changes(line.look("")[0].path, "").entries) == 1
        assert line.meter.requests == 2


@pytest.mark.parametrize(
    "to",
    [
        "http://example.org/x.ics",
        "https://127.0.0.1/x.ics",
        "https://[::1]/x.ics",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x.ics",
        "https://[::ffff:127.0.0.1]/x.ics",
        "https://example.org:8443/x.ics",
        "file:///etc/passwd",
        "gopher://example.org/",
        "webcal://example.org/x.ics",
    ],
)
def test_a_redirect_leads_to_public_https_hosts_only(feed: FeedFile, line: Gateway, to: str) -> None:
    feed.turns = [answer(302, "", f"Location: {to}")]
    with pytest.raises(AddressRefused) as refusal:
        line.changes(feed.path, "")
    assert SECRET not in str(refusal.value)


def test_a_redirect_into_a_private_network_reaches_nobody(feed: FeedFile, line: Gateway) -> None:
    with puppet(answer(200, "BEGIN:VCALENDAR")) as inside_the_house:
        feed.turns = [answer(302, "", f"Location: {inside_the_house.url}")]
        with pytest.raises(AddressRefused):
            line.changes(feed.path, "")
        assert inside_the_house.connections == 0


@pytest.mark.parametrize(
    ("typed", "url", "allowed"),
    [
        ("https://calendar.example.org/x.ics", "https://elsewhere.example.net/y.ics", True),
        ("webcal://calendar.example.org/x.ics", "https://calendar.example.org/x.ics", True),
        ("https://calendar.example.org:8443/x.ics", "https://calendar.example.org:8443/x.ics", True),
        ("https://calendar.example.org/x.ics", "https://elsewhere.example.net:8443/y.ics", False),
        ("https://calendar.example.org/x.ics", "http://calendar.example.org/x.ics", False),
        ("https://calendar.example.org/x.ics", "http://elsewhere.example.net:443/y.ics", False),
        ("https://calendar.example.org/x.ics", "https://user:secret@calendar.example.org/x.ics", False),
    ],
)
def test_the_door_opens_to_https_hosts_anywhere(typed: str, url: str, allowed: bool) -> None:
    door = FeedDoor(Reach(), (), feeds.https_of(typed))
    if allowed:
        assert door.target(url).inside is False
    else:
        with pytest.raises(AddressRefused):
            door.target(url)


def test_a_private_host_needs_the_operators_word(served: tuple[FeedFile, Puppet]) -> None:
    feed, server = served
    with pytest.raises(AddressRefused):
        gateway(feed.url).discover()
    assert server.connections == 0


# what a file can say


def file_of(*events: str, head: str = "") -> Document:
    return parse(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(events)}END:VCALENDAR\r\n".encode())


def vevent(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Hometown\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def test_a_series_and_its_overrides_are_one_resource_with_their_zone() -> None:
    held = file_of(
        vevent("UID:a", "DTSTART;TZID=Hometown:20261201T100000", "RRULE:FREQ=DAILY", "SUMMARY:Daily"),
        vevent("UID:b", "DTSTART:20261201T100000Z"),
        vevent("UID:a", "RECURRENCE-ID;TZID=Hometown:20261202T100000", "DTSTART;TZID=Hometown:20261202T110000"),
        head=ZONE,
    )
    assert set(held.items) == {"a", "b"}
    assert held.text("a").count("BEGIN:VEVENT") == 2 and "TZID:Hometown" in held.text("a")
    assert "VTIMEZONE" not in held.text("b")
    assert "METHOD" not in held.text("a")


def test_an_event_without_a_uid_gets_one_that_stays_while_it_says_the_same() -> None:
    lines = ("DTSTART:20261225", "SUMMARY:Christmas")
    [uid] = file_of(vevent("DTSTAMP:20261101T000000Z", *lines)).items
    again = file_of(vevent("DTSTAMP:20261102T000000Z", *lines))
    assert list(again.items) == [uid]
    assert again.text(uid).count(f"UID:{uid}\r\n") == 1
    assert uid not in file_of(vevent("DTSTART:20261226", "SUMMARY:Christmas")).items


def test_the_uid_of_an_alarm_is_not_the_events() -> None:
    alarm = ("BEGIN:VALARM", "UID:of-the-alarm", "TRIGGER:-PT5M", "END:VALARM")
    held = file_of(vevent("DTSTART:20261225", *alarm, "UID:of-the-event"), vevent("DTSTART:20261226", *alarm))
    assert "of-the-event" in held.items and "of-the-alarm" not in held.items
    assert len(held.items) == 2
    assert all("UID:of-the-alarm" in held.text(uid) for uid in held.items)


def test_of_two_versions_of_one_event_the_newer_counts() -> None:
    same = ("UID:a", "DTSTART:20261225")
    held = file_of(vevent(*same, "SEQUENCE:2", "SUMMARY:New"), vevent(*same, "SEQUENCE:1", "SUMMARY:Old"))
    assert "SUMMARY:New" in held.text("a") and "SUMMARY:Old" not in held.text("a")


def test_different_events_under_one_uid_are_all_there() -> None:
    """Careless programs give every event the same UID: none of that time may look free."""
    held = file_of(*(vevent("UID:1", f"DTSTART:202612{day:02d}", f"SUMMARY:Day {day}") for day in range(1, 11)))
    assert len(held.items) == 10
    assert all(held.text(uid).count("\r\nUID:") == 1 and f"UID:{uid}\r\n" in held.text(uid) for uid in held.items)
    assert (
        held.items.keys()
        == file_of(
            *(vevent("UID:1", f"DTSTART:202612{day:02d}", f"SUMMARY:Day {day}") for day in range(10, 0, -1))
        ).items.keys()
    )


def test_tasks_and_journals_are_passed_over() -> None:
    held = file_of("BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nBEGIN:VJOURNAL\r\nUID:j\r\nEND:VJOURNAL\r\n")
    assert not held.items


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\r\n", "\r"),
        lambda text: text.replace("BEGIN:", "begin:").replace("END:", "end:"),
        lambda text: text.replace("UID:a", "UID:\r\n a"),
        lambda text: "\r\n\r\n" + text + "\r\n\r\n",
        lambda text: text + text.replace("UID:a", "UID:b"),
    ],
    ids=["bom", "lf", "cr", "lower case", "folded", "blank lines", "two calendars"],
)
def test_a_careless_spelling_is_read(wrap) -> None:
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{vevent('UID:a', 'DTSTART:20261225')}END:VCALENDAR\r\n"
    assert "a" in parse(wrap(text).encode()).items


def test_the_calendars_name_and_colour_are_the_files() -> None:
    head = "X-WR-CALNAME:Café\\, Brüs\r\n sel\r\nX-APPLE-CALENDAR-COLOR:#63DA38FF\r\n"
    held = file_of(vevent("UID:a", "DTSTART:20261225", "NAME:Not this"), head=head)
    assert (held.name, held.color) == ("Café, Brüssel", "#63DA38")


# bombs


def quickly(body: bytes) -> Document | GatewayError:
    begun = time.process_time()
    try:
        return parse(body)
    except GatewayError as refusal:
        return refusal
    finally:
        assert time.process_time() - begun < 10


def test_too_many_events_are_refused() -> None:
    many = "".join(f"BEGIN:VEVENT\nUID:{number}\nEND:VEVENT\n" for number in range(MOST_EVENTS + 1))
    assert isinstance(quickly(f"BEGIN:VCALENDAR\n{many}END:VCALENDAR\n".encode()), TooLarge)


@pytest.mark.parametrize(
    "inner",
    [
        "BEGIN:VALARM\n" * 200_000,
        "BEGIN:VEVENT\n" * 200_000,
        "UID:x\n" * 500_000,
        "DESCRIPTION:x\n" + " x\n" * 1_000_000,
        "X" * 5_000_000,
    ],
    ids=["alarms", "events", "uids", "folds", "one line"],
)
def test_a_hostile_event_takes_little_time(inner: str) -> None:
    found = quickly(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n{inner}\nEND:VEVENT\nEND:VCALENDAR\n".encode())
    assert isinstance(found, Document) and list(found.items) == ["a"]


def test_a_giant_zone_is_not_copied_into_every_event() -> None:
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Hometown\r\n{'X-FILL:' + 'x' * 60 + chr(13) + chr(10)}" * 1
    giant = zone + "X-FILL:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n" * 3000 + "END:VTIMEZONE\r\n"
    held = file_of(*(vevent(f"UID:{n}", "DTSTART;TZID=Hometown:20261201T100000") for n in range(100)), head=giant)
    assert sum(len(held.text(uid)) for uid in held.items) < 50_000


def test_what_names_a_version_cannot_be_guessed_from_what_an_event_says(served: tuple[FeedFile, Puppet]) -> None:
    """ETags and cursors stand in the clear: the same file under another secret address has others."""
    feed, server = served
    feed.put(feed.path, event("dentist"))
    document = parse(feed.text.encode())
    bare = {*document.etags.values(), document.digest}
    named = []
    for address in (feed.url, f"{feed.url}?again"):
        line = gateway(address, server)
        listing = line.changes(line.discover().account, "")
        named.append({entry.etag for entry in listing.entries} | {listing.token})
        assert not any(one.strip('"') in token for one in bare for token in named[-1])
    assert not named[0] & named[1]
