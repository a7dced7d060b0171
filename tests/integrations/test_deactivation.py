"""What becomes of a deactivated user's connections."""

from __future__ import annotations

import pytest

from accounts.services.users import deactivate
from agenda.models import Block
from integrations.models import Connection, Grant
from tests.integrations.sync.stage import a_stage, event, soon, stamp
from vault.models import DataKey

pytestmark = pytest.mark.django_db


def test_deactivating_a_user_stops_his_sync_and_erases_his_password_but_nothing_in_his_calendar(alice, carol):
    with a_stage() as stage:
        stage.phone(alice).add(stage.path(alice, "Home"), event("a", stamp(soon())))
        stage.connect(alice)
        stage.settle(alice)
        key = stage.connections[alice.pk].data_key_id
        deactivate(alice, actor=carol)
        assert not Connection.objects.exists() and not Block.objects.exists()
        assert not DataKey.objects.filter(pk=key).exists()
        assert Grant.objects.get().revoked_at is not None
        assert len(stage.texts(alice, "Home")) == 1
