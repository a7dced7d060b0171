"""The form for a calendar's address."""

from __future__ import annotations

import pytest

from integrations.feed.forms import AddressForm

SECRET = "calendar.google.com/calendar/ical/alice%40example.org/private-0123456789abcdef/basic.ics"


def test_it_asks_for_the_address_alone_under_its_own_name():
    [field] = AddressForm().fields.values()
    assert str(field.label) == "Calendar address"


@pytest.mark.parametrize("typed", [f"https://{SECRET}", f"webcal://{SECRET}", f"  WEBCAL://{SECRET}\n"])
def test_webcal_is_another_word_for_https(typed: str):
    form = AddressForm({"server": typed})
    assert form.is_valid(), form.errors
    assert form.typed_server == f"https://{SECRET}"
    assert form.credentials.username == "calendar.google.com"


@pytest.mark.parametrize("typed", ["", "basic.ics", "ftp://example.org/x.ics", "https://", "https://[x/", "webcal:x"])
def test_what_is_no_address_is_said(typed: str):
    form = AddressForm({"server": typed})
    assert not form.is_valid() and form.errors["server"]


def test_a_password_in_an_address_is_refused_without_repeating_it():
    form = AddressForm({"server": "https://alice:hunter2@example.org/x.ics"})
    assert not form.is_valid()
    assert "hunter2" not in str(form)


def test_the_address_does_not_come_back_in_the_page():
    form = AddressForm({"server": f"https://{SECRET}"})
    assert form.is_valid()
    assert "0123456789abcdef" not in str(form) + repr(form) + repr(form.credentials)
