"""The password doctor."""

from __future__ import annotations

import pytest

from integrations.icloud.doctor import Looks, examine

PRINTED = "abcd-efgh-ijkl-mnop"


@pytest.mark.parametrize(
    "typed",
    [
        PRINTED,
        f"  {PRINTED}\n",
        "abcd efgh ijkl mnop",
        "abcdefghijklmnop",
        "Abcd-efgh-ijkl-mnop",
        "abcd - efgh - ijkl - mnop",
        "abcd\u2013efgh\u2013ijkl\u2013mnop",
        "abcd\u2011efgh\u2011ijkl\u2011mnop",
        "\u200babcd-efgh-ijkl-mnop\u00a0",
    ],
)
def test_an_app_specific_password_is_recognised_however_it_was_copied(typed: str):
    found = examine(typed)
    assert (found.password, found.looks) == (PRINTED, Looks.APP_SPECIFIC)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b"])
def test_nothing_is_nothing(typed: str):
    assert examine(typed).looks is Looks.EMPTY


@pytest.mark.parametrize(
    "typed", ["Sommer2026!", "correct horse battery staple", "my normal password", "abcd-efgh-ijkl-mno1", "a" * 17]
)
def test_anything_else_looks_like_the_normal_password(typed: str):
    assert examine(typed).looks is Looks.NORMAL


@pytest.mark.parametrize("typed", ["abcd-efgh-ijkl", "abcd-efgh-ijkl-mno", "abcd-", "abcd-efgh-ijkl-mnop-qrst"])
def test_an_incomplete_one_is_called_so(typed: str):
    assert examine(typed).looks is Looks.INCOMPLETE


@pytest.mark.parametrize("typed", ["123456", "123 456"])
def test_a_verification_code_is_not_a_password(typed: str):
    assert examine(typed).looks is Looks.CODE


def test_a_text_that_is_not_recognised_is_only_trimmed():
    assert examine(" Sommer 2026! ").password == "Sommer 2026!"


def test_a_diagnosis_does_not_show_the_password():
    assert "abcd" not in repr(examine(PRINTED)) + str(examine(PRINTED))


def test_a_hostile_text_takes_no_time():
    assert examine("abcd-" * 20_000 + "!").looks is Looks.NORMAL
