"""What the agenda asks of the sync (agenda.ports), answered. A door: asking for a sync rings the workers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agenda.content import EventContent, FieldGroup
from agenda.models import Activity, Block
from agenda.ports import CalendarMark, ConnectionStatus, ConversionMode, SyncCard
from integrations.models import Link
from integrations.receivers import ring_soon
from integrations.selectors import cards, status
from integrations.services import block_writes, freshness, rings, ties


class LiveSync:
    """agenda.ports.SyncStatus over links and connections."""

    def link_states(
        self, owner: User, activity_ids: Collection[uuid.UUID], block_ids: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, str]:
        """See selectors.status."""
        return status.link_states(owner, activity_ids, block_ids)

    def cards(self, owner: User, thing: Activity | Block) -> Sequence[SyncCard]:
        """See selectors.cards."""
        return cards.cards(owner, thing)

    def conversion_mode(self, block: Block) -> ConversionMode:
        """Return "in_place" where the event itself may be written (services.ties)."""
        related = ("calendar", "connection__grant", "block")
        link = Link.objects.select_related(*related).filter(block=block).first()
        return "in_place" if link and ties.may_tie_in_place(link) else "copy"

    def converted_in_place(self, owner: User, activity_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """See services.ties."""
        return ties.converted_in_place(owner, activity_ids)

    def event_behind(self, owner: User, activity: Activity) -> tuple[EventContent, str] | None:
        """See services.ties."""
        return ties.event_behind(owner, activity)

    def mark_also_remote(self, thing: Activity | Block, actor: User) -> None:
        """Write the owner's act down and ring his connections."""
        ring_soon(ties.mark_also_remote(thing, actor))

    def connections(self, owner: User) -> Sequence[ConnectionStatus]:
        """See selectors.status."""
        return status.connections(owner)

    def sync_now(self, user: User) -> int:
        """Ring all of the user's connections."""
        return ring_soon(rings.of(user))

    def calendars(self, owner: User) -> Sequence[CalendarMark]:
        """See selectors.status."""
        return status.calendars(owner)

    def connect_url(self) -> str:
        """Return the marketplace's page."""
        return reverse("marketplace")

    def health_url(self) -> str:
        """Return the page Manage."""
        return reverse("connections")

    def attention_url(self) -> str:
        """Return the page of what waits."""
        return reverse("attention")


class LiveGuard:
    """agenda.ports.ChangeGuard over links."""

    def guests(self, thing: Activity | Block) -> int:
        """See selectors.status."""
        return status.guests(thing)


class LiveWriter:
    """agenda.ports.CalendarWriter over links."""

    def refusal(self, block: Block) -> str:
        """See services.block_writes."""
        return block_writes.refusal(block)

    def writable(self, owner: User, block_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """See services.block_writes."""
        return block_writes.writable(owner, block_ids)

    def edited(self, block: Block, groups: Collection[FieldGroup]) -> None:
        """Mark the link and ring its connection."""
        ring_soon(block_writes.mark(block, groups), at_once=False)


class LiveFreshness:
    """agenda.ports.Freshness over connections."""

    def look(self, owner: User, *, within: timedelta) -> int:
        """Ring what was not looked at within this time (services.freshness)."""
        return ring_soon(freshness.stale(owner, within, timezone.now()), at_once=False)
