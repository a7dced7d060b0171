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
from integrations.services.connect import Cause

every_entry = pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.key)


def test_the_names_are_those_of_the_product():
    names = [str(entry.name) for entry in catalog.ENTRIES]
    assert names == ["Apple iCloud Calendar", "Other CalDAV calendar", "Calendar by link"]


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
    assert entry.by_address or {"username", "password"} <= set(entry.form().fields)
    assert len(entry.stages) == 3
    assert ("server" in entry.form().fields) is (not entry.server)


@every_entry
def test_an_entry_fits_its_rows(entry: Entry):
    limit = Connection._meta.get_field("entry").max_length
    assert limit and len(entry.key) <= limit
    assert entry.scopes == (tuple(Scope) if entry.pushes else (Scope.WRITE_AGENDA, Scope.OFFLINE))


@every_entry
def test_its_own_words_are_for_refusals_that_there_are(entry: Entry):
    assert set(entry.advice) <= {cause.value for cause in Cause}


@every_entry
def test_a_password_never_comes_back_in_the_page(entry: Entry):
    said = {"server": "https://example.com/", "username": "alice@example.com", "password": "abcd-efgh-ijkl-mnop"}
    form = entry.form(said | ({"server": "https://example.com/efgh"} if entry.by_address else {}))
    assert form.is_valid(), form.errors
    assert "efgh" not in str(form) + repr(form) + repr(form.credentials)


def test_an_unknown_entry_is_refused_with_a_sentence_that_names_the_known_ones():
    with pytest.raises(catalog.UnknownEntry, match="icloud, caldav, feed"):
        catalog.entry("google")


def test_an_entry_is_found_by_its_key():
    assert catalog.entry("icloud").server == "https://caldav.icloud.com/"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("", ["icloud", "caldav", "feed"]),
        ("ICLOUD", ["icloud"]),
        ("next cloud", ["caldav"]),
        ("google", ["feed"]),
        ("zzz", []),
    ],
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
