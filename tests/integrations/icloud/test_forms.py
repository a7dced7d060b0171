"""The form for an Apple account."""

from __future__ import annotations

import pytest

from integrations.icloud.forms import AppleCredentialsForm

ALICE = {"username": "alice@example.com", "password": "abcd efgh ijkl mnop"}


def form(**changes: str) -> AppleCredentialsForm:
    return AppleCredentialsForm({**ALICE, **changes})


def test_the_words_on_the_controls_are_the_products():
    fields = AppleCredentialsForm().fields
    assert str(fields["username"].label) == "Apple Account e-mail"
    assert str(fields["password"].label) == "App-specific password"


def test_a_pasted_password_is_put_as_apple_prints_it():
    filled = form()
    assert filled.is_valid()
    assert filled.credentials.password == "abcd-efgh-ijkl-mnop"
    assert filled.typed_server == ""


@pytest.mark.parametrize(
    ("password", "says"), [("Sommer2026!", "normal password"), ("123456", "code"), ("abcd-efgh", "missing")]
)
def test_what_does_not_look_like_one_is_said_before_it_is_sent(password: str, says: str):
    filled = form(password=password)
    assert not filled.is_valid()
    assert filled.doubtful
    [sentence] = filled.errors["password"]
    assert says in sentence and "Nothing has been sent" in sentence


def test_the_user_may_know_better_than_the_doctor():
    filled = form(password=" Sommer2026! ", send_anyway="on")
    assert filled.is_valid()
    assert filled.credentials.password == "Sommer2026!"


@pytest.mark.parametrize("changes", [{"password": ""}, {"username": "alice"}])
def test_a_plain_mistake_is_no_doubt(changes: dict[str, str]):
    filled = form(**changes)
    assert not filled.is_valid()
    assert not filled.doubtful
