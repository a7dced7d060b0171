"""Whom iCloud mails, and what it makes of guests (docs/icloud.md A70 to A74)."""

from __future__ import annotations

import pytest

from tests.integrations.icloud.simulator.texts import GUEST, ORGANISER, event

CAROL = "ATTENDEE;CN=Carol:mailto:carol@example.com"
ALICE = "ATTENDEE;CN=Alice;PARTSTAT=NEEDS-ACTION:mailto:alice@icloud.example"
THEIRS = "ORGANIZER:mailto:bob@example.com"


@pytest.fixture(autouse=True)
def mail_is_fine(icloud):
    icloud.mail_is_fine = True


@pytest.fixture
def href(icloud):
    return f"{icloud.home.path}one.ics"


@pytest.fixture
def invited(icloud, href):
    """An event of Alice's with Bob as its guest, mailed already."""
    assert icloud.put(href, event("one", ORGANISER, GUEST)).status == 201
    icloud.settle()
    told = mails(icloud)
    icloud.world.mails.clear()
    return told


def mails(icloud):
    return [(one.method, one.recipient, one.why) for one in icloud.world.mails]


def the_text(icloud):
    return icloud.home.resources["one.ics"].text.decode()


def put(icloud, href, *lines, **more):
    return icloud.put(href, event("one", *lines, **more)).status


def test_A70_guests_of_an_own_event_are_mailed_and_stamped_and_the_etag_moves(icloud, href):
    reply = icloud.put(href, event("one", ORGANISER, GUEST))
    assert mails(icloud) == [("REQUEST", "mailto:bob@example.com", "invited")]
    assert icloud.world.mails[0].by == "dav" and "SCHEDULE-STATUS" not in the_text(icloud)
    icloud.clock.pass_(1.1)
    assert icloud.put(href, event("one", ORGANISER, GUEST), if_match=reply.etag).status == 412
    assert 'ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;SCHEDULE-STATUS="1.1":mailto:bob@example.com' in the_text(
        icloud
    ).replace("\r\n ", "")


def test_A70_it_may_stamp_at_once(icloud, href):
    icloud.switch(stamp_after=0.0)
    put(icloud, href, ORGANISER, GUEST)
    icloud.world.catch_up()
    assert "SCHEDULE-STATUS" in the_text(icloud)


def test_A70_any_own_address_organises(icloud, href):
    put(icloud, href, f"ORGANIZER:MAILTO:{icloud.account.aliases[1].upper()}", GUEST)
    assert len(mails(icloud)) == 1


def test_A70_who_cannot_be_reached_is_stamped_so_and_gets_no_mail(icloud, href):
    put(icloud, href, ORGANISER, "ATTENDEE:mailto:nobody@example.invalid")
    icloud.settle()
    assert 'SCHEDULE-STATUS="5.1"' in the_text(icloud) and not mails(icloud)


def test_A70_an_event_without_guests_is_nobodys_business(icloud, href):
    put(icloud, href, "SUMMARY:Alone")
    put(icloud, href, ORGANISER)
    icloud.settle()
    assert not mails(icloud) and "SCHEDULE-STATUS" not in the_text(icloud)


@pytest.mark.parametrize(("habit", "status"), [("stripped", 201), ("403", 403)])
def test_A71_guests_without_an_organiser_are_stripped_or_refused(icloud, href, habit, status):
    icloud.switch(unorganised=habit)
    assert put(icloud, href, "SUMMARY:Party", GUEST) == status
    if status == 201:
        assert "ATTENDEE" not in the_text(icloud) and "SUMMARY:Party" in the_text(icloud)
    assert not mails(icloud)


def test_A71_guests_of_somebody_elses_event_are_stripped(icloud, href):
    icloud.switch(unorganised="403")
    assert put(icloud, href, THEIRS, GUEST, ALICE) == 201
    assert "ATTENDEE" not in the_text(icloud) and not mails(icloud)


def test_A72_a_change_of_time_is_mailed_and_one_of_an_alarm_is_not(icloud, href, invited):
    assert invited == [("REQUEST", "mailto:bob@example.com", "invited")]
    put(icloud, href, ORGANISER, GUEST, "X-MINE:1")
    assert mails(icloud) == []
    put(icloud, href, ORGANISER, GUEST, end="DTEND:20261201T120000Z")
    assert mails(icloud) == [("REQUEST", "mailto:bob@example.com", "changed")]


def test_A72_a_guest_who_comes_and_one_who_goes_are_told(icloud, href, invited):
    put(icloud, href, ORGANISER, CAROL)
    assert mails(icloud) == [
        ("CANCEL", "mailto:bob@example.com", "removed"),
        ("REQUEST", "mailto:carol@example.com", "invited"),
    ]


def test_A72_a_deletion_is_mailed(icloud, href, invited):
    assert icloud.ask("DELETE", href).status == 204
    assert mails(icloud) == [("CANCEL", "mailto:bob@example.com", "deleted")]


@pytest.fixture
def invitation(icloud):
    icloud.add(icloud.home, event("one", THEIRS, ALICE), "one.ics", delivered=True)
    assert not icloud.world.mails
    return the_text(icloud)


def test_A72_deleting_an_invitation_declines_it(icloud, href, invitation):
    icloud.ask("DELETE", href)
    assert mails(icloud) == [("REPLY", "mailto:bob@example.com", "declined by deleting")]


def test_A73_an_answer_is_told_to_the_organiser(icloud, href, invitation):
    assert icloud.put(href, invitation.replace("NEEDS-ACTION", "ACCEPTED")).status == 204
    assert mails(icloud) == [("REPLY", "mailto:bob@example.com", "answered ACCEPTED")]
    assert "PARTSTAT=ACCEPTED" in the_text(icloud) and icloud.home.resources["one.ics"].delivered


def test_A73_a_change_that_is_no_answer_tells_nobody(icloud, href, invitation):
    assert icloud.put(href, invitation.replace("END:VEVENT", "X-MINE:1\r\nEND:VEVENT")).status == 204
    assert not mails(icloud) and "ATTENDEE" in the_text(icloud)


def test_A73_nobody_is_told_of_a_copy_that_came_another_way(icloud, href):
    icloud.add(icloud.home, event("one", THEIRS, ALICE), "one.ics")
    assert icloud.ask("DELETE", href).status == 204 and not mails(icloud)


@pytest.mark.parametrize(("habit", "status"), [("403", 403), ("stored", 204)])
def test_A73_an_answer_by_another_own_address_was_refused(icloud, href, invitation, habit, status):
    icloud.switch(alternate_answer=habit)
    assert icloud.put(href, invitation.replace("alice@icloud.example", icloud.account.aliases[0])).status == status


@pytest.mark.parametrize(("habit", "count"), [("ignored", 1), ("obeyed", 0)])
def test_A74_nobody_knows_what_schedule_agent_does(icloud, href, habit, count):
    icloud.switch(schedule_agent=habit)
    put(icloud, href, ORGANISER, GUEST.replace("PARTSTAT", "SCHEDULE-AGENT=CLIENT;PARTSTAT"))
    icloud.settle()
    assert len(mails(icloud)) == count and the_text(icloud).count("SCHEDULE-STATUS") == count


def test_C12_the_phone_causes_mail_too_and_the_log_tells_who(icloud):
    icloud.add(icloud.home, event("one", ORGANISER, GUEST), "one.ics")
    assert [one.by for one in icloud.world.mails] == ["phone"]
