"""The bell, the list, and the mails that would have been sent: one's own, and nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notices.models import Notice, OutgoingMail
from notices.services import resolve, tell

OTHERS = ["bob", "carol", "mallory", "otto"]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name: str, *args) -> str:
    return signed_in(user).get(reverse(name, args=args)).content.decode()


@pytest.fixture
def notice(alice, kind) -> Notice:
    facts = {"title": "Kick-off", "at": timezone.now()}
    told = tell(alice, kind, subject="a-row", facts=facts, link="/agenda/trash/", undo="/some/undo/", mail=True)
    assert told
    return told


def test_an_empty_list_says_what_will_come_here(alice):
    assert "Nothing to tell yet." in page(alice, "notices")


def test_a_notice_shows_its_words_its_ways_out_and_that_it_is_unread(notice, alice):
    shown = page(alice, "notices")
    assert "“Kick-off” is broken" in shown
    assert "Not read:" in shown
    assert 'action="/some/undo/"' in shown
    assert reverse("notice", args=[notice.pk]) in shown


def test_the_bell_counts_what_is_not_read_on_every_page(notice, alice, bob):
    for name in ("profile", "notices", "bell"):
        assert "1 not read" in page(alice, name)
        assert "not read</span>" not in page(bob, name)


def test_following_a_notice_reads_it_and_leads_there(notice, alice):
    answer = signed_in(alice).get(reverse("notice", args=[notice.pk]))
    assert answer["Location"] == "/agenda/trash/"
    assert "not read</span>" not in page(alice, "bell")


def test_all_can_be_marked_as_read(notice, alice):
    client = signed_in(alice)
    assert client.get(reverse("reading_all")).status_code == 405
    client.post(reverse("reading_all"))
    shown = page(alice, "notices")
    assert "Not read:" not in shown
    assert "Mark all as read" not in shown


def test_what_is_settled_offers_nothing_to_do(notice, alice, kind):
    resolve(alice, kind, "a-row")
    shown = page(alice, "notices")
    assert "Settled" in shown
    assert "/some/undo/" not in shown


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_follows_or_reads_it(notice, request, who):
    other = request.getfixturevalue(who)
    assert "Kick-off" not in page(other, "notices")
    assert "Kick-off" not in page(other, "mails")
    assert signed_in(other).get(reverse("notice", args=[notice.pk])).status_code == 404
    assert signed_in(other).get(reverse("mail", args=[OutgoingMail.objects.get().pk])).status_code == 404
    signed_in(other).post(reverse("reading", args=[notice.pk]))
    assert Notice.objects.get().read_at is None


def test_a_visitor_is_asked_to_sign_in(client, db):
    for name in ("notices", "bell", "mails"):
        assert client.get(reverse(name)).status_code == 302


def test_without_a_mail_server_one_reads_the_mails_one_would_have_got(notice, alice):
    assert reverse("mails") in page(alice, "notices")
    shown = page(alice, "mails")
    assert "Mails Halfpast would have sent" in shown
    assert "“Kick-off” is broken" in shown
    answer = signed_in(alice).get(reverse("mail", args=[OutgoingMail.objects.get().pk]))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


def test_with_a_mail_server_there_is_no_such_page(notice, alice, settings):
    settings.MAIL_IS_KEPT = False
    assert signed_in(alice).get(reverse("mails")).status_code == 404
    assert signed_in(alice).get(reverse("mail", args=[OutgoingMail.objects.get().pk])).status_code == 404
    assert reverse("mails") not in page(alice, "notices")


def test_the_operator_sees_that_mails_go_out_and_nothing_of_them(notice, otto):
    panel = page(otto, "admin:notices_outgoingmail_changelist")
    assert "broken" in panel, "the kind"
    one = page(otto, "admin:notices_outgoingmail_change", OutgoingMail.objects.get().pk)
    assert "Kick-off" not in panel + one
