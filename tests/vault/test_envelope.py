"""The envelope: opens where it was sealed, and nowhere else."""

from __future__ import annotations

import uuid

import pytest

from vault.envelope import VaultError, seal, unseal
from vault.keyring import FORGET_AFTER, Keyring
from vault.models import DataKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_key() -> DataKey:
    return DataKey.objects.make()


@pytest.mark.parametrize("plain", [b"", b"x", "Tandarts – Gent".encode(), bytes(range(256)) * 400])
def test_round_trip(data_key, plain):
    assert unseal(seal(plain, data_key, "here"), "here") == plain


def test_the_key_may_be_named_by_its_id(data_key):
    assert unseal(seal(b"x", data_key.pk, "here"), "here") == b"x"


def test_another_context_is_refused(data_key):
    with pytest.raises(VaultError):
        unseal(seal(b"x", data_key, "app.Model:1:field"), "app.Model:2:field")


def test_no_bit_of_the_text_may_change(data_key):
    text = seal(b"Dentist, 10:00", data_key, "here")
    for at in range(len(text)):
        for bit in range(7):
            changed = text[:at] + chr(ord(text[at]) ^ (1 << bit)) + text[at + 1 :]
            with pytest.raises(VaultError):
                unseal(changed, "here")


def test_truncated_text_is_refused(data_key):
    text = seal(b"Dentist", data_key, "here")
    for length in range(len(text)):
        with pytest.raises(VaultError):
            unseal(text[:length], "here")


def test_an_unknown_key_id_is_refused(data_key):
    text = seal(b"x", data_key, "here")
    with pytest.raises(VaultError, match="erased"):
        unseal(text.replace(data_key.pk.hex, uuid.uuid4().hex), "here")


def test_another_users_key_does_not_open_it(data_key):
    text = seal(b"x", data_key, "here")
    with pytest.raises(VaultError):
        unseal(text.replace(data_key.pk.hex, DataKey.objects.make().pk.hex), "here")


def test_no_nonce_comes_twice(data_key):
    texts = {seal(b"x", data_key, "here")[36:52] for _ in range(20_000)}
    assert len(texts) == 20_000


def test_a_message_never_holds_what_it_is_about(data_key):
    text = seal(b"Dentist", data_key, "here")
    with pytest.raises(VaultError) as refusal:
        unseal(text, "there")
    assert not any(part in str(refusal.value) for part in ("Dentist", text, data_key.pk.hex))


def test_a_deleted_key_is_forgotten_at_once(data_key):
    text = seal(b"x", data_key, "here")
    data_key.delete()
    with pytest.raises(VaultError, match="erased"):
        unseal(text, "here")


def test_a_key_deleted_in_bulk_is_forgotten_too(data_key):
    text = seal(b"x", data_key, "here")
    DataKey.objects.filter(pk=data_key.pk).delete()
    with pytest.raises(VaultError, match="erased"):
        unseal(text, "here")


def test_a_key_deleted_by_another_process_is_forgotten_within_minutes(data_key):
    now = 0.0
    ring = Keyring(clock=lambda: now)
    assert ring.get(data_key.pk) is ring.get(data_key.pk)
    DataKey.objects.filter(pk=data_key.pk)._raw_delete("default")
    ring.get(data_key.pk)
    now = FORGET_AFTER
    with pytest.raises(VaultError):
        ring.get(data_key.pk)


def test_an_open_key_does_not_show_itself(data_key):
    opened = Keyring().get(data_key.pk)
    assert repr(opened.raw) not in repr(opened)
