"""Addresses for whoever watches the server."""

from __future__ import annotations

from django.urls import path

from operations import health

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
