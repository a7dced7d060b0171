"""Wiring only: settings, addresses, the Celery app. Nothing here knows what the product does."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
