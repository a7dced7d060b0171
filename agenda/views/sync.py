"""The Sync now button and what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from agenda import ports
from agenda.views.back import back_to_agenda
from agenda.views.member import member


@dataclass(frozen=True, slots=True)
class SyncState:
    """How all connections of one user fare together."""

    connections: Sequence[ports.ConnectionStatus]
    connect_url: str

    @property
    def connected(self) -> bool:
        """True when there is anything to sync."""
        return bool(self.connections)

    @property
    def running(self) -> bool:
        """True while any connection is being synced, or is about to be."""
        return any(one.running for one in self.connections)

    @property
    def last_success_at(self) -> datetime | None:
        """Return since when everything is known: the oldest of the last successes; None when one never had any."""
        times = [one.last_success_at for one in self.connections]
        known = [moment for moment in times if moment is not None]
        return min(known) if known and len(known) == len(times) else None

    @property
    def reasons(self) -> Sequence[tuple[str, str]]:
        """Return (connection, sentence) for each that has something to say to its owner."""
        return [(one.entry_name, one.reason) for one in self.connections if one.reason]


def state_of(viewer: User) -> SyncState:
    """Return how the viewer's own connections fare."""
    port = ports.sync_status()
    return SyncState(port.connections(viewer), port.connect_url())


@require_POST
def sync_now(request: HttpRequest) -> HttpResponse:
    """Ring all of the user's connections."""
    if not ports.sync_status().sync_now(member(request)):
        messages.warning(request, _("There is nothing to sync: no calendar is connected, or it is paused."))
    return back_to_agenda(request)


@never_cache
@require_safe
def sync_status(request: HttpRequest) -> HttpResponse:
    """Tell the page how its own user's connections fare."""
    state = state_of(member(request))
    return JsonResponse(
        {
            "running": state.running,
            "last_success_at": state.last_success_at,
            "reasons": [{"connection": name, "reason": reason} for name, reason in state.reasons],
        }
    )
