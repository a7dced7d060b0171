"""The app's registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The marketplace, connections and the sync."""

    name = "integrations"

    def ready(self) -> None:
        """Listen to the agenda, and answer what it asks."""
        from agenda import ports
        from integrations import receivers  # noqa: F401 -- connects its receivers
        from integrations.agenda_port import LiveGuard, LiveSync

        ports.register_sync_status(LiveSync())
        ports.register_change_guard(LiveGuard())
