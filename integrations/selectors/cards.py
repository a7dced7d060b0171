"""The sync card: where an owner's own copy of a thing stands, in which calendar, since when, and why not."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agenda.models import Activity, Block
from agenda.ports import SyncCard
from integrations import catalog
from integrations.models import Link
from integrations.selectors.status import state_of_link


def cards(owner: User, thing: Activity | Block) -> Sequence[SyncCard]:
    """Return one card for each calendar of `owner` that holds the thing or is to hold it; one query."""
    tied = {"block": thing} if isinstance(thing, Block) else {"activity": thing}
    mine = Link.objects.filter(connection__user=owner, **tied).select_related("calendar", "connection__user")
    return [_card(link) for link in mine.order_by("connection__created_at", "pk")]


def _card(link: Link) -> SyncCard:
    link.calendar.connection = link.connection
    state = state_of_link(link)
    return SyncCard(
        entry_name=str(catalog.entry(link.connection.entry).name),
        calendar=link.calendar.name.reveal() or _("Untitled calendar"),
        state=state,
        agreed_at=link.agreed_at,
        came_from=link.came_from,
        reason=link.reason,
        again_url=reverse("link_again", args=[link.pk]) if state == "stuck" else "",
        attention_url=_answer_url(link, state),
    )


def _answer_url(link: Link, state: str) -> str:
    """Return where the owner answers, or "" where trying again is all there is."""
    if state == "held":
        return reverse("held_plan", args=[link.held_id])
    return f"{reverse('attention')}#waiting" if state == "stuck" and link.guests else ""
