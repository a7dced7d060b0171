"""All addresses. Each app brings its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("notices.urls")),
    path("", include("agenda.urls")),
    path("", include("integrations.urls")),
    path("", include("operations.urls")),
]
