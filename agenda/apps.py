"""The agenda as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """The agenda: activities, blocks, and who sees what of them."""

    name = "agenda"
