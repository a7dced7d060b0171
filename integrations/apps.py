"""The app's registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The marketplace, connections and the sync."""

    name = "integrations"

    def ready(self) -> None:
        """Listen to the agenda and the accounts, and answer what the agenda asks."""
        from accounts.ports import register_on_deactivate
        from agenda import ports
        from integrations import receivers  # noqa: F401 -- connects its receivers
        from integrations.agenda_port import LiveFreshness, LiveGuard, LiveSync, LiveWriter
        from integrations.services.disconnect import forget

        ports.register_sync_status(LiveSync())
        ports.register_change_guard(LiveGuard())
        ports.register_calendar_writer(LiveWriter())
        ports.register_freshness(LiveFreshness())
        register_on_deactivate(forget)
