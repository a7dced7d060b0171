"""Telling: once while it is so, sealed, in the recipient's own words."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notices import selectors
from notices.kinds import Kind, words
from notices.models import Notice, OutgoingMail
from notices.services import mark_read, resolve, tell, write

SUBJECT = uuid.uuid4()
FACTS = {"title": "Kick-off", "at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC)}


def test_what_is_told_reads_in_the_recipients_own_time(alice, kind):
    notice = tell(alice, kind, subject=SUBJECT, facts=FACTS, link="/agenda/")
    assert notice
    assert notice.said.heading == "“Kick-off” is broken"
    assert notice.said.sentence == "It broke on Tue 1 Dec 2026, 10:00. Mend it."
    assert notice.said.action == "Mend it"


def test_a_date_is_no_moment(alice):
    kind = Kind("day", heading="A day", sentence="On %(day)s.")
    assert words(alice, kind, {"day": date(2026, 12, 1)}).sentence == "On Tue 1 Dec 2026."


def test_it_is_told_in_the_recipients_language_whoever_speaks(alice):
    alice.language = "nl"
    with translation.override("en"):
        assert words(alice, Kind("yes", heading=_("Yes"), sentence=_("No")), {}).heading == "Ja"


def test_it_is_told_once_while_it_is_so(alice, kind):
    assert tell(alice, kind, subject=SUBJECT, facts=FACTS, mail=True)
    assert tell(alice, kind, subject=SUBJECT, facts=FACTS, mail=True) is None
    assert (Notice.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_what_comes_again_after_it_was_settled_is_told_again(alice, kind):
    tell(alice, kind, subject=SUBJECT, facts=FACTS)
    assert resolve(alice, kind, SUBJECT)
    assert not resolve(alice, kind, SUBJECT)
    assert tell(alice, kind, subject=SUBJECT, facts=FACTS)
    assert selectors.unread(alice) == 1


def test_the_same_of_another_thing_or_for_another_person_is_told_too(alice, bob, kind):
    tell(alice, kind, subject=SUBJECT, facts=FACTS)
    assert tell(bob, kind, subject=SUBJECT, facts=FACTS)
    assert tell(alice, kind, subject=uuid.uuid4(), facts=FACTS)


def test_settling_closes_it_for_everybody(alice, bob, kind):
    for person in (alice, bob):
        tell(person, kind, subject=SUBJECT, facts=FACTS)
    assert resolve(None, kind, SUBJECT)
    assert not Notice.objects.filter(closed_at=None).exists()
    assert selectors.unread(bob) == 0


def test_reading_is_ones_own(alice, bob, kind):
    for person in (alice, bob):
        tell(person, kind, subject=SUBJECT, facts=FACTS)
    theirs = Notice.objects.get(recipient=bob)
    assert mark_read(alice, theirs.pk) == 0
    assert mark_read(alice) == 1
    assert selectors.unread(bob) == 1


def test_the_database_holds_no_word_of_it_in_clear(alice, kind):
    tell(alice, kind, subject=SUBJECT, facts={**FACTS, "title": "MARKER-7"}, mail=True)
    with connection.cursor() as cursor:
        for table in ("notices_notice", "notices_outgoingmail"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "MARKER-7" not in str(cursor.fetchall())
    notice, mail = Notice.objects.get(), OutgoingMail.objects.get()
    assert "MARKER-7" in notice.said.heading
    shown = f"{notice} {mail} {mail.opened!r} {notice.words}"
    assert "MARKER-7" not in shown
    assert alice.email not in shown


@pytest.mark.parametrize("gone", ["inactive", "erased"])
def test_who_cannot_sign_in_is_told_nothing(alice, kind, gone):
    if gone == "inactive":
        alice.is_active = False
    else:
        alice.data_key = None
    assert tell(alice, kind, subject=SUBJECT, facts=FACTS, mail=True) is None
    assert write(alice, kind, FACTS) is None
    assert not OutgoingMail.objects.exists()


def test_what_did_not_happen_is_not_told(alice, kind):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(alice, kind, subject=SUBJECT, facts=FACTS, mail=True)
        raise ZeroDivisionError
    assert not Notice.objects.exists()
    assert not OutgoingMail.objects.exists()
