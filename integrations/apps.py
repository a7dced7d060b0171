"""The integrations as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Marketplace, connections and the sync."""

    name = "integrations"
