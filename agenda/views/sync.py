"""The Sync now button and what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.selectors import visible_owners
from agenda import ports
from agenda.views import asked
from agenda.views.answer import in_dialog
from agenda.views.back import back_to_agenda, wanted
from agenda.views.member import member

#: an agenda that is looked at is never older than this and the time a look takes
OPEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SyncState:
    """How all connections of one user fare together."""

    connections: Sequence[ports.ConnectionStatus]
    connect_url: str
    health_url: str
    attention_url: str = ""

    @property
    def connected(self) -> bool:
        """True when there is anything to sync."""
        return bool(self.connections)

    @property
    def waits(self) -> int:
        """Return how many things wait for the user."""
        return sum(one.waits for one in self.connections)

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
    def ago(self) -> str:
        """Return how long ago that was, as people say it."""
        minutes = int((timezone.now() - self.last_success_at).total_seconds() // 60) if self.last_success_at else 0
        if minutes < 1:
            return _("just now")
        if minutes < 60:
            return _("%(count)d min ago") % {"count": minutes}
        if minutes < 48 * 60:
            return _("%(count)d h ago") % {"count": minutes // 60}
        return _("%(count)d days ago") % {"count": minutes // (24 * 60)}

    @property
    def news(self) -> str:
        """Return what the last sync of each connection brought, in a few words; "" when nothing."""
        return ", ".join(one.news for one in self.connections if one.news)

    @property
    def reasons(self) -> Sequence[ports.ConnectionStatus]:
        """Return those that have something to say to their owner."""
        return [one for one in self.connections if one.reason]


def state_of(viewer: User) -> SyncState:
    """Return how the viewer's own connections fare."""
    port = ports.sync_status()
    return SyncState(port.connections(viewer), port.connect_url(), port.health_url(), port.attention_url())


@require_POST
def sync_now(request: HttpRequest) -> HttpResponse:
    """Ring all of the user's connections."""
    viewer = member(request)
    rung = ports.sync_status().sync_now(viewer)
    if in_dialog(request):
        return _fragment(request, viewer, nothing=not rung)
    if not rung:
        messages.warning(request, _("There is nothing to sync: no calendar is connected, or it is paused."))
    return back_to_agenda(request)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Have the calendars behind the agenda of ?of= looked at, because it is open; at most once a minute."""
    viewer = member(request)
    owners = list(visible_owners(viewer)) if request.GET.get("of") else []
    ports.freshness().look(asked.owner(request, viewer, owners), within=OPEN)
    return JsonResponse({})


@never_cache
@require_safe
def sync_status(request: HttpRequest) -> HttpResponse:
    """Tell the page how its own user's connections fare."""
    viewer = member(request)
    if in_dialog(request):
        return _fragment(request, viewer)
    state = state_of(viewer)
    return JsonResponse(
        {
            "running": state.running,
            "last_success_at": state.last_success_at,
            "reasons": [{"connection": one.entry_name, "reason": one.reason} for one in state.reasons],
        }
    )


def _fragment(request: HttpRequest, viewer: User, *, nothing: bool = False) -> HttpResponse:
    """Return the symbol anew; while a sync runs it asks for itself each second."""
    context = {"sync": state_of(viewer), "nothing": nothing, "back": wanted(request), "fragment": True}
    return render(request, "agenda/sync.html", context)
