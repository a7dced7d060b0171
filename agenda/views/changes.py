"""Undoing what somebody else's calendar changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agenda.models import Change
from agenda.services import changes
from agenda.services.refusals import Refused
from agenda.views.member import member


@require_POST
def undoing(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put back what the activity said before, and return to the notices, where this was offered."""
    viewer = member(request)
    change = Change.objects.select_related("activity").filter(pk=key).first()
    if change is None or not changes.may_undo(viewer, change.activity):
        raise Http404
    try:
        changes.undo(viewer, change)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Put back as it was, in every calendar too."))
    return redirect("notices")
