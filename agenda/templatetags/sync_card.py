"""The card that tells an owner how a thing of his stands in his linked calendars."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.models import User
from agenda import ports
from agenda.models import Activity, Block

register = template.Library()


@register.inclusion_tag("agenda/sync_card.html", takes_context=True)
def sync_card(context: dict[str, Any], thing: Activity | Block) -> dict[str, Any]:
    """Show where the viewer's own copies of `thing` stand; nothing where he has none."""
    user = context.get("user")
    cards = ports.sync_status().cards(user, thing) if isinstance(user, User) else ()
    return {"cards": cards, "back": context.get("back", ""), "csrf_token": context.get("csrf_token")}
