"""Rotation of master keys."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.vault.masters import fresh_master_key
from vault.envelope import VaultError, seal, unseal
from vault.keyring import ring
from vault.models import DataKey
from vault.rotation import Progress, rotate

pytestmark = pytest.mark.django_db


def forget_all() -> None:
    for pk in DataKey.objects.values_list("pk", flat=True):
        ring.forget(pk)


def rotated() -> dict[str, int]:
    out = io.StringIO()
    call_command("rotate_keys", "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


@pytest.fixture
def old_key(settings) -> str:
    DataKey.objects.all().delete()
    return str(settings.FIELD_KEYS)


def test_both_keys_open_during_a_rotation_and_the_new_one_alone_after_it(old_key, settings):
    text = seal(b"x", DataKey.objects.make(), "here")
    new_key = fresh_master_key()
    settings.FIELD_KEYS = f"{new_key},{old_key}"
    later = seal(b"y", DataKey.objects.make(), "here")
    forget_all()
    assert (unseal(text, "here"), unseal(later, "here")) == (b"x", b"y")

    assert rotated() == {"rewrapped": 1, "already": 1, "failed": 0}
    settings.FIELD_KEYS = new_key
    forget_all()
    assert (unseal(text, "here"), unseal(later, "here")) == (b"x", b"y")

    settings.FIELD_KEYS = old_key
    forget_all()
    with pytest.raises(VaultError, match="not in FIELD_KEYS"):
        unseal(text, "here")


def test_a_killed_rotation_goes_on_where_it_stopped(old_key, settings):
    texts = [seal(str(n).encode(), DataKey.objects.make(), "here") for n in range(10)]
    settings.FIELD_KEYS = f"{fresh_master_key()},{old_key}"
    killed = rotate(Progress())
    for _ in range(4):
        next(killed)
    del killed
    forget_all()
    assert [unseal(text, "here") for text in texts] == [str(n).encode() for n in range(10)]
    assert rotated() == {"rewrapped": 6, "already": 4, "failed": 0}
    assert rotated() == {"rewrapped": 0, "already": 10, "failed": 0}


def test_a_key_whose_master_is_missing_is_told_and_left_alone(old_key, settings):
    before = DataKey.objects.make().wrapped
    settings.FIELD_KEYS = fresh_master_key()
    with pytest.raises(CommandError, match="add their old master key"):
        rotated()
    assert DataKey.objects.get().wrapped == before


def test_a_wrapped_key_moved_to_another_row_is_refused(old_key):
    one, two = DataKey.objects.make(), DataKey.objects.make()
    text = seal(b"x", one, "here")
    DataKey.objects.filter(pk=one.pk).update(wrapped=two.wrapped)
    forget_all()
    with pytest.raises(VaultError):
        unseal(text, "here")


def test_keys_erased_while_rotating_are_no_failure(old_key, settings):
    keys = [DataKey.objects.make() for _ in range(3)]
    settings.FIELD_KEYS = f"{fresh_master_key()},{old_key}"
    progress = Progress()
    steps = rotate(progress)
    next(steps)
    DataKey.objects.filter(pk__in=[key.pk for key in keys]).delete()
    assert list(steps) == []
    assert progress.failed == 0
