"""The operator's panel: whether mails go out. Neither words nor addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notices.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin[OutgoingMail]):
    """The outbox, to read."""

    list_display = ["created_at", "kind", "recipient", "attempts", "due_at", "sent_at", "given_up_at", "last_error"]
    list_filter = ["kind", "last_error"]
    list_select_related = ["recipient"]
    fields = ["created_at", "kind", "recipient", "attempts", "due_at", "sent_at", "given_up_at", "last_error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: mails are written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
