"""Operations as a Django app: its commands and health pages."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Commands and health; no rows of its own."""

    name = "operations"
