"""The Celery app: workers and beat load it by name, web processes through the package, so that tasks find it."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("halfpast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_as_django_does(**kwargs: Any) -> None:
    """Keep Celery from replacing the loggers: one LOGGING dictionary serves web and workers."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
