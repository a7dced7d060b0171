"""Keyed hashes."""

from __future__ import annotations

import pytest

from tests.vault.masters import fresh_master_key
from vault.hashing import hasher, keyed_hash
from vault.keyring import ring
from vault.models import SHARED, DataKey
from vault.rotation import Progress, rotate

pytestmark = pytest.mark.django_db


def test_the_same_value_gives_the_same_hash_under_one_key_and_purpose():
    key, other = DataKey.objects.make(), DataKey.objects.make()
    one = keyed_hash(key, "href", "/a.ics")
    assert one == keyed_hash(key.pk, "href", b"/a.ics") == hasher(key, "href")(b"/a.ics")
    assert len(one) == 32
    assert one != keyed_hash(key, "uid", "/a.ics")
    assert one != keyed_hash(other, "href", "/a.ics")


def test_a_hash_survives_a_rotation_of_master_keys(settings):
    key = DataKey.objects.make()
    before = keyed_hash(key, "href", "x")
    settings.FIELD_KEYS = f"{fresh_master_key()},{settings.FIELD_KEYS}"
    list(rotate(Progress()))
    ring.forget(key.pk)
    assert keyed_hash(key, "href", "x") == before


def test_the_shared_key_is_one_whoever_asks():
    assert DataKey.objects.shared() == DataKey.objects.shared()
    assert DataKey.objects.filter(pk=SHARED).count() == 1


def test_a_key_made_anew_under_the_same_id_replaces_the_remembered_one():
    one = keyed_hash(DataKey.objects.shared(), "href", "x")
    DataKey.objects.filter(pk=SHARED)._raw_delete("default")
    assert keyed_hash(DataKey.objects.shared(), "href", "x") != one
