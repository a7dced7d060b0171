"""The outbox: written with what it tells, sent once, tried again, and no way in for headers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from django.core import checks, mail
from django.utils import timezone

from notices import selectors, tasks
from notices.checks import check_mail_server
from notices.models import Notice, OutgoingMail
from notices.services import outbox, tell
from tests.notices.conftest import SITE

SUBJECT = "a-row"
HEADERS = {"MIME-Version", "Content-Type", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"}


@pytest.fixture
def waiting(alice, kind) -> OutgoingMail:
    tell(alice, kind, subject=SUBJECT, facts={"title": "Kick-off", "at": timezone.now()}, link="/agenda/", mail=True)
    return OutgoingMail.objects.get()


def send(one: OutgoingMail, **more) -> bool:
    return outbox.send(one.pk, **{"now": timezone.now(), **more})


def test_a_mail_says_what_the_page_says_in_text_and_html(waiting, alice):
    assert send(waiting)
    [sent] = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    said = Notice.objects.get().said
    [(html, kind)] = sent.alternatives
    assert (sent.to, sent.subject, kind) == ([alice.email], said.heading, "text/html")
    for body in (str(sent.body), str(html)):
        assert said.sentence in body
        assert f"{SITE}/agenda/" in body
        assert said.action in body
    assert sent.message()["Auto-Submitted"] == "auto-generated"


def test_words_of_people_are_no_markup(alice, kind):
    tell(alice, kind, subject=SUBJECT, facts={"title": "<b>A & B</b>", "at": timezone.now()}, mail=True)
    letter = OutgoingMail.objects.get().opened
    assert "<b>A" not in letter.html
    assert "<b>A & B</b>" in letter.subject


@pytest.mark.parametrize("bad", ["\r\nBcc: mallory@example.org", "\nX: y", "a\x00b\x0b", "\u2028Subject: x"])
def test_a_title_is_no_way_into_the_headers(alice, kind, bad):
    tell(alice, kind, subject=SUBJECT, facts={"title": f"Kick-off{bad}", "at": timezone.now()}, mail=True)
    assert send(OutgoingMail.objects.get())
    message = message_from_bytes(mail.outbox[0].message().as_bytes())
    assert set(message) == HEADERS
    subject = str(make_header(decode_header(message["Subject"])))
    assert "Kick-off" in subject
    assert subject.isprintable()


def test_a_mail_is_sent_once_however_often_it_is_rung(waiting):
    assert send(waiting)
    assert not send(waiting)
    assert len(mail.outbox) == 1


def test_of_two_workers_one_sends_it(waiting):
    def a_slow_server(letter, key):
        assert not send(waiting), "the other worker found it free"
        outbox.hand_over(letter, key)

    assert send(waiting, post=a_slow_server)
    assert len(mail.outbox) == 1


def test_a_mail_whose_worker_died_is_sent_by_another_under_the_same_name(waiting):
    def dies(letter, key):
        outbox.hand_over(letter, key)
        raise SystemExit

    with pytest.raises(SystemExit):
        send(waiting, post=dies)
    assert not send(waiting)
    assert send(waiting, now=timezone.now() + outbox.CLAIM)
    assert len({one.message()["Message-ID"] for one in mail.outbox}) == 1


def test_a_mail_is_written_with_what_it_tells_and_sent_after_it(
    alice, kind, django_capture_on_commit_callbacks, monkeypatch, settings
):
    settings.CELERY_BROKER_URL = "redis://nowhere"
    rung = []
    monkeypatch.setattr(tasks.send_mail, "apply_async", lambda args, **_more: rung.append(args[0]))
    with django_capture_on_commit_callbacks(execute=True):
        tell(alice, kind, subject=SUBJECT, facts={"title": "x", "at": timezone.now()}, mail=True)
        assert rung == []
    assert rung == [str(OutgoingMail.objects.get().pk)]


def test_the_next_minute_finds_what_was_not_rung(waiting):
    assert outbox.due(timezone.now()) == [waiting.pk]
    send(waiting)
    assert outbox.due(timezone.now()) == []


# --- the mail server is away (fault row 54)


class Refusing(socketserver.StreamRequestHandler):
    """A mail server that greets and then takes nothing, quoting whom it refuses."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example.org\r\n")
        for line in self.rfile:
            if line.upper().startswith((b"EHLO", b"HELO", b"RSET")):
                self.wfile.write(b"250 mail.example.org\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"451 alice@example.org not now\r\n")


@pytest.fixture
def refusing(settings) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        yield
        server.shutdown()


def test_a_refusing_server_leaves_the_mail_in_the_outbox_and_the_notice_stands_alone(refusing, waiting, alice):
    assert not send(waiting, chance=lambda: 1.0)
    waiting.refresh_from_db()
    assert (waiting.sent_at, waiting.given_up_at, waiting.attempts) == (None, None, 1)
    assert waiting.due_at > timezone.now() + timedelta(seconds=50)
    assert selectors.unread(alice) == 1
    assert "SMTP" in waiting.last_error
    assert "alice" not in waiting.last_error


def test_a_server_that_is_not_there_is_tried_again_and_then_takes_it(waiting, settings):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert not send(waiting, chance=lambda: 1.0)
    assert outbox.due(timezone.now()) == []
    settings.EMAIL_BACKEND = backend
    later = timezone.now() + timedelta(minutes=2)
    assert outbox.due(later) == [waiting.pk]
    assert send(waiting, now=later)


def away(letter, key):
    raise ConnectionRefusedError


def test_waits_grow_up_to_six_hours_and_are_spread(waiting):
    now, waits = timezone.now(), []
    for _attempt in range(12):
        send(waiting, now=now, post=away, chance=lambda: 1.0)
        waiting.refresh_from_db()
        waits.append(waiting.due_at - now)
        now = waiting.due_at
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == outbox.LONGEST
    send(waiting, now=now, post=away, chance=lambda: 0.25)
    waiting.refresh_from_db()
    assert waiting.due_at - now == outbox.LONGEST / 4


def test_after_five_days_a_mail_is_given_up(waiting):
    send(waiting, now=waiting.created_at + timedelta(days=6), post=away)
    waiting.refresh_from_db()
    assert waiting.given_up_at
    assert outbox.due(timezone.now() + timedelta(days=30)) == []


def test_what_can_never_be_sent_is_given_up_at_once(waiting):
    def impossible(letter, key):
        raise ValueError("Header values can't contain newlines")

    assert not send(waiting, post=impossible)
    waiting.refresh_from_db()
    assert (waiting.last_error, bool(waiting.given_up_at)) == ("ValueError", True)


# --- no mail server at all


def test_without_a_mail_server_mails_wait_and_the_operator_is_told(waiting, settings):
    settings.MAIL_GOES_OUT = False
    assert outbox.due(timezone.now()) == []
    assert not send(waiting)
    waiting.refresh_from_db()
    assert (waiting.attempts, waiting.sent_at) == (0, None)
    [warning] = check_mail_server()
    assert warning.level == checks.WARNING
    assert "EMAIL_URL" in str(warning.hint)
    assert "EMAIL_URL" in selectors.trouble(timezone.now())


def test_mails_that_wait_for_long_are_trouble_told_in_numbers(waiting, alice):
    assert selectors.trouble(timezone.now()) == ""
    said = selectors.trouble(timezone.now() + timedelta(minutes=11))
    assert "1 mail waits" in said
    assert alice.email not in said
