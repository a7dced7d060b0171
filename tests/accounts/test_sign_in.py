"""The doors in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, SignInAttempt
from accounts.services import guard
from tests.factories import PASSWORD

URL = "/sign-in/"


def sign_in(client, email="alice@example.org", password=PASSWORD, **extra):
    return client.post(URL, {"email": email, "password": password, **extra.pop("data", {})}, **extra)


def wrong(client, times: int, **extra) -> list[int]:
    return [sign_in(client, password=f"wrong {n}", **extra).status_code for n in range(times)]


def test_the_page_has_the_fixed_names(client, db):
    page = client.get(URL).content.decode()
    for name in (">E-mail</label>", ">Password</label>", ">Sign in</button>"):
        assert name in page


def test_signing_in_leads_to_the_agenda(client, alice):
    answer = sign_in(client, email="Alice@Example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/profile/").status_code == 200


def test_the_operator_is_led_to_his_panel(client, otto):
    assert sign_in(client, email=otto.email)["Location"] == reverse("admin:index")


def test_every_other_page_asks_for_it(client, db):
    assert client.get("/profile/")["Location"] == "/sign-in/?next=/profile/"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "https:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "%2F%2Fevil.example",
        "http:///evil.example",
        "\t//evil.example",
    ],
)
def test_no_way_leads_out_of_the_house(client, alice, target):
    there = sign_in(client, data={"next": target})["Location"]
    assert there == "/" or (there == target and not there.startswith(("/", "\\", "h", "j", "\t")))


def test_the_wanted_page_is_reached(client, alice):
    assert sign_in(client, data={"next": "/profile/"})["Location"] == "/profile/"


def test_the_three_refusals_cannot_be_told_apart(client, alice, bob):
    bob.is_active = False
    bob.save()
    pages = [
        sign_in(client, email="alice@example.org", password="wrong"),
        sign_in(client, email="bob@example.org"),
        sign_in(client, email="nobody@example.org"),
    ]
    texts = {
        page.content.decode()
        .replace(page.context["form"]["email"].value(), "")
        .replace(str(page.context["csrf_token"]), "")
        for page in pages
    }
    assert len(texts) == 1
    assert {page.status_code for page in pages} == {200}
    assert "do not match" in texts.pop()


def test_the_password_never_echoes_back(client, alice):
    assert "a wrong phrase" not in sign_in(client, password="a wrong phrase").content.decode()


def test_the_session_is_a_new_one(client, alice):
    client.session["x"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_guessing_is_braked_per_account(client, alice):
    assert wrong(client, 25) == [200] * guard.PER_ACCOUNT + [429] * (25 - guard.PER_ACCOUNT)
    assert sign_in(client).status_code == 429  # the right one is not even looked at


def test_the_brake_loosens_after_an_hour(client, alice):
    wrong(client, guard.PER_ACCOUNT)
    SignInAttempt.objects.update(at=timezone.now() - guard.WINDOW)
    assert sign_in(client).status_code == 302


def test_refused_guesses_do_not_hold_the_brake(client, alice):
    wrong(client, guard.PER_ACCOUNT + 30)
    assert SignInAttempt.objects.filter(bucket=guard._bucket("account", alice.email)).count() == guard.PER_ACCOUNT


def test_strangers_cannot_lock_the_owner_out_of_his_own_browser(client, alice, django_user_model):
    sign_in(client)
    client.post("/sign-out/")
    stranger = type(client)(REMOTE_ADDR="192.0.2.66")
    wrong(stranger, 30)
    assert sign_in(stranger).status_code == 429
    assert sign_in(client).status_code == 302


def test_a_known_browser_is_braked_too(client, alice):
    sign_in(client)
    client.post("/sign-out/")
    assert wrong(client, 25).count(200) == guard.PER_ACCOUNT


def test_a_browser_known_to_one_user_is_a_stranger_to_another(client, alice, bob):
    sign_in(client)
    token = client.cookies["halfpast_device"].value
    assert guard.device_of(token, alice.pk)
    assert not guard.device_of(token, bob.pk)
    assert not guard.device_of(token + "x", alice.pk)
    assert not guard.device_of("", alice.pk)


def test_guessing_is_braked_per_address_over_many_accounts(client, db):
    answers = [sign_in(client, email=f"user{n}@example.org").status_code for n in range(guard.PER_ADDRESS + 5)]
    assert answers == [200] * guard.PER_ADDRESS + [429] * 5


def test_one_ipv6_network_counts_as_one_address(client, db):
    for n in range(guard.PER_ADDRESS):
        guard.admit(f"user{n}@example.org", f"2001:db8::{n:x}", "", now=timezone.now())
    assert guard.admit("x@example.org", "2001:db8::ffff", "", now=timezone.now()) is None
    assert guard.admit("x@example.org", "2001:db8:0:1::1", "", now=timezone.now())


def test_a_forged_forwarded_address_changes_nothing(client, alice):
    for n in range(guard.PER_ACCOUNT):
        sign_in(client, password="wrong", headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert not AuditEntry.objects.filter(address__startswith="198.51.100.").exists()


def test_behind_the_operators_proxy_the_last_forwarded_address_counts(client, alice, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    sign_in(client, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert AuditEntry.objects.filter(action="sign_in.done").get().address == "203.0.113.9"


def test_successes_use_up_no_guesses(client, alice):
    for _ in range(guard.PER_ACCOUNT + 5):
        assert sign_in(client).status_code == 302
        client.post("/sign-out/")
        client.cookies.clear()


def test_what_happened_is_in_the_audit_trail_without_the_address_typed(client, alice):
    sign_in(client, password="wrong")
    sign_in(client, email="mistaken@example.org")
    sign_in(client)
    client.post("/sign-out/")
    said = [
        (e.action, e.outcome, e.target) for e in AuditEntry.objects.filter(action__startswith="sign").order_by("id")
    ]
    assert said == [
        ("sign_in.refused", "refused", str(alice.pk)),
        ("sign_in.refused", "refused", ""),
        ("sign_in.done", "ok", str(alice.pk)),
        ("sign_out.done", "ok", str(alice.pk)),
    ]


def test_reaching_the_limit_is_recorded(client, alice):
    wrong(client, guard.PER_ACCOUNT + 3)
    assert AuditEntry.objects.filter(outcome="limit reached", target=str(alice.pk)).count() == 1


def test_signing_out_needs_a_post_and_clears_what_the_browser_kept(client, alice):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert "cache" in answer["Clear-Site-Data"]
    assert client.get("/profile/").status_code == 302


def test_a_session_ends_after_twelve_idle_hours(client, alice):
    sign_in(client)
    client.get("/profile/")
    session = client.session
    session["seen"] -= timedelta(hours=12).total_seconds()
    session.save()
    assert client.get("/profile/").status_code == 302


def test_a_session_ends_after_fourteen_days_however_busy(client, alice):
    sign_in(client)
    client.get("/profile/")
    session = client.session
    session["began"] -= timedelta(days=14).total_seconds()
    session.save()
    assert client.get("/profile/").status_code == 302


def test_private_pages_are_stored_nowhere(client, alice):
    sign_in(client)
    assert client.get("/profile/")["Cache-Control"] == "private, no-store"


def test_a_post_without_the_csrf_token_is_refused(alice):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert b"open too long" in answer.content


def test_a_null_byte_is_refused_politely(client, db):
    assert sign_in(client, email="a\x00@example.org").status_code == 200


def test_a_very_long_password_is_not_even_hashed(client, alice):
    assert sign_in(client, password="x" * 100_000).status_code == 200
    assert not AuditEntry.objects.filter(action="sign_in.refused").exists()


def test_looking_at_pages_writes_nothing(client, alice):
    sign_in(client)
    with CaptureQueriesContext(connection) as queries:
        client.get("/profile/")
        client.get("/sign-in/")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_session_without_its_clocks_is_over(client, alice):
    sign_in(client)
    session = client.session
    del session["began"]
    session.save()
    assert client.get("/profile/").status_code == 302
