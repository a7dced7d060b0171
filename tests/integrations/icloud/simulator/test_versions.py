"""Cursors, ETags, sync-collection and lag (docs/icloud.md A34 to A41)."""

from __future__ import annotations

import re

import pytest

from tests.integrations.icloud.simulator.texts import event
from tests.integrations.icloud.simulators import found, missing


def cursors(icloud, path=None):
    (row,) = icloud.propfind(path or icloud.home.path, "cs:getctag", "d:sync-token", "d:getetag").rows.values()
    texts = [found(row, name) for name in ("cs:getctag", "d:sync-token", "d:getetag")]
    return [None if one is None else one.text for one in texts]


def members(reply):
    """Return the hrefs' last segments and their statuses: "" for what is there."""
    named = {"d": "DAV:"}
    return [
        (row.findtext("d:href", "", named).rpartition("/")[2], row.findtext("d:status", "", named)[9:12])
        for row in reply.tree.findall("d:response", named)
    ]


@pytest.fixture
def three(icloud):
    for name in ("one", "two", "three"):
        icloud.add(icloud.home, event(name), f"{name}.ics")
    return icloud.sync(icloud.home).token


def test_A34_the_ctag_is_the_sync_token_and_moves_with_every_write(icloud):
    ctag, token, etag = cursors(icloud)
    assert ctag == token and etag == f'"{token}"'
    assert token.startswith("HwoQEgwAA") and len(token) == 76 and {"+", "/", "="} <= set(token)
    work = cursors(icloud, icloud.work.path)
    icloud.add(icloud.home, event())
    assert cursors(icloud)[0] != ctag and cursors(icloud, icloud.work.path) == work
    assert icloud.sync(icloud.home).token == cursors(icloud)[1]


def test_A34_the_home_has_a_ctag_that_moves_with_any_calendar(icloud):
    before = cursors(icloud, icloud.account.home)[0]
    icloud.add(icloud.work, event())
    assert cursors(icloud, icloud.account.home)[0] not in (before, None)


def test_A34_older_accounts_have_another_shape(icloud):
    icloud.switch(token_shape="old")
    token = cursors(icloud)[1]
    assert re.fullmatch(r"FT=-@RU=[0-9a-f-]{36}@S=\d+", token)
    assert icloud.sync(icloud.home, token).status == 207


def test_A34_the_ctag_may_be_absent_for_a_moment(icloud):
    icloud.switch(ctag_gap=1.0)
    icloud.add(icloud.home, event())
    assert cursors(icloud)[0] is None and cursors(icloud)[1]
    icloud.clock.pass_(1.1)
    assert cursors(icloud)[0]


@pytest.mark.parametrize(
    ("shape", "pattern"),
    [("base36", r'"[a-z][a-z0-9]{7}"'), ("old", r'"C=\d+@U=[0-9a-f-]{36}"'), ("digits", r'"\d{8}"')],
)
def test_A35_etags_are_strong_and_no_two_alike(icloud, shape, pattern):
    icloud.switch(etag_shape=shape)
    etags = {icloud.add(icloud.home, event(), "one.ics").etag for _ in range(500)}
    assert len(etags) == 500 and all(re.fullmatch(pattern, etag) for etag in etags)


def test_A36_a_listing_begins_with_the_calendar_itself(icloud, three):
    reply = icloud.propfind(icloud.home.path, "d:getetag", "d:resourcetype", depth="1")
    assert [href.rpartition("/")[2] for href in reply.hrefs] == ["", "one.ics", "two.ics", "three.ics"]
    rows = list(reply.rows.values())
    assert found(rows[0], "d:getetag").text and len(found(rows[0], "d:resourcetype")) == 2
    assert found(rows[1], "d:getetag").text == icloud.home.resources["one.ics"].etag
    assert missing(rows[1]) == {"resourcetype"}


def test_A36_a_members_resource_type_may_be_empty(icloud, three):
    icloud.switch(member_type="empty")
    row = icloud.propfind(f"{icloud.home.path}one.ics", "d:resourcetype").rows[f"{icloud.home.path}one.ics"]
    assert len(found(row, "d:resourcetype")) == 0 and not missing(row)


def test_A36_the_words_of_a_status_may_be_missing(icloud, three):
    icloud.switch(empty_reason=True)
    for reply in (icloud.propfind(icloud.home.path, "d:getetag", depth="1"), icloud.sync(icloud.home)):
        assert "<status>HTTP/1.1 200</status>" in reply.text and "OK" not in reply.text


@pytest.mark.parametrize("depth", ["0", "1"])
def test_A37_a_full_report_lists_everything_and_the_next_what_changed(icloud, depth):
    for name in ("kept", "edited", "deleted"):
        icloud.add(icloud.home, event(name), f"{name}.ics")
    first = icloud.sync(icloud.home, depth=depth)
    assert members(first) == [("", ""), ("kept.ics", ""), ("edited.ics", ""), ("deleted.ics", "")]
    icloud.add(icloud.home, event("edited", "SUMMARY:New"), "edited.ics")
    icloud.world.delete(icloud.home, "deleted.ics")
    second = icloud.sync(icloud.home, first.token, depth=depth)
    assert members(second) == [("edited.ics", ""), ("deleted.ics", "404")]
    gone = second.rows[f"{icloud.home.path}deleted.ics"]
    assert [child.tag for child in gone] == ["{DAV:}href", "{DAV:}status"]
    assert second.tree[-1].tag == "{DAV:}sync-token" and second.token != first.token


def test_A37_nothing_new_is_the_token_alone(icloud, three):
    reply = icloud.sync(icloud.home, three)
    assert [child.tag for child in reply.tree] == ["{DAV:}sync-token"] and reply.token == three


def test_A37_no_text_comes_with_it(icloud, three):
    reply = icloud.sync(icloud.home, more="<d:prop><c:calendar-data/></d:prop>")
    assert missing(reply.rows[f"{icloud.home.path}one.ics"]) == {"calendar-data"} and "BEGIN:VEVENT" not in reply.text


@pytest.mark.parametrize(("habit", "first"), [("slash", ""), ("no-slash", "home"), ("absent", "one.ics")])
def test_A37_the_calendar_lists_itself(icloud, three, habit, first):
    icloud.switch(self_row=habit)
    assert members(icloud.sync(icloud.home))[0] == (first, "")


def test_A37_the_calendar_may_list_itself_among_changes(icloud, three):
    icloud.switch(self_row_in_changes=True)
    icloud.add(icloud.home, event("four"), "four.ics")
    assert members(icloud.sync(icloud.home, three)) == [("", ""), ("four.ics", "")]


def test_A37_an_href_may_come_twice(icloud, three):
    icloud.switch(rows_twice=True)
    assert members(icloud.sync(icloud.home)).count(("one.ics", "")) == 2


LIMIT = "<d:limit><d:nresults>2</d:nresults></d:limit>"


def test_A37_a_limit_is_ignored(icloud, three):
    assert len(members(icloud.sync(icloud.home, more=LIMIT))) == 4


def test_A37_or_a_limit_is_kept_and_the_rest_comes_next(icloud, three):
    icloud.switch(limit="honoured", self_row="absent")
    first = icloud.sync(icloud.home, more=LIMIT)
    assert members(first) == [("one.ics", ""), ("two.ics", ""), ("", "507")]
    second = icloud.sync(icloud.home, first.token, more=LIMIT)
    assert members(second) == [("three.ics", "")] and second.token == three


@pytest.mark.parametrize("token", ["nonsense", "HwoQEgwAAAAAAAAABQAAAAEA", "FT=-@RU=x@S=1", "<&>"])
def test_A38_a_bad_token_is_403_with_the_element(icloud, three, token):
    reply = icloud.sync(icloud.home, token)
    assert (reply.status, reply.tree.tag) == (403, "{DAV:}error")
    assert [child.tag for child in reply.tree] == ["{DAV:}valid-sync-token"]
    assert reply.text.startswith("<?xml version='1.0'") and '"' not in reply.text


@pytest.mark.parametrize("habit", ["403", "410", "412"])
def test_A38_or_a_bare_status(icloud, three, habit):
    icloud.switch(bad_token=habit)
    reply = icloud.sync(icloud.home, "nonsense")
    assert (reply.status, reply.text) == (int(habit), "")


def test_A38_or_everything(icloud, three):
    icloud.switch(bad_token="everything")
    assert len(members(icloud.sync(icloud.home, "nonsense"))) == 4


def test_A38_another_calendars_token_is_bad(icloud, three):
    assert icloud.sync(icloud.work, three).status == 403


def test_A38_all_tokens_can_be_made_to_expire(icloud, three):
    icloud.world.expire_tokens(icloud.account)
    assert icloud.sync(icloud.home, three).status == 403
    assert icloud.sync(icloud.home, cursors(icloud)[1]).status == 207


def test_A38_a_token_may_outlive_only_so_many_changes(icloud, three):
    icloud.switch(token_changes=2)
    for n in range(3):
        assert icloud.sync(icloud.home, three).status == 207
        icloud.add(icloud.home, event(f"n{n}"), f"n{n}.ics")
    assert icloud.sync(icloud.home, three).status == 403


def test_A38_a_token_may_live_only_so_long(icloud, three):
    icloud.switch(token_seconds=100.0)
    icloud.clock.pass_(1000)
    assert icloud.sync(icloud.home, three).status == 207, "it is not out of date"
    icloud.add(icloud.home, event("four"), "four.ics")
    assert icloud.sync(icloud.home, three).status == 207
    icloud.clock.pass_(101)
    assert icloud.sync(icloud.home, three).status == 403


def sees(icloud, how):
    """Return whether an event is seen by one way of looking."""
    if how == "lag_get":
        return icloud.ask("GET", f"{icloud.home.path}one.ics").status == 200
    if how == "lag_listing":
        return "one.ics" in icloud.propfind(icloud.home.path, "d:getetag", depth="1").text
    if how == "lag_sync":
        return ("one.ics", "") in members(icloud.sync(icloud.home))
    return "VEVENT" in icloud.multiget(icloud.home, "one.ics").text


LAGS = ["lag_get", "lag_listing", "lag_sync", "lag_multiget"]


@pytest.mark.parametrize("lag", LAGS)
def test_A39_reads_lag_behind_writes(icloud, lag):
    icloud.switch(**{lag: 4.0})
    assert icloud.put(f"{icloud.home.path}one.ics", event()).status == 201
    assert [sees(icloud, how) for how in LAGS] == [how != lag for how in LAGS]
    icloud.clock.pass_(4.1)
    assert sees(icloud, lag)


def test_A39_a_report_lists_what_multiget_does_not_have_yet(icloud):
    icloud.switch(lag_sync=1.0, lag_multiget=3.0)
    icloud.add(icloud.home, event(), "one.ics")
    icloud.clock.pass_(2)
    assert ("one.ics", "") in members(icloud.sync(icloud.home))
    assert members(icloud.multiget(icloud.home, "one.ics")) == [("one.ics", "404")]


def test_A39_a_late_reader_misses_nothing(icloud):
    icloud.switch(lag_sync=3.0, self_row="absent")
    icloud.add(icloud.home, event("early"), "early.ics")
    icloud.clock.pass_(2)
    icloud.add(icloud.home, event("late"), "late.ics")
    icloud.clock.pass_(2)
    first = icloud.sync(icloud.home)
    assert members(first) == [("early.ics", "")]
    icloud.clock.pass_(2)
    assert members(icloud.sync(icloud.home, first.token)) == [("late.ics", "")]


def test_A39_what_was_deleted_may_still_stand(icloud):
    icloud.switch(zombie=5.0, self_row="absent")
    icloud.add(icloud.home, event(), "one.ics")
    token = icloud.sync(icloud.home).token
    etag = icloud.home.resources["one.ics"].etag
    assert icloud.ask("DELETE", f"{icloud.home.path}one.ics", if_match=etag).status == 204
    assert all(sees(icloud, how) for how in LAGS)
    again = icloud.sync(icloud.home, token)
    assert members(again) == []
    assert icloud.ask("DELETE", f"{icloud.home.path}one.ics", if_match=etag).status == 404, "a write knows"
    icloud.clock.pass_(5.1)
    assert not any(sees(icloud, how) for how in LAGS)
    assert members(icloud.sync(icloud.home, again.token)) == [("one.ics", "404")]


@pytest.mark.parametrize(
    ("habit", "rewrites", "given"),
    [("always", False, True), ("never", False, False), ("unchanged", False, True), ("unchanged", True, False)],
)
def test_A40_the_answer_to_a_put_may_have_an_etag(icloud, habit, rewrites, given):
    icloud.switch(put_etag=habit, rewrites=rewrites)
    reply = icloud.put(f"{icloud.home.path}one.ics", event("one", "SUMMARY:Z", "LOCATION:A"))
    assert reply.status == 201 and bool(reply.etag) is given
    assert reply.etag in ("", icloud.home.resources["one.ics"].etag)


def test_A41_an_etag_moves_by_itself(icloud):
    icloud.switch(drift_after=3.0)
    reply = icloud.put(f"{icloud.home.path}one.ics", event())
    icloud.clock.pass_(3.1)
    assert icloud.put(f"{icloud.home.path}one.ics", event(), if_match=reply.etag).status == 412
    stored = icloud.home.resources["one.ics"]
    assert stored.text.decode() == event() and stored.etag != reply.etag
