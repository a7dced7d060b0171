"""The admin panel: nothing of the agenda but contacts. Blocks and activities are nobody's business there."""

from __future__ import annotations

from django.contrib import admin

from agenda.models import Contact


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin[Contact]):
    """Who the companies' contacts are."""

    list_display = ["name", "kind", "company"]
    list_filter = ["company"]
    search_fields = ["name", "email"]
