"""The probe on the simulated iCloud: flipping a habit flips what the probe finds, and nothing personal is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from integrations.gateway.base import Credentials, Profile
from integrations.gateway.raw import Raw, open_raw
from integrations.icloud.probe.finding import MORE, QUESTIONS, Finding
from integrations.icloud.probe.ground import Unprepared
from integrations.icloud.probe.run import NOT_ASKED, Report, probe
from integrations.icloud.simulator.faults import Fault
from integrations.icloud.simulator.habits import READINGS, Habits
from integrations.icloud.simulator.rules import RULES
from tests.integrations.icloud.simulators import APPLE_ID, ICloud, an_icloud, unhurried
from tests.integrations.sync.stage import event, soon, stamp

PROFILE = Profile("probe", burst=10_000, per_second=10_000.0, per_minute=1_000_000, hosts=("*.icloud.com",))
ASKED = [question.habit for question in QUESTIONS]


def raw_of(icloud: ICloud, credentials: Credentials | None = None) -> Raw:
    return open_raw(
        PROFILE, icloud.simulator.url, credentials or icloud.credentials, reach=icloud.reach, limiters=unhurried()
    )


def probed(icloud: ICloud, *only: str) -> Report:
    icloud.calendars_may_go = True
    home = icloud.simulator.home_url(icloud.account)
    return probe(raw_of(icloud), icloud.simulator.url, home, sleep=icloud.clock.pass_, only=only)


def supports(finding: Finding, reading: Any) -> bool:
    assert finding.seen, (finding.habit, finding.why)
    return any(
        type(one) is type(reading) and one == reading or (one == MORE and bool(reading)) or _same_number(one, reading)
        for one in finding.seen.readings
    )


def _same_number(one: Any, other: Any) -> bool:
    plain = (int, float)
    return type(one) in plain and type(other) in plain and one == other


def test_every_switch_is_asked_or_it_is_said_why_not():
    assert set(ASKED) | set(NOT_ASKED) == set(READINGS)
    assert not set(ASKED) & set(NOT_ASKED)
    assert len(ASKED) == len(set(ASKED))


def test_every_question_names_the_rule_that_its_switch_belongs_to():
    assert {(question.rule, question.habit) for question in QUESTIONS} <= {(rule.number, rule.switch) for rule in RULES}


@pytest.mark.parametrize("habit", ASKED)
def test_flipping_the_habit_flips_the_finding(habit: str):
    for reading in READINGS[habit]:
        others = [other for other in READINGS[habit] if other != reading]
        with an_icloud(Habits(**{habit: reading})) as icloud:
            [finding] = probed(icloud, habit).findings
        assert supports(finding, reading), (reading, finding)
        assert not all(supports(finding, other) for other in others), (reading, finding)


def test_an_etag_only_for_what_was_kept_is_told_from_one_for_everything():
    with an_icloud(Habits(put_etag="unchanged", rewrites=True)) as icloud:
        [finding] = probed(icloud, "put_etag").findings
    assert supports(finding, "unchanged") and not supports(finding, "always")


@pytest.fixture
def report(icloud: ICloud) -> Report:
    """A whole probe of an account with a life of its own."""
    icloud.add(icloud.home, event("private", stamp(soon()), title="Therapy"))
    return probed(icloud)


def test_a_whole_probe_answers_everything_and_costs_few_requests(report: Report):
    assert sorted(finding.habit for finding in report.findings) == sorted(ASKED)
    assert all(supports(finding, getattr(Habits(), finding.habit)) for finding in report.findings)
    assert report.requests < 180


def test_it_touches_nothing_but_its_own_and_leaves_nothing_behind(icloud: ICloud, report: Report):
    assert not report.left_behind
    assert [one.name for one in icloud.account.collections.values() if one.kind == "calendar"] == ["Home", "Work"]
    assert [resource.uid for resource in icloud.home.resources.values()] == ["private"]
    assert not icloud.work.resources
    own = (icloud.home.path, icloud.work.path)
    assert not any(one.path.startswith(own) for one in icloud.log)
    assert icloud.world.mails == []
    assert icloud.account.failed_logins == 0


def test_nobody_is_ever_invited(icloud: ICloud, report: Report):
    sent = b"".join(one.body for one in icloud.log)
    assert b"ATTENDEE" not in sent and b"ORGANIZER" not in sent


def test_the_report_names_nobody(icloud: ICloud, report: Report):
    said = repr(report)
    account = icloud.account
    tokens = [icloud.world.token(one) for one in account.collections.values()]
    for secret in (account.dsid, APPLE_ID, "abcd-efgh", "Therapy", "Alice", "127.0.0.1", "http", ".ics", *tokens):
        assert secret not in said
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", said.lower())


def test_what_was_made_is_removed_even_when_everything_goes_wrong(icloud: ICloud):
    icloud.world.faults.add(Fault("500", verb="PUT", times="forever"))
    icloud.world.faults.add(Fault("reset", verb="REPORT", times="forever"))
    report = probed(icloud)
    assert any(finding.seen is None and finding.why for finding in report.findings)
    assert [one.name for one in icloud.account.collections.values() if one.kind == "calendar"] == ["Home", "Work"]


def test_a_calendar_that_could_not_be_removed_is_told(icloud: ICloud):
    icloud.world.faults.add(Fault("500", verb="DELETE", times="forever"))
    assert probed(icloud, "root").left_behind


def test_without_ground_nothing_is_asked(icloud: ICloud):
    icloud.world.faults.add(Fault("403", verb="MKCALENDAR", times="forever"))
    with pytest.raises(Unprepared):
        probed(icloud)
