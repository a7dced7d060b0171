"""The vault as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Secrets at rest. It knows nobody."""

    name = "vault"
