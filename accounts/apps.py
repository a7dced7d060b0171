"""Accounts as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Companies, teams, users, and who may see what."""

    name = "accounts"
