"""The account: the doctor, the test, what each failure says, and that the password is nowhere to be found."""

from __future__ import annotations

import logging

import pytest
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import connection as database
from django.urls import reverse

from integrations.gateway import errors
from integrations.models import Connection, Grant
from integrations.services.setup import REFUSALS
from tests.integrations.sync.stage import PASSWORD

from .walk import leads_to, page_of

WRONG = "wxyz-wxyz-wxyz-wxyz"


def fault(stage, error: Exception) -> None:
    stage.server.faults.set("*", error, times=99)


def test_a_right_password_leads_to_the_calendars_and_is_stored_sealed(walk, alice):
    grant = walk.allow()
    response = walk.account(grant)
    assert leads_to(response, "wizard_calendars", grant.pk)
    connection = Connection.objects.get()
    assert (connection.user, connection.grant, connection.state) == (alice, grant, "setup")
    assert connection.password.reveal() == PASSWORD
    assert {row.name.reveal() for row in connection.calendars.all()} == {"Home", "Work"}


def test_it_is_asked_with_the_words_of_the_entry(icloud):
    page = icloud.page("wizard_account", icloud.allow().pk)
    for words in (
        "Apple Account e-mail",
        "App-specific password",
        "Test credentials",
        "account.apple.com",
        "label it Halfpast",
        "Apple cannot limit this password to calendars",
        "never shows it again",
    ):
        assert words in page


def test_a_refusal_by_apple_is_a_list_of_causes_and_never_a_verdict(icloud):
    page = page_of(icloud.account(icloud.allow(), password=WRONG))
    assert "Apple refused this combination" in page
    advice = page[page.index("data-advice") : page.index("</ol>", page.index("data-advice"))]
    assert advice.count("<li>") == 5
    assert "wrong" not in advice.lower()
    assert "revoked" not in advice.lower()
    assert 'role="alert"' in page
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.Throttled("wait"), "asks us to wait"),
        (errors.Unreachable("silence"), "did not answer within ten seconds"),
        (errors.DeadlinePassed("late"), "did not answer within ten seconds"),
        (errors.NotUnderstood("html"), "could not be understood"),
        (errors.CalendarGone("404"), "no calendar for events"),
        (errors.AddressRefused("outside"), "not allowed"),
    ],
)
def test_each_failure_has_its_own_next_step(icloud, stage, error, said):
    fault(stage, error)
    page = page_of(icloud.account(icloud.allow()))
    assert said in page
    assert "Nothing was stored" in page
    assert not Connection.objects.exists()


def test_an_account_without_calendars_says_so(icloud, stage, alice):
    account = stage.account(alice)
    for path in list(account.calendars):
        stage.server.drop_calendar(account, path)
    assert "no calendar for events" in page_of(icloud.account(icloud.allow()))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("My-Apple-Pa55word", "looks like the normal password"),
        ("123456", "looks like a verification code"),
        ("abcd-efgh-ijkl", "Some letters are missing"),
    ],
)
def test_the_doctor_speaks_before_anything_is_sent(icloud, stage, typed, said):
    page = page_of(icloud.account(icloud.allow(), password=typed))
    assert said in page
    assert "Send it anyway" in page
    assert typed not in page
    assert stage.server.log == []


def test_what_the_doctor_doubts_can_be_sent_anyway(icloud, stage):
    icloud.account(icloud.allow(), password="My-Apple-Pa55word", send_anyway="on")
    assert stage.server.log


def test_blanks_capitals_and_missing_dashes_are_mended(icloud):
    icloud.account(icloud.allow(), password=" Abcd efgh ijkl mnop ")
    assert Connection.objects.get().password.reveal() == PASSWORD


def test_after_several_refusals_nothing_is_sent_for_a_while(icloud, stage):
    grant = icloud.allow()
    for _ in range(REFUSALS):
        icloud.account(grant, password=WRONG)
    sent = len(stage.server.log)
    page = page_of(icloud.account(grant))
    assert "Wait ten minutes" in page
    assert len(stage.server.log) == sent
    assert not Connection.objects.exists()


def test_an_accepted_password_makes_up_for_the_refused_ones(icloud):
    grant = icloud.allow()
    for _ in range(REFUSALS - 1):
        icloud.account(grant, password=WRONG)
    icloud.account(grant)
    icloud.account(grant, password=WRONG)
    assert leads_to(icloud.account(grant), "wizard_calendars", grant.pk)


def test_the_same_account_is_not_connected_twice(icloud, stage, alice):
    connection = icloud.set_up()
    icloud.choose(connection, "Work", "Home")
    page = page_of(icloud.account(icloud.allow()))
    assert "connected this account already" in page
    assert Connection.objects.count() == 1


def test_the_password_is_nowhere_in_clear(walk, caplog, settings):
    caplog.set_level(logging.DEBUG)
    grant = walk.allow()
    pages = [page_of(walk.account(grant, password=WRONG)), page_of(walk.account(grant, server="", username="x"))]
    walk.account(grant)
    connection = Connection.objects.get()
    pages += [walk.page("wizard_account", grant.pk), walk.page("wizard_calendars", grant.pk)]
    walk.choose(connection, "Work", "Home")
    pages += [walk.page(name) for name in ("connections", "marketplace")]
    with database.cursor() as cursor:
        tables = [name for name in database.introspection.table_names(cursor)]
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            pages.append(repr(cursor.fetchall()))
    sessions = [repr(one.get_decoded()) for one in Session.objects.all()]
    cookies = [morsel.value for morsel in walk.client.cookies.values()]
    for place in (*pages, *sessions, *cookies, caplog.text, repr(connection), serializers.serialize("json", [grant])):
        for secret in (PASSWORD, WRONG, PASSWORD.replace("-", "")):
            assert secret not in place


def test_the_page_is_kept_by_no_cache_and_no_other_site_learns_of_it(icloud):
    response = icloud.client.get(reverse("wizard_account", args=[icloud.allow().pk]))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert 'type="password"' in page_of(response)


def test_back_from_the_calendars_another_account_can_be_taken(icloud, stage, alice, bob):
    connection = icloud.set_up()
    page = icloud.page("wizard_account", connection.grant_id)
    assert 'value="alice@example.org"' in page
    stage.account(bob)
    icloud.account(connection.grant, username="bob@example.org")
    assert Connection.objects.get().username.reveal() == "bob@example.org"
    assert Grant.objects.count() == 1
