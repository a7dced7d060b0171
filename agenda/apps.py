"""The agenda as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """The agenda: activities, blocks, and who sees what of them."""

    name = "agenda"

    def ready(self) -> None:
        """Follow users into another time zone."""
        from accounts.ports import register_on_zone_change
        from agenda.services.blocks import recompute_spans

        register_on_zone_change(recompute_spans)
