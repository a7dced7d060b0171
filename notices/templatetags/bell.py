"""The bell in the top bar."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.models import User
from notices import selectors

register = template.Library()


@register.inclusion_tag("notices/bell.html", takes_context=True)
def bell(context: dict[str, Any]) -> dict[str, Any]:
    """Show how many notices the viewer has not read; one query."""
    user = context.get("user")
    return {"unread": selectors.unread(user) if isinstance(user, User) else 0}
