"""Explore: the shelf, with search, and one page per entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from agenda.views.member import member
from integrations import catalog
from integrations.entry import Category, Entry
from integrations.models import Connection
from integrations.selectors.setups import SetUp, unfinished
from integrations.wizard.authorize import entry_or_404, lines_of
from integrations.wizard.member import goes_on


@dataclass(frozen=True, slots=True)
class Card:
    """One entry as this user finds it."""

    entry: Entry
    connected: bool
    setup: SetUp | None


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """Show what can be connected; ?q= searches names and pitches."""
    words = request.GET.get("q", "")[:100].strip()
    cards = _cards(member(request), catalog.search(words))
    shelves = [(category.label, [card for card in cards if card.entry.category is category]) for category in Category]
    context = {"shelves": [(label, found) for label, found in shelves if found], "words": words, "tab": "explore"}
    return render(request, "integrations/explore.html", context)


def _cards(user: User, entries: list[Entry]) -> list[Card]:
    begun = Connection.objects.filter(user=user).exclude(state=Connection.State.SETUP)
    connected = set(begun.values_list("entry", flat=True))
    waiting = unfinished(user)
    return [Card(entry, entry.key in connected, waiting.get(entry.key)) for entry in entries]


@require_safe
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """Show one entry with ADD; what is half-way goes on where it stands."""
    user, shown = member(request), entry_or_404(key)
    [card] = _cards(user, [shown])
    if card.setup:
        return goes_on(card.setup)
    context = {"card": card, "entry": shown, "lines": lines_of(shown)}
    return render(request, "integrations/entry.html", context)
