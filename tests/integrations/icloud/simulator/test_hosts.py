"""Hosts, discovery and the principal (docs/icloud.md A1 to A10)."""

from __future__ import annotations

import pytest

from tests.integrations.icloud.simulators import NAMESPACES, found, missing, propfind_of


def principal(icloud, **more):
    return icloud.propfind(icloud.account.principal, "c:calendar-home-set", "c:calendar-user-address-set", **more)


def hrefs(element):
    return [one.text for one in element.findall("d:href", NAMESPACES)]


def test_A1_the_root_names_the_principal_by_a_path(icloud):
    reply = icloud.propfind("/", "d:current-user-principal", host="entry")
    (row,) = reply.rows.values()
    assert reply.status == 207 and reply.hrefs == ["/"]
    assert hrefs(found(row, "d:current-user-principal")) == [f"/{icloud.account.dsid}/principal/"]
    assert icloud.account.dsid.isdecimal()


def test_A2_the_home_is_on_another_host_with_its_port(icloud):
    (row,) = principal(icloud, host="entry").rows.values()
    (home,) = hrefs(found(row, "c:calendar-home-set"))
    assert home == f"{icloud.simulator.shard_url(icloud.account)}/{icloud.account.dsid}/calendars/"
    assert home.startswith("http://127.0.0.1:") and not home.startswith(icloud.simulator.url)


def test_A3_both_hosts_serve_the_same(icloud):
    icloud.put(f"{icloud.home.path}one.ics", event_text())
    texts = [icloud.ask("GET", f"{icloud.home.path}one.ics", host=host).text for host in ("entry", "shard")]
    assert texts[0] == texts[1] == event_text()


def event_text():
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20261101T100000Z\r\n"
        "DTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_A4_an_account_moves_to_another_host_and_the_old_one_goes_on(icloud):
    old = icloud.simulator.home_url(icloud.account)
    icloud.propfind("/", "d:current-user-principal")
    icloud.simulator.move_shard(icloud.account)
    assert icloud.simulator.home_url(icloud.account) != old
    assert icloud.propfind(icloud.account.home, "d:displayname").status == 207, "asked on the old host's connection"
    (row,) = principal(icloud, host="entry").rows.values()
    assert hrefs(found(row, "c:calendar-home-set")) == [icloud.simulator.home_url(icloud.account)]


def test_A4_the_old_host_may_stop(icloud):
    icloud.propfind("/", "d:current-user-principal")
    icloud.simulator.move_shard(icloud.account, old_answers=False)
    with pytest.raises(OSError):
        icloud.propfind(icloud.account.home, "d:displayname")


@pytest.mark.parametrize("status", ["301", "302", "307"])
@pytest.mark.parametrize(("habit", "path"), [("root", "/"), ("well_known", "/.well-known/caldav")])
def test_A5_the_entry_may_redirect_to_the_numbered_host(icloud, status, habit, path):
    icloud.switch(**{habit: status})
    reply = icloud.propfind(path, "d:current-user-principal", host="entry")
    assert (reply.status, reply.header("Location")) == (int(status), icloud.simulator.shard_url(icloud.account) + "/")
    assert icloud.propfind("/", "d:current-user-principal", host="shard", authorization=None).status == 401
    assert icloud.propfind("/", "d:current-user-principal", host="shard").status == 207


def test_A5_nobody_is_redirected_who_may_not_come_in(icloud):
    icloud.switch(root="301")
    assert icloud.propfind("/", "d:current-user-principal", host="entry", password="wrong").status == 401


@pytest.mark.parametrize(("habit", "status"), [("207", 207), ("401", 401)])
def test_A5_the_well_known_address_may_answer_or_refuse(icloud, habit, status):
    icloud.switch(well_known=habit)
    reply = icloud.propfind("/.well-known/caldav", "d:current-user-principal", host="entry")
    assert reply.status == status
    if status == 207:
        assert reply.hrefs == [icloud.account.principal]


@pytest.mark.parametrize("depth", ["1", "infinity", None])
def test_A7_any_other_depth_on_root_and_principal_is_400(icloud, depth):
    for path in ("/", icloud.account.principal):
        assert icloud.ask("PROPFIND", path, propfind_of("d:displayname"), depth=depth).status == 400


def test_A8_the_principal_has_no_resource_type(icloud):
    reply = icloud.propfind(icloud.account.principal, "d:resourcetype", "d:displayname")
    (row,) = reply.rows.values()
    assert missing(row) == {"resourcetype"}
    assert "resourcetype" not in icloud.propfind(icloud.account.principal).text, "nor among all properties"
    search = '<d:principal-property-search xmlns:d="DAV:"/>'
    assert icloud.ask("REPORT", icloud.account.principal, search, depth="0").status == 400


@pytest.mark.parametrize("path", ["//", "/nowhere", "/12345/", "/abc/principal/", "/1/calendars//x.ics"])
def test_A9_an_ill_formed_address_is_400_with_a_page(icloud, path):
    reply = icloud.ask("PROPFIND", path, depth="0")
    assert (reply.status, reply.header("Content-Type")) == (400, "text/html; charset=UTF-8")
    assert "<html>" in reply.text


def test_A10_there_are_seven_own_addresses_and_one_is_preferred(icloud):
    (row,) = principal(icloud).rows.values()
    addresses = found(row, "c:calendar-user-address-set").findall("d:href", NAMESPACES)
    assert len(addresses) == 7
    assert [one.text for one in addresses if one.get("preferred") == "1"] == [f"mailto:{icloud.account.apple_id}"]
    kinds = [one.text.partition(":")[0] for one in addresses]
    assert kinds.count("mailto") == 4 and kinds.count("urn") == 1


@pytest.mark.parametrize("status", [403, 404])
def test_C2_another_accounts_number_is_refused(icloud, status):
    icloud.switch(foreign_account=status)
    assert icloud.propfind("/12345/calendars/", "d:displayname").status == status
