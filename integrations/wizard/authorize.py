"""The authorize page: who asks, for what, in plain words; Authorize or Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agenda.views.member import member
from integrations import catalog
from integrations.entry import Entry
from integrations.models import Scope
from integrations.selectors.setups import unfinished
from integrations.wizard import asking
from integrations.wizard.member import goes_on
from integrations.wizard.steps import Step, marks

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: what each line of the page means, in a sentence
MEANS: dict[Scope, StrOrPromise] = {
    Scope.READ_AGENDA: gettext_lazy("Your meetings, and your tasks and calls if you switch them on."),
    Scope.WRITE_AGENDA: gettext_lazy(
        "Events of the calendars you choose appear as grey blocks. Changes that you make in your calendar change your "
        "activities here."
    ),
    Scope.WRITE_CALENDAR: gettext_lazy(
        "They go into one calendar that you choose, and are changed or removed there when they are here."
    ),
    Scope.OFFLINE: gettext_lazy("Every half hour, and a moment after each change."),
}


def lines_of(entry: Entry) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """Return what an entry asks for: each scope in a word, and what that means here."""
    return [(scope.label, entry.means.get(scope, MEANS[scope])) for scope in entry.scopes]


def entry_or_404(key: str) -> Entry:
    """Return the entry of that key, else 404."""
    try:
        return catalog.entry(key)
    except catalog.UnknownEntry:
        raise Http404 from None


@require_POST
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """ADD: let the entry ask for consent; what is half-way goes on where it stands."""
    user, entry = member(request), entry_or_404(key)
    if setup := unfinished(user).get(entry.key):
        return goes_on(setup)
    text = asking.issue(request, user, entry)
    return redirect(f"{reverse('authorize')}?{urlencode({'request': text})}")


@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Show what is asked, and take the answer."""
    user = member(request)
    text = request.POST.get("request", request.GET.get("request", ""))
    try:
        asked = asking.read(request, user, text)
        if request.method != "POST":
            return _page(request, asked.entry, text)
        if request.POST.get("answer") != "authorize":
            asking.withdraw(request)
            return _back_to_card(request, asked.entry)
        grant = asking.allow(request, user, asked)
    except asking.Stale as stale:
        return render(request, "integrations/wizard/stale.html", {"entry": stale.entry}, status=403)
    return redirect("wizard_account", grant.pk)


def _page(request: HttpRequest, entry: Entry, text: str) -> HttpResponse:
    context = {"entry": entry, "lines": lines_of(entry), "asked": text, "marks": marks(entry, Step.AUTHORIZE)}
    return render(request, "integrations/wizard/authorize.html", context)


def _back_to_card(request: HttpRequest, entry: Entry) -> HttpResponse:
    messages.info(request, _("Cancelled. Nothing was stored."))
    return redirect(f"{reverse('marketplace')}#{entry.key}")
