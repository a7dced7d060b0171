"""The app's registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The marketplace, connections and the sync."""

    name = "integrations"
