"""The shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

import integrations
from integrations import catalog
from integrations.credentials import CredentialsForm
from integrations.entry import Entry
from integrations.gateway.base import Profile
from integrations.models import Connection, Scope

every_entry = pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.key)


def test_the_names_are_those_of_the_product():
    assert [str(entry.name) for entry in catalog.ENTRIES] == ["Apple iCloud Calendar", "Other CalDAV calendar"]


def test_every_folder_with_an_entry_is_on_the_shelf():
    folders = {path.parent.name for path in Path(integrations.__file__).parent.glob("*/entry.py")}
    assert folders == {entry.key for entry in catalog.ENTRIES}


@every_entry
def test_an_entry_says_all_that_the_marketplace_shows(entry: Entry):
    assert entry.name and entry.pitch and entry.icon and entry.category.label and entry.help
    assert all(topic.title and (topic.text or topic.steps) for topic in entry.help)


@every_entry
def test_an_entry_loads_its_profile_and_its_form(entry: Entry):
    assert isinstance(entry.profile, Profile)
    assert issubclass(entry.form, CredentialsForm)
    assert {"username", "password"} <= set(entry.form().fields)
    assert ("server" in entry.form().fields) is (not entry.server)


@every_entry
def test_an_entry_fits_its_rows(entry: Entry):
    limit = Connection._meta.get_field("entry").max_length
    assert limit and len(entry.key) <= limit
    assert entry.scopes == tuple(Scope)


@every_entry
def test_a_password_never_comes_back_in_the_page(entry: Entry):
    form = entry.form({"server": "example.com", "username": "alice@example.com", "password": "abcd-efgh-ijkl-mnop"})
    assert form.is_valid(), form.errors
    assert "efgh" not in str(form) + repr(form) + repr(form.credentials)


def test_an_unknown_entry_is_refused_with_a_sentence_that_names_the_known_ones():
    with pytest.raises(catalog.UnknownEntry, match="icloud, caldav"):
        catalog.entry("google")


def test_an_entry_is_found_by_its_key():
    assert catalog.entry("icloud").server == "https://caldav.icloud.com/"


@pytest.mark.parametrize(
    ("words", "keys"), [("", ["icloud", "caldav"]), ("ICLOUD", ["icloud"]), ("next cloud", ["caldav"]), ("zzz", [])]
)
def test_the_search_looks_for_every_word_in_name_and_pitch(words: str, keys: list[str]):
    assert [entry.key for entry in catalog.search(words)] == keys


def test_apples_address_may_be_stood_in_for_outside_production(settings):
    icloud = catalog.entry("icloud")
    assert icloud.address("https://typed.example/") == "https://caldav.icloud.com/"
    settings.HALFPAST_ICLOUD_URL = "https://localhost:8443/"
    assert icloud.address() == "https://localhost:8443/"


def test_another_server_is_the_one_that_was_typed(settings):
    settings.HALFPAST_ICLOUD_URL = "https://localhost:8443/"
    assert catalog.entry("caldav").address("https://dav.example.com/") == "https://dav.example.com/"


def test_icloud_is_treated_as_gently_as_it_wants():
    profile = catalog.entry("icloud").profile
    assert (profile.in_flight, profile.burst, profile.per_second, profile.per_minute) == (1, 20, 2.0, 240)
    assert profile.rewrites and profile.lags and profile.account_wide_uids
    assert profile.safety_listing.days == 7


def test_another_server_is_kept_to_the_typed_host():
    assert catalog.entry("caldav").profile.hosts == ()
