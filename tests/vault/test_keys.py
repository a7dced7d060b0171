"""Master keys: what is refused at the start."""

from __future__ import annotations

import base64
import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured

from vault.checks import check_master_keys
from vault.keys import parse


def key(size: int = 32) -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode()


def test_the_first_key_is_the_current_one():
    keys = parse(f"new:{key()}, old:{key()}")
    assert keys.current == "new"
    assert set(keys.by_id) == {"new", "old"}


def test_padding_may_be_missing():
    assert parse(f"a:{key().rstrip('=')}").current == "a"


def fixed(size: int = 32, *, first: int = 7) -> str:
    """A key that is the same in every process of the tests: it stands in a test's name."""
    return base64.urlsafe_b64encode(bytes(range(first, first + size))).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" , ", "is empty"),
        (f"a:{fixed(31)}", "not 32 bytes"),
        (f"a:{fixed(16)}", "not 32 bytes"),
        ("a:", "not 32 bytes"),
        ("a:not base64!", "not 32 bytes"),
        (fixed(), "without a usable id"),
        (f":{fixed()}", "without a usable id"),
        (f"a.b:{fixed()}", "without a usable id"),
        (f"a:{fixed()},a:{fixed(first=90)}", "one key id twice"),
        (f"a:{base64.urlsafe_b64encode(bytes(32)).decode()}", "looks like an example"),
        (f"a:{base64.urlsafe_b64encode(b'changeme' * 4).decode()}", "looks like an example"),
    ],
)
def test_an_unusable_key_is_refused_with_the_next_step(text, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        parse(text)


def test_a_refusal_never_quotes_the_key():
    short = key(31)
    with pytest.raises(ImproperlyConfigured) as refusal:
        parse(f"a:{short}")
    assert short not in str(refusal.value)


def test_the_repr_of_the_keys_is_masked():
    text = key()
    assert repr(base64.urlsafe_b64decode(text)) not in repr(parse(f"a:{text}"))


def test_the_system_check_reports_a_missing_key(settings):
    assert check_master_keys() == []
    settings.FIELD_KEYS = ""
    assert [error.id for error in check_master_keys()] == ["vault.E001"]
