"""The trash."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agenda import selectors
from agenda.services import activities
from agenda.services.refusals import Refused
from agenda.titles import title_of
from agenda.views.answer import done, in_dialog, refused
from agenda.views.member import activity_or_404, member


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """List what can be restored."""
    rows = [(one, title_of(one)) for one in selectors.trash_of(member(request))[:200]]
    return render(request, "agenda/trash.html", {"rows": rows})


@require_POST
def restoration(request: HttpRequest, key: str) -> HttpResponse:
    """Take an activity out of the trash."""
    viewer = member(request)
    try:
        activities.restore(viewer, activity_or_404(viewer, key, trashed=True))
    except Refused as refusal:
        return refused(request, str(refusal)) if in_dialog(request) else _trash(request, str(refusal), "error")
    return done(request, _("Restored.")) if in_dialog(request) else _trash(request, _("Restored."), "success")


def _trash(request: HttpRequest, sentence: str, level: str) -> HttpResponse:
    """Go back to the trash, from which this was asked."""
    messages.add_message(request, messages.DEFAULT_LEVELS[level.upper()], sentence)
    return redirect("trash")
