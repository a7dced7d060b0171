"""PUT, DELETE, MOVE, COPY and calendars made and changed (docs/icloud.md A24, A30, A33, A51 to A69)."""

from __future__ import annotations

import pytest

from tests.integrations.icloud.simulator.texts import END, START, ZONE, calendar, component, event
from tests.integrations.icloud.simulators import found, missing, xml

LOCAL = "DTSTART;TZID=Europe/Brussels:20261201T100000"
STAMP = "DTSTAMP:20261101T100000Z"


@pytest.fixture
def href(icloud):
    return f"{icloud.home.path}one.ics"


@pytest.fixture
def stored(icloud):
    return icloud.add(icloud.home, event(), "one.ics")


def the_text(icloud, name="one.ics"):
    return icloud.home.resources[name].text.decode()


def test_A51_a_new_event_is_201(icloud, href):
    reply = icloud.put(href, event(), if_none_match="*")
    assert (reply.status, reply.text) == (201, "") and the_text(icloud) == event()


def test_A51_it_must_say_that_it_is_a_calendar(icloud, href):
    assert icloud.put(href, event(), content_type="text/plain").status == 403
    assert icloud.put(href, event(), content_type=None).status == 403
    assert not icloud.home.resources


def test_A52_an_update_is_204_and_a_stale_one_412(icloud, href, stored):
    assert icloud.put(href, event("one", "SUMMARY:New"), if_match=stored.etag).status == 204
    assert icloud.put(href, event("one", "SUMMARY:Stale"), if_match=stored.etag).status == 412
    assert "SUMMARY:New" in the_text(icloud)


def test_A52_an_update_of_what_is_gone_is_412(icloud, href):
    assert icloud.put(href, event(), if_match='"gone"').status == 412


def test_A53_a_create_over_something_is_412(icloud, href, stored):
    assert icloud.put(href, event("one", "SUMMARY:New"), if_none_match="*").status == 412
    assert the_text(icloud) == event()


def test_A54_if_match_star_is_backwards(icloud, href, stored):
    assert icloud.put(href, event("one", "SUMMARY:New"), if_match="*").status == 412
    assert icloud.ask("DELETE", href, if_match="*").status == 412
    assert icloud.put(f"{icloud.home.path}two.ics", event("two"), if_match="*").status == 201


@pytest.mark.parametrize("status", [412, 403, 409])
def test_A55_a_uid_exists_once_in_the_account(icloud, href, stored, status):
    icloud.switch(uid_clash=status)
    for path in (f"{icloud.work.path}one.ics", f"{icloud.home.path}two.ics"):
        reply = icloud.put(path, event(), if_none_match="*")
        assert (reply.status, reply.text) == (status, "")
    assert icloud.put(href, event("other"), if_match=stored.etag).status == status, "nor does a resource change its UID"


def test_A55_an_uid_of_another_account_is_free(icloud, stored):
    bob = icloud.world.add_account("bob@icloud.example", "Bob", main_password="x", app_password="bob")
    path = f"{bob.home}home/one.ics"
    assert icloud.put(path, event(), user="bob@icloud.example", password="bob").status == 201


def put_as(icloud, path, uid):
    return icloud.put(path, event(uid), if_none_match="*").status


def test_A55_a_deleted_uid_may_stay_taken_for_a_while(icloud, href, stored):
    icloud.switch(uid_held=30.0)
    assert icloud.ask("DELETE", href).status == 204
    assert put_as(icloud, f"{icloud.work.path}one.ics", "one") == 412
    icloud.clock.pass_(31)
    assert put_as(icloud, f"{icloud.work.path}one.ics", "one") == 201


@pytest.mark.parametrize(("name", "fine"), [("a@b", True), ("A-1_b.c", True), ("with space", False), ("ü", False)])
def test_A56_odd_names_are_404(icloud, name, fine):
    assert icloud.put(f"{icloud.home.path}{name}.ics", event()).status == (201 if fine else 404)
    icloud.switch(odd_names="stored")
    assert icloud.put(f"{icloud.home.path}{name}.ics", event()).status == (204 if fine else 201)


def test_A56_a_long_uid_is_404(icloud, href):
    assert icloud.put(href, event("x" * 65)).status == 404
    assert icloud.put(href, event("x" * 64)).status == 201


@pytest.mark.parametrize("status", [404, 403])
def test_A57_an_event_without_an_end_is_404(icloud, href, status):
    icloud.switch(no_end=status)
    assert icloud.put(href, event(end="")).status == status
    assert icloud.put(href, event(end="DTEND:20261201T100000Z")).status == 201, "an end equal to the start is fine"
    assert icloud.put(href, event(end="DURATION:PT1H")).status == 204


@pytest.mark.parametrize(("habit", "status"), [("404", 404), ("stored", 201)])
def test_A57_a_day_with_a_duration_is_404(icloud, href, habit, status):
    icloud.switch(day_with_duration=habit)
    assert icloud.put(href, event(start="DTSTART;VALUE=DATE:20261201", end="DURATION:P1D")).status == status
    assert icloud.put(href, event(start="DTSTART;VALUE=DATE:20261201", end="DTEND;VALUE=DATE:20261202")).status < 300


REFUSED = {
    "a small status": (event("one", "STATUS:confirmed"), 403),
    "a stamp that is not UTC": (event("one", "CREATED:20261101T100000"), 403),
    "a zone that is not described": (event(start=LOCAL), 400),
    "a zone in an exception": (event("one", "RRULE:FREQ=DAILY", "EXDATE;TZID=Odd/Zone:20261202T100000"), 400),
    "a zone that contradicts its name": (
        event("one", "RRULE:FREQ=DAILY", before=ZONE.replace("+0100", "+0300"), start=LOCAL),
        403,
    ),
    "a method": (event().replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"), 403),
    "no calendar at all": ("hello", 400),
    "a calendar that does not end": (event().replace("END:VCALENDAR\r\n", ""), 400),
    "a line without a name": (event("one", "=?junk"), 400),
    "no start": (event(start=""), 400),
    "no event": (calendar(), 400),
    "two UIDs": (calendar(component("UID:a", STAMP, START, END), component("UID:b", STAMP, START, END)), 403),
    "no UID": (calendar(component(STAMP, START, END)), 403),
    "301 guests": (event("one", "ORGANIZER:mailto:alice@icloud.example", *["ATTENDEE:mailto:x@y.example"] * 301), 403),
}


@pytest.mark.parametrize("why", REFUSED)
def test_A58_each_fault_has_its_own_status(icloud, href, why):
    text, status = REFUSED[why]
    assert icloud.put(href, text).status == status
    assert not icloud.home.resources and not icloud.world.mails


@pytest.mark.parametrize("why", ["a stamp that is not UTC", "a method", "two UIDs"])
def test_A58_the_status_is_a_guess_where_reports_only_say_refused(icloud, href, why):
    icloud.switch(unnamed_refusal=400)
    assert icloud.put(href, REFUSED[why][0]).status == 400


def test_A58_bytes_that_are_no_text_are_400(icloud, href):
    assert icloud.ask("PUT", href, b"BEGIN:VCALENDAR\xff", content_type="text/calendar").status == 400


def test_A58_blanks_before_the_declaration_are_400(icloud):
    assert icloud.ask("PROPFIND", icloud.home.path, " " + xml("d:propfind", "<d:prop/>"), depth="0").status == 400


def test_A58_a_document_type_is_400(icloud):
    body = '<!DOCTYPE x [<!ENTITY a "b">]><d:propfind xmlns:d="DAV:"><d:prop/></d:propfind>'
    assert icloud.ask("PROPFIND", icloud.home.path, body, depth="0").status == 400


def test_A58_a_share_to_read_is_403_without_a_body(icloud):
    shared = icloud.world.share(icloud.work, icloud.account)
    icloud.add(icloud.work, event("two"), "two.ics")
    for reply in (icloud.put(f"{shared.path}one.ics", event()), icloud.ask("DELETE", f"{shared.path}two.ics")):
        assert (reply.status, reply.text) == (403, "")


def test_a_calendar_that_is_not_there_is_404(icloud):
    assert icloud.put(f"{icloud.account.home}nowhere/one.ics", event()).status == 404
    assert icloud.sync(icloud.world.make_collection(icloud.account, "x")).status == 207


def test_A24_tasks_and_journals_do_not_mix_with_events(icloud, href):
    task = event(start="", end="DUE:20261201T100000Z", kind="VTODO")
    assert icloud.put(href, task).status == 403
    assert icloud.put(href, event(end="", kind="VJOURNAL")).status == 403
    assert icloud.put(f"{icloud.account.home}tasks/one.ics", task).status == 201
    assert icloud.put(f"{icloud.account.home}tasks/two.ics", event("two")).status == 403
    assert icloud.put(f"{icloud.account.home}inbox/one.ics", event("three")).status == 403


def test_A59_a_simple_event_comes_back_as_it_was_sent(icloud, href):
    text = event("one", "X-ODD;A=1:2", "COLOR:red", "CATEGORIES:A,B", "GEO:1;2", "PRIORITY:1").replace("\r\n", "\n")
    icloud.put(href, text)
    assert icloud.ask("GET", href).text == text


def test_A59_or_it_is_rewritten(icloud, href):
    icloud.switch(rewrites=True)
    icloud.put(href, event("one", "SUMMARY:Z", "LOCATION:A"))
    text = the_text(icloud)
    assert "X-APPLE-CREATOR-IDENTITY" in text and text.index("LOCATION:A") < text.index("SUMMARY:Z")
    assert sorted(set(event("one", "SUMMARY:Z", "LOCATION:A").split("\r\n")) - set(text.split("\r\n"))) == []


def test_A59_colour_may_be_lost(icloud, href):
    icloud.switch(color_kept=False)
    icloud.put(href, event("one", "COLOR:red", "SUMMARY:Kept"))
    assert "COLOR" not in the_text(icloud) and "SUMMARY:Kept" in the_text(icloud)


@pytest.mark.parametrize("status", [204, 200])
def test_A60_a_deletion_is_204_and_404_when_nothing_is_there(icloud, href, stored, status):
    icloud.switch(delete_status=status)
    assert icloud.ask("DELETE", href, if_match=stored.etag).status == status
    assert icloud.ask("DELETE", href, if_match=stored.etag).status == 404


def test_A60_a_depth_on_a_deletion_is_refused(icloud, href, stored):
    assert icloud.ask("DELETE", href, depth="0").status == 400 and icloud.home.resources


@pytest.mark.parametrize(("status", "left"), [(412, 1), (204, 0)])
def test_A60_a_stale_deletion_is_412_or_done(icloud, href, stored, status, left):
    icloud.switch(delete_stale=status)
    assert icloud.ask("DELETE", href, if_match='"stale"').status == status
    assert len(icloud.home.resources) == left


@pytest.mark.parametrize(("habit", "status"), [("412", 412), ("moved", 201)])
def test_A61_a_move_is_412_or_done(icloud, href, stored, habit, status):
    icloud.switch(move=habit)
    there = f"{icloud.simulator.url.rstrip('/')}{icloud.work.path}moved.ics"
    assert icloud.ask("MOVE", href, destination=there).status == status
    assert (list(icloud.home.resources), list(icloud.work.resources)) == (
        (["one.ics"], []) if habit == "412" else ([], ["moved.ics"])
    )


@pytest.mark.parametrize("status", [403, 412])
def test_A61_a_copy_is_refused(icloud, href, stored, status):
    icloud.switch(copy=status)
    assert icloud.ask("COPY", href, destination=f"{icloud.work.path}copy.ics").status == status


def change(icloud, inside, path=None):
    body = xml("d:propertyupdate", f"<d:set><d:prop>{inside}</d:prop></d:set>")
    return icloud.ask("PROPPATCH", path or icloud.home.path, body)


def test_A62_name_colour_and_order_can_be_changed(icloud):
    ctag = icloud.world.token(icloud.home)
    home = icloud.home
    said = "<d:displayname>Thuis 🏠</d:displayname><i:calendar-color>#112233FF</i:calendar-color>"
    reply = change(icloud, f"{said}<i:calendar-order>7</i:calendar-order>")
    assert reply.status == 207 and not missing(next(iter(reply.rows.values())))
    row = icloud.propfind(home.path, "d:displayname", "i:calendar-color", "i:calendar-order").rows[home.path]
    names = ("d:displayname", "i:calendar-color", "i:calendar-order")
    assert [found(row, name).text for name in names] == ["Thuis 🏠", "#112233FF", "7"]
    assert icloud.world.token(home) != ctag


def test_A62_other_properties_are_refused_one_by_one(icloud):
    comp = '<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>'
    reply = change(icloud, f"{comp}<d:displayname>New</d:displayname>")
    assert "403 Forbidden" in reply.text and icloud.account.calendar("New").components == ("VEVENT",)


def test_A62_locks_are_never_given(icloud, href, stored):
    assert icloud.ask("LOCK", href).status == 403


def make(icloud, path, components="VEVENT", name="New"):
    comps = "".join(f'<c:comp name="{one}"/>' for one in components.split())
    inside = f"<d:displayname>{name}</d:displayname>"
    inside += f"<c:supported-calendar-component-set>{comps}</c:supported-calendar-component-set>"
    body = xml("c:mkcalendar", f"<d:set><d:prop>{inside}</d:prop></d:set>")
    return icloud.ask("MKCALENDAR", f"{icloud.account.home}{path}", body).status


def test_A30_a_calendar_is_made_on_the_clients_path(icloud):
    assert make(icloud, "halfpast/") == 201
    made = icloud.account.collections["halfpast"]
    assert (made.name, made.kind, made.components, made.writable) == ("New", "calendar", ("VEVENT",), True)
    assert make(icloud, "lists/", "VTODO") == 201 and icloud.account.collections["lists"].kind == "tasks"
    assert make(icloud, "halfpast/") == 405, "it is there already"


@pytest.mark.parametrize(("path", "components"), [("ab/", "VEVENT"), ("a b c/", "VEVENT"), ("both/", "VEVENT VTODO")])
def test_A30_short_odd_and_mixed_ones_are_403(icloud, path, components):
    assert make(icloud, path, components) == 403


def test_A30_extended_mkcol_is_refused(icloud):
    body = xml(
        "d:mkcol", "<d:set><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop></d:set>"
    )
    assert icloud.ask("MKCOL", f"{icloud.account.home}new-one/", body).status == 403


def test_A30_a_calendar_can_be_deleted_but_not_a_box(icloud):
    home = icloud.home
    assert icloud.ask("DELETE", home.path).status == 204
    assert icloud.propfind(home.path, "d:displayname").status == 404
    assert icloud.sync(home).status == 404
    assert icloud.ask("DELETE", f"{icloud.account.home}inbox/").status == 403


@pytest.mark.parametrize(("kept", "count"), [(0.0, 0), (5.0, 1)])
def test_A30_a_calendar_made_anew_may_show_old_events_for_a_while(icloud, stored, kept, count):
    icloud.switch(remade_keeps=kept)
    old = icloud.sync(icloud.home).token
    icloud.ask("DELETE", icloud.home.path)
    assert make(icloud, "home/", name="Home") == 201
    assert len(icloud.home.resources) == count
    assert icloud.sync(icloud.home, old).status == 403, "it is another calendar"
    icloud.clock.pass_(5.1)
    icloud.world.catch_up()
    assert not icloud.home.resources


def test_A33_an_event_above_20_mb_is_413(icloud, href):
    assert icloud.put(href, event("one", "DESCRIPTION:" + "x" * 20_971_520)).status == 413


def test_A33_there_is_room_for_so_many(icloud):
    icloud.switch(most_items=len(icloud.account.collections) + 1)
    assert put_as(icloud, f"{icloud.home.path}one.ics", "one") == 201
    assert put_as(icloud, f"{icloud.home.path}two.ics", "two") == 403
    icloud.switch(most_collections=len(icloud.account.collections))
    assert make(icloud, "one-more/") == 403


def test_A64_a_put_replaces_the_whole_resource(icloud, href):
    master = component("UID:one", STAMP, START, END, "RRULE:FREQ=WEEKLY")
    override = component("UID:one", STAMP, "RECURRENCE-ID:20261208T100000Z", START, END, "SUMMARY:Other")
    assert icloud.put(href, calendar(master, override)).status == 201
    assert the_text(icloud).count("BEGIN:VEVENT") == 2
    assert icloud.put(href, calendar(master)).status == 204
    assert the_text(icloud).count("BEGIN:VEVENT") == 1


def test_A67_floating_times_are_stored_as_they_are(icloud, href):
    text = event(start="DTSTART:20261201T100000", end="DTEND:20261201T110000")
    assert icloud.put(href, text).status == 201 and the_text(icloud) == text


def test_A68_any_zone_that_is_described_is_stored(icloud, href):
    odd = ZONE.replace("Europe/Brussels", "Customised Zone 1")
    text = event(before=odd, start="DTSTART;TZID=Customised Zone 1:20261201T100000")
    assert icloud.put(href, text).status == 201


def test_A68_a_described_zone_fits_a_series(icloud, href):
    assert icloud.put(href, event("one", "RRULE:FREQ=WEEKLY", before=ZONE, start=LOCAL)).status == 201


@pytest.mark.parametrize(("habit", "alarms"), [("device", 0), ("server", 1)])
def test_A69_default_alarms_are_the_devices_affair(icloud, href, habit, alarms):
    icloud.switch(default_alarms=habit)
    icloud.put(href, event())
    assert the_text(icloud).count("BEGIN:VALARM") == alarms
    assert icloud.home.resources["one.ics"].uid == "one"
